// The bytes of a SentencePiece model file come in; its pieces, scores and normalisation rules go out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/vocabulary.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Reads one protocol-buffer message field by field (https://protobuf.dev/programming-guides/encoding).
class WireReader {
 public:
  static constexpr std::size_t kNotRepeated = static_cast<std::size_t>(-1);

  /// `field` names the message in errors, `index` its place where the field is repeated.
  WireReader(std::string_view bytes, const std::string& file, const char* field, std::size_t index = kNotRepeated)
      : bytes_(bytes), file_(&file), field_(field), index_(index) {}

  /// Moves to the next field; false at the end of the message.
  bool next() {
    if (at_ == bytes_.size()) return false;
    const std::uint64_t key = varint();
    number_ = key >> 3;
    switch (key & 7) {
      case 0: value_ = varint(); break;
      case 1: value_ = fixed(8); break;
      case 5: value_ = fixed(4); break;
      case 2: {
        const std::uint64_t length = varint();
        if (length > bytes_.size() - at_) fail("a field runs past the end");
        text_ = bytes_.substr(at_, static_cast<std::size_t>(length));
        at_ += static_cast<std::size_t>(length);
        break;
      }
      default: fail("a field of an unknown wire type");
    }
    type_ = key & 7;
    if (number_ == 0) fail("a field with the number 0");
    return true;
  }

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  [[nodiscard]] std::string_view text() const {
    if (type_ != 2) fail("a field is not the string or message it should be");
    return text_;
  }
  [[nodiscard]] std::uint64_t integer() const {
    if (type_ != 0) fail("a field is not the integer it should be");
    return value_;
  }
  [[nodiscard]] float real() const {
    if (type_ != 5) fail("a field is not the float it should be");
    return std::bit_cast<float>(static_cast<std::uint32_t>(value_));
  }

  [[noreturn]] void fail(const std::string& problem) const {
    const std::string place = index_ == kNotRepeated ? "" : "[" + std::to_string(index_) + "]";
    throw Error(ErrorKind::corrupt_file, {.file = *file_,
                                          .field = field_ + place,
                                          .problem = "not a SentencePiece model: " + problem,
                                          .remedy = "fetch the file again"});
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) fail("the file ends inside a number");
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    fail("a number is too long");
  }

  std::uint64_t fixed(std::size_t size) {
    if (bytes_.size() - at_ < size) fail("the file ends inside a number");
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at_ + i]);
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  const std::string* file_;
  const char* field_;
  std::size_t index_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t type_ = 0;
  std::uint64_t value_ = 0;
  std::string_view text_;
};

/// What this library uses of sentencepiece_model.proto.
struct SentencePieceModel {
  enum class Algorithm { unigram = 1, bpe = 2, word = 3, character = 4 };
  enum class PieceType { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };
  Algorithm algorithm = Algorithm::unigram;
  PieceTable pieces;
  std::vector<float> scores;
  std::vector<PieceType> types;
  std::string charsmap;  ///< empty: no normalisation
  bool byte_fallback = false;
};

inline void read_sentencepiece_piece(std::string_view bytes, const std::string& file, SentencePieceModel& model) {
  WireReader reader(bytes, file, "pieces", model.pieces.size());
  std::string_view text;
  float score = 0;
  std::uint64_t type = 1;
  while (reader.next()) {
    if (reader.number() == 1) text = reader.text();
    if (reader.number() == 2) score = reader.real();
    if (reader.number() == 3) type = reader.integer();
  }
  if (!is_valid_utf8(text)) reader.fail("the piece is not UTF-8");
  if (!std::isfinite(score)) reader.fail("the score is not a finite number");
  if (type < 1 || type > 6) reader.fail("the type is unknown");
  model.pieces.add(text);
  model.scores.push_back(score);
  model.types.push_back(static_cast<SentencePieceModel::PieceType>(type));
}

/// Parses the file's bytes; `file` names it in errors.
[[nodiscard]] inline SentencePieceModel parse_sentencepiece_model(std::string_view bytes, const std::string& file) {
  SentencePieceModel model;
  model.pieces.reserve(bytes.size() / 20, bytes.size() / 2);
  WireReader reader(bytes, file, "model");
  while (reader.next()) {
    if (reader.number() == 1) read_sentencepiece_piece(reader.text(), file, model);
    if (reader.number() == 2) {
      WireReader trainer(reader.text(), file, "trainer_spec");
      while (trainer.next()) {
        if (trainer.number() == 3) {
          const std::uint64_t algorithm = trainer.integer();
          if (algorithm < 1 || algorithm > 4) trainer.fail("the model type is unknown");
          model.algorithm = static_cast<SentencePieceModel::Algorithm>(algorithm);
        }
        if (trainer.number() == 35) model.byte_fallback = trainer.integer() != 0;
      }
    }
    if (reader.number() == 3) {
      WireReader normalizer(reader.text(), file, "normalizer_spec");
      while (normalizer.next())
        if (normalizer.number() == 2) model.charsmap = normalizer.text();
    }
  }
  if (model.pieces.size() == 0) reader.fail("it holds no pieces");
  return model;
}

}  // namespace glossa::detail
