// A tokenizer.json and the vocabulary of a SentencePiece file beside it come in; the document goes out unread where
// both agree.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/text/reference_number.hpp>
#include <glossa/text/tokenizer_json_reader.hpp>
#include <glossa/text/vocabulary.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Walks through `[["piece", score], …]` and compares its pieces with those of a vocabulary; their scores are read, as
/// the tokenizer.json decides. This is what makes the SentencePiece file the faster choice. Whatever it does not
/// recognise at once counts as different.
class VocabularyComparison {
 public:
  VocabularyComparison(std::string_view json, const std::string& file, std::size_t at, const PieceTable& pieces)
      : json_(json), file_(file), at_(at), pieces_(pieces) {}

  /// The position behind the array, or nothing where it differs.
  [[nodiscard]] std::optional<std::size_t> run() {
    if (!take('[')) return std::nullopt;
    scores_.reserve(pieces_.size());
    for (std::size_t id = 0; id < pieces_.size(); ++id) {
      const bool same =
          (id == 0 || take(',')) && take('[') && take_piece(pieces_[id]) && take(',') && take_score() && take(']');
      if (!same) return std::nullopt;
    }
    if (!take(']')) return std::nullopt;
    return at_;
  }

  /// What run() has read, one a piece.
  [[nodiscard]] std::vector<double>& scores() noexcept { return scores_; }

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

  bool take_score() {
    skip_space();
    const std::size_t begin = at_;
    if (!take_number()) return false;
    const std::string_view number = json_.substr(begin, at_ - begin);
    const double score = reference_number(number, std::numeric_limits<double>::quiet_NaN());
    if (!std::isfinite(score)) return false;
    scores_.push_back(score);
    return true;
  }

  /// A number by JSON's grammar.
  bool take_number() noexcept {
    const auto is_next = [this](char a, char b) { return at_ < json_.size() && (json_[at_] == a || json_[at_] == b); };
    if (is_next('-', '-')) ++at_;
    const bool zero = is_next('0', '0');
    const std::size_t whole = take_digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (is_next('.', '.')) {
      ++at_;
      if (take_digits() == 0) return false;
    }
    if (is_next('e', 'E')) {
      ++at_;
      if (is_next('+', '-')) ++at_;
      if (take_digits() == 0) return false;
    }
    return true;
  }

  std::size_t take_digits() noexcept {
    const std::size_t begin = at_;
    while (at_ < json_.size() && json_[at_] >= '0' && json_[at_] <= '9') ++at_;
    return at_ - begin;
  }

  std::string_view json_;
  const std::string& file_;
  std::size_t at_;
  const PieceTable& pieces_;
  std::vector<double> scores_;
};

/// The document of a tokenizer.json whose pieces are `pieces`, which are moved into it; nothing, and `pieces`
/// untouched, where it differs: then the tokenizer.json was trimmed or changed and has to be read whole.
[[nodiscard]] inline std::optional<TokenizerDocument> document_with_vocabulary(std::string_view json,
                                                                               const std::string& file,
                                                                               PieceTable& pieces) {
  // Inside a JSON string a quote has a backslash before it, so this can only be a key.
  constexpr std::string_view kKey = "\"vocab\"";
  const std::size_t key = json.find(kKey);
  if (key == std::string_view::npos) return std::nullopt;
  const std::size_t colon = json.find_first_not_of(" \t\r\n", key + kKey.size());
  if (colon == std::string_view::npos || json[colon] != ':') return std::nullopt;
  VocabularyComparison comparison(json, file, colon + 1, pieces);
  const auto end = comparison.run();
  if (!end) return std::nullopt;
  TokenizerDocument document =
      parse_tokenizer_document(std::string(json.substr(0, colon + 1)) + "[]" + std::string(json.substr(*end)), file);
  // Only an array that stands at model.vocab is taken for a vocabulary: was it this one?
  if (document.form != TokenizerDocument::Form::scored || document.pieces.size() != 0) return std::nullopt;
  document.pieces = std::move(pieces);
  document.scores = std::move(comparison.scores());
  return document;
}

}  // namespace glossa::detail
