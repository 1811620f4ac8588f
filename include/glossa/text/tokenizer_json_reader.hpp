// The text of a tokenizer.json comes in; its vocabulary goes out as plain arrays, all the rest as one small JSON
// object.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/reference_number.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/text/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A tokenizer.json with its largest part, `model.vocab`, taken out of the JSON.
struct TokenizerDocument {
  Json rest;  ///< the document, `model.vocab` replaced by null
  enum class Form { none, scored, numbered } form = Form::none;
  PieceTable pieces;           ///< in the order of the file
  std::vector<double> scores;  ///< form scored: [["piece", score], …] (Unigram)
  std::vector<TokenId> ids;    ///< form numbered: {"piece": id, …} (WordPiece)
  /// From a compiled vocabulary: the model, and the rules of the Precompiled that has null for them.
  std::unique_ptr<PieceModel> model;
  std::string charsmap;
};

/// Builds the JSON value of everything but the vocabulary, which would take fifty times its size as JSON values.
class TokenizerDocumentBuilder final : public JsonBuilder {
 public:
  TokenizerDocumentBuilder(TokenizerDocument& document, const std::string& file)
      : JsonBuilder(document.rest, file), document_(document) {}

  bool null() override { return refuse_in_vocabulary() && JsonBuilder::null(); }
  bool boolean(bool value) override { return refuse_in_vocabulary() && JsonBuilder::boolean(value); }
  bool number_integer(number_integer_t value) override {
    return in_vocabulary() ? number(static_cast<double>(value), -1) : JsonBuilder::number_integer(value);
  }
  bool number_unsigned(number_unsigned_t value) override {
    return in_vocabulary() ? number(static_cast<double>(value), value >> 31 ? -1 : static_cast<std::int64_t>(value))
                           : JsonBuilder::number_unsigned(value);
  }
  bool number_float(number_float_t value, const string_t& text) override {
    return in_vocabulary() ? number(reference_number(text, value), -1) : JsonBuilder::number_float(value, text);
  }
  bool string(string_t& value) override {
    if (!in_vocabulary()) return JsonBuilder::string(value);
    if (document_.form != TokenizerDocument::Form::scored || level_ != 2 || has_piece_) wrong_vocabulary();
    document_.pieces.add(value);
    has_piece_ = true;
    return true;
  }

  bool start_object(std::size_t size) override {
    refuse_in_vocabulary();
    return opens_vocabulary() ? begin_vocabulary(TokenizerDocument::Form::numbered) : JsonBuilder::start_object(size);
  }
  bool start_array(std::size_t size) override {
    if (in_vocabulary()) {
      if (document_.form != TokenizerDocument::Form::scored || level_ != 1) wrong_vocabulary();
      level_ = 2;
      has_piece_ = has_number_ = false;
      return true;
    }
    return opens_vocabulary() ? begin_vocabulary(TokenizerDocument::Form::scored) : JsonBuilder::start_array(size);
  }
  bool key(string_t& value) override {
    if (!in_vocabulary()) return JsonBuilder::key(value);
    if (has_piece_) wrong_vocabulary();
    document_.pieces.add(value);
    has_piece_ = true;
    return true;
  }
  bool end_object() override { return in_vocabulary() ? end_vocabulary() : JsonBuilder::end_object(); }
  bool end_array() override {
    if (!in_vocabulary()) return JsonBuilder::end_array();
    if (level_ == 1) return end_vocabulary();
    if (!has_piece_ || !has_number_) wrong_vocabulary();
    has_piece_ = has_number_ = false;
    level_ = 1;
    return true;
  }

 private:
  [[nodiscard]] bool in_vocabulary() const noexcept { return level_ > 0; }
  [[nodiscard]] bool opens_vocabulary() const {
    return keys().size() == 2 && keys()[0] == "model" && keys()[1] == "vocab";
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

  bool refuse_in_vocabulary() const {
    if (in_vocabulary()) wrong_vocabulary();
    return true;
  }

  [[noreturn]] void wrong_vocabulary() const {
    throw Error(ErrorKind::corrupt_file, {.file = file(),
                                          .field = "model.vocab[" + std::to_string(document_.pieces.size()) + "]",
                                          .expected = "[[\"piece\", score], ...] or {\"piece\": id, ...}",
                                          .found = "something else",
                                          .remedy = "fetch the file again"});
  }

  TokenizerDocument& document_;
  int level_ = 0;  // 1 inside the vocabulary, 2 inside one of its [piece, score] pairs
  bool has_piece_ = false;
  bool has_number_ = false;
};

[[nodiscard]] inline TokenizerDocument parse_tokenizer_document(std::string_view text, const std::string& file) {
  TokenizerDocument document;
  TokenizerDocumentBuilder(document, file).parse(text);
  return document;
}

}  // namespace glossa::detail
