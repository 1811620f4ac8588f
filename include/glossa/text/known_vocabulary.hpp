// A tokenizer.json and the vocabulary of a SentencePiece file beside it come in; the document goes out unread where
// both agree.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/text/reference_number.hpp>
#include <glossa/text/tokenizer_json_reader.hpp>
#include <glossa/text/unigram.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace glossa::detail {

/// Walks through `[["piece", score], …]` and compares it with a vocabulary, without building anything: this is what
/// makes the SentencePiece file the faster choice. Whatever it does not recognise at once counts as different.
class VocabularyComparison {
 public:
  VocabularyComparison(std::string_view json, const std::string& file, std::size_t at,
                       const UnigramVocabulary& vocabulary)
      : json_(json), file_(file), at_(at), vocabulary_(vocabulary) {}

  /// The position behind the array, or nothing where it differs.
  [[nodiscard]] std::optional<std::size_t> run() {
    if (!take('[')) return std::nullopt;
    for (std::size_t id = 0; id < vocabulary_.pieces.size(); ++id) {
      const bool same = (id == 0 || take(',')) && take('[') && take_piece(vocabulary_.pieces[id]) && take(',') &&
                        take_score(vocabulary_.scores[id]) && take(']');
      if (!same) return std::nullopt;
    }
    if (!take(']')) return std::nullopt;
    return at_;
  }

 private:
  bool take(char c) {
    skip_space();
    if (at_ == json_.size() || json_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\r' || json_[at_] == '\t'))
      ++at_;
  }

  bool take_piece(std::string_view piece) {
    if (!take('"')) return false;
    const auto plain = [](char c) { return c != '\\' && c != '"' && static_cast<unsigned char>(c) >= 0x20; };
    if (json_.substr(at_).starts_with(piece) && at_ + piece.size() < json_.size() && json_[at_ + piece.size()] == '"' &&
        std::all_of(piece.begin(), piece.end(), plain)) {
      at_ += piece.size() + 1;
      return true;
    }
    std::size_t end = at_;
    while (end < json_.size() && json_[end] != '"') end += json_[end] == '\\' ? 2 : 1;
    if (end >= json_.size()) return false;
    const std::string_view literal = json_.substr(at_ - 1, end + 2 - at_);
    at_ = end + 1;
    const Json value = parse_json(literal, file_);
    return value.is_string() && value.get_ref<const std::string&>() == piece;
  }

  bool take_score(double score) {
    skip_space();
    const std::size_t end = std::min(json_.find_first_not_of("-+.eE0123456789", at_), json_.size());
    const std::string_view number = json_.substr(at_, end - at_);
    at_ = end;
    return is_number(number) && reference_number(number, std::numeric_limits<double>::quiet_NaN()) == score;
  }

  /// Whether the text is a number by JSON's grammar.
  static bool is_number(std::string_view text) noexcept {
    const auto take_digits = [&text] {
      const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
      text.remove_prefix(count);
      return count;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero = text.starts_with('0');
    const std::size_t whole = take_digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      if (take_digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
      text.remove_prefix(1);
      if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
      if (take_digits() == 0) return false;
    }
    return text.empty();
  }

  std::string_view json_;
  const std::string& file_;
  std::size_t at_;
  const UnigramVocabulary& vocabulary_;
};

/// The document of a tokenizer.json whose vocabulary is `vocabulary`, which is moved into it; nothing, and
/// `vocabulary` untouched, where it differs: then the tokenizer.json was trimmed or changed and has to be read whole.
[[nodiscard]] inline std::optional<TokenizerDocument> document_with_vocabulary(std::string_view json,
                                                                               const std::string& file,
                                                                               UnigramVocabulary& vocabulary) {
  // Inside a JSON string a quote has a backslash before it, so this can only be a key.
  constexpr std::string_view kKey = "\"vocab\"";
  const std::size_t key = json.find(kKey);
  if (key == std::string_view::npos) return std::nullopt;
  const std::size_t colon = json.find_first_not_of(" \t\r\n", key + kKey.size());
  if (colon == std::string_view::npos || json[colon] != ':') return std::nullopt;
  const auto end = VocabularyComparison(json, file, colon + 1, vocabulary).run();
  if (!end) return std::nullopt;
  TokenizerDocument document =
      parse_tokenizer_document(std::string(json.substr(0, colon + 1)) + "[]" + std::string(json.substr(*end)), file);
  // Only an array that stands at model.vocab is taken for a vocabulary: was it this one?
  if (document.form != TokenizerDocument::Form::scored || document.pieces.size() != 0) return std::nullopt;
  document.pieces = std::move(vocabulary.pieces);
  document.scores = std::move(vocabulary.scores);
  return document;
}

}  // namespace glossa::detail
