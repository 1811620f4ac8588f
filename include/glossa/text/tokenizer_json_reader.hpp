// The text of a tokenizer.json comes in; its vocabulary goes out as plain arrays, all the rest as one small JSON object.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/reference_number.hpp>
#include <glossa/text/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A tokenizer.json with its largest part, `model.vocab`, taken out of the JSON.
struct TokenizerDocument {
  Json rest;                    ///< the document, `model.vocab` replaced by null
  enum class Form { none, scored, numbered } form = Form::none;
  PieceTable pieces;            ///< in the order of the file
  std::vector<double> scores;   ///< form scored: [["piece", score], …] (Unigram)
  std::vector<TokenId> ids;     ///< form numbered: {"piece": id, …} (WordPiece)
};

/// Receives the parser's events; builds a JSON value of everything but the vocabulary, which would take fifty times
/// its size as JSON values.
class TokenizerDocumentBuilder final : public nlohmann::json_sax<Json> {
 public:
  TokenizerDocumentBuilder(TokenizerDocument& document, const std::string& file) : document_(document), file_(file) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    return in_vocabulary() ? number(static_cast<double>(value), -1) : add(value);
  }
  bool number_unsigned(number_unsigned_t value) override {
    return in_vocabulary() ? number(static_cast<double>(value), static_cast<std::int64_t>(value >> 31 ? -1 : value))
                           : add(value);
  }
  bool number_float(number_float_t value, const string_t& text) override {
    return in_vocabulary() ? number(reference_number(text, value), -1) : add(value);
  }
  bool string(string_t& value) override {
    if (!in_vocabulary()) return add(std::move(value));
    if (document_.form != TokenizerDocument::Form::scored || level_ != 2 || has_piece_) wrong_vocabulary();
    document_.pieces.add(value);
    has_piece_ = true;
    return true;
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (in_vocabulary()) wrong_vocabulary();
    return opens_vocabulary() ? begin_vocabulary(TokenizerDocument::Form::numbered) : push(Json::object());
  }
  bool start_array(std::size_t) override {
    if (in_vocabulary()) {
      if (document_.form != TokenizerDocument::Form::scored || level_ != 1) wrong_vocabulary();
      level_ = 2;
      has_piece_ = has_number_ = false;
      return true;
    }
    return opens_vocabulary() ? begin_vocabulary(TokenizerDocument::Form::scored) : push(Json::array());
  }
  bool key(string_t& value) override {
    if (in_vocabulary()) {
      if (has_piece_) wrong_vocabulary();
      document_.pieces.add(value);
      has_piece_ = true;
    } else {
      keys_.back() = std::move(value);
    }
    return true;
  }
  bool end_object() override { return in_vocabulary() ? end_vocabulary() : pop(); }
  bool end_array() override {
    if (!in_vocabulary()) return pop();
    if (level_ == 1) return end_vocabulary();
    if (!has_piece_ || !has_number_) wrong_vocabulary();
    has_piece_ = has_number_ = false;
    level_ = 1;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    throw Error(ErrorKind::corrupt_file, {.file = file_,
                                          .problem = std::string("not valid JSON (") + error.what() + ")",
                                          .remedy = "fetch the file again"});
  }

 private:
  [[nodiscard]] bool in_vocabulary() const noexcept { return level_ > 0; }
  [[nodiscard]] bool opens_vocabulary() const {
    return keys_.size() == 2 && keys_[0] == "model" && keys_[1] == "vocab";
  }

  bool begin_vocabulary(TokenizerDocument::Form form) {
    if (document_.form != TokenizerDocument::Form::none) wrong_vocabulary();
    document_.form = form;
    level_ = 1;
    return true;
  }

  bool end_vocabulary() {
    level_ = 0;
    return add(nullptr);
  }

  bool number(double value, std::int64_t id) {
    if (document_.form == TokenizerDocument::Form::scored) {
      if (level_ != 2 || !has_piece_ || has_number_) wrong_vocabulary();
      document_.scores.push_back(value);
      has_number_ = true;
    } else {
      if (!has_piece_ || id < 0) wrong_vocabulary();
      document_.ids.push_back(static_cast<TokenId>(id));
      has_piece_ = false;
    }
    return true;
  }

  template <class Value>
  bool add(Value&& value) {
    if (in_vocabulary()) wrong_vocabulary();
    if (stack_.empty()) {
      document_.rest = std::forward<Value>(value);
    } else if (stack_.back().is_object()) {
      stack_.back()[keys_.back()] = std::forward<Value>(value);
    } else {
      stack_.back().push_back(std::forward<Value>(value));
    }
    return true;
  }

  bool push(Json value) {
    if (stack_.size() == kDeepestJson)
      throw Error(ErrorKind::corrupt_file, {.file = file_, .problem = "the JSON nests too deeply"});
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }

  bool pop() {
    Json value = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }

  [[noreturn]] void wrong_vocabulary() const {
    throw Error(ErrorKind::corrupt_file,
                {.file = file_,
                 .field = "model.vocab[" + std::to_string(document_.pieces.size()) + "]",
                 .expected = "[[\"piece\", score], ...] or {\"piece\": id, ...}",
                 .found = "something else",
                 .remedy = "fetch the file again"});
  }

  TokenizerDocument& document_;
  const std::string& file_;
  std::vector<Json> stack_;
  std::vector<std::string> keys_;  // of the open objects; empty strings for arrays
  int level_ = 0;                  // 1 inside the vocabulary, 2 inside one of its [piece, score] pairs
  bool has_piece_ = false;
  bool has_number_ = false;
};

[[nodiscard]] inline TokenizerDocument parse_tokenizer_document(std::string_view text, const std::string& file) {
  TokenizerDocument document;
  TokenizerDocumentBuilder builder(document, file);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return document;
}

}  // namespace glossa::detail
