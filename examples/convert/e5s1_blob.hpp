// A 4-bit model blob in the "E5S1" layout comes in; its vocabulary, normalisation table and tensors go out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/half.hpp>
#include <glossa/kernels/int4_block.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/vocabulary.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace convert {

/// A tensor of the blob: values of type 0 are float, of type 1 blocks of 32 4-bit numbers with a half-precision scale.
struct BlobTensor {
  std::string name;
  bool quantized = false;
  std::size_t elements = 0;
  std::uint64_t offset = 0;  ///< from the start of the file
  std::uint64_t bytes = 0;
};

/// The file's contents but for the tensors' data. Layout, little-endian: "E5S1", u32 version; i32 hidden, layers,
/// heads, ff, vocab, positions, types; f32 eps; i32 block; i32 pieces, bos, eos, pad, unk; u64 text bytes; u32 ends
/// (pieces + 1); f32 scores (pieces); the pieces' text; i32 entries, u32 bytes of the normalisation table, its entries
/// (u32 code point, u8 n, u32 × n); i32 tensors, and for each u16 name length, name, u8 type, u32 elements, u64
/// offset, u64 bytes.
class E5s1Blob {
 public:
  std::size_t hidden = 0, layers = 0, heads = 0, intermediate = 0, vocab = 0, positions = 0, types = 0;
  float epsilon = 0;
  glossa::detail::PieceTable pieces;
  std::vector<float> scores;
  std::map<char32_t, std::u32string> normalization;
  std::map<std::string, BlobTensor> tensors;

  explicit E5s1Blob(const std::filesystem::path& path) : file_(path) {
    if (take_text(4, "magic") != "E5S1")
      throw glossa::Error(
          glossa::ErrorKind::corrupt_file,
          {.file = file_.name(), .problem = "not an E5S1 model", .expected = "a file that starts with E5S1"});
    if (const auto version = take<std::uint32_t>("version"); version != 1) refuse("version", "1", version);
    hidden = take_size("hidden", 1 << 16);
    layers = take_size("layers", 1 << 10);
    heads = take_size("heads", 1 << 10);
    intermediate = take_size("ff", 1 << 18);
    vocab = take_size("vocab", 1 << 24);
    positions = take_size("positions", 1 << 20);
    types = take_size("types", 1 << 10);
    epsilon = take<float>("eps");
    if (!(epsilon >= 0 && epsilon < 1)) refuse("eps", "a number from 0 to 1", epsilon);
    if (const auto block = take<std::int32_t>("block"); block != 32) refuse("block", "32", block);
    read_vocabulary();
    read_normalization();
    read_tensors();
  }

  [[nodiscard]] const std::string& name() const noexcept { return file_.name(); }

  /// The tensor `name` with this number of elements. Errors: `corrupt_file`.
  [[nodiscard]] const BlobTensor& tensor(const std::string& name, std::size_t elements) const {
    const auto it = tensors.find(name);
    if (it == tensors.end())
      throw glossa::Error(glossa::ErrorKind::corrupt_file,
                          {.file = file_.name(), .field = name, .problem = "the tensor is missing"});
    if (it->second.elements != elements) refuse(name, std::to_string(elements) + " elements", it->second.elements);
    return it->second;
  }

  /// Blocks [first, first + count) of a quantised tensor. Errors: `corrupt_file` for a tensor of floats, sizes that are
  /// no whole blocks, and scales that are no finite numbers.
  [[nodiscard]] std::vector<glossa::detail::Int4Block> read_blocks(const BlobTensor& tensor, std::size_t first,
                                                                   std::size_t count) const {
    if (!tensor.quantized) refuse(tensor.name + " type", "1, 4-bit blocks", 0);
    if (hidden % 32 != 0 || intermediate % 32 != 0) refuse("hidden, ff", "multiples of 32", hidden);
    std::vector<unsigned char> bytes(count * kBlockBytes);
    file_.read(tensor.offset + first * kBlockBytes, bytes.data(), bytes.size());
    std::vector<glossa::detail::Int4Block> blocks(count);
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned char* from = bytes.data() + i * kBlockBytes;
      blocks[i].scale = static_cast<std::uint16_t>(from[0] | from[1] << 8);
      if ((blocks[i].scale & 0x7C00U) == 0x7C00U) refuse(tensor.name, "scales that are finite numbers", first + i);
      for (std::size_t j = 0; j < 16; ++j) {
        blocks[i].values[j] = from[2 + j] & 15;
        blocks[i].values[j + 16] = from[2 + j] >> 4;
      }
    }
    return blocks;
  }

  /// Elements [first, first + count) as float; both are multiples of 32 for quantised tensors.
  void read(const BlobTensor& tensor, std::size_t first, std::size_t count, float* out) const {
    if (!tensor.quantized) return file_.read(tensor.offset + first * sizeof(float), out, count * sizeof(float));
    std::vector<unsigned char> blocks(count / 32 * kBlockBytes);
    file_.read(tensor.offset + first / 32 * kBlockBytes, blocks.data(), blocks.size());
    for (std::size_t block = 0; block < count / 32; ++block) {
      const unsigned char* from = blocks.data() + block * kBlockBytes;
      const float scale = glossa::detail::half_to_float(static_cast<std::uint16_t>(from[0] | from[1] << 8));
      for (std::size_t j = 0; j < 16; ++j) {
        out[block * 32 + j] = static_cast<float>((from[2 + j] & 15) - 8) * scale;
        out[block * 32 + j + 16] = static_cast<float>((from[2 + j] >> 4) - 8) * scale;
      }
    }
  }

 private:
  static constexpr std::size_t kBlockBytes = 18;

  template <class Found>
  [[noreturn]] void refuse(const std::string& field, const std::string& expected, Found found) const {
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = file_.name(),
                                                          .field = field,
                                                          .expected = expected,
                                                          .found = std::to_string(found),
                                                          .remedy = "fetch the file again"});
  }

  void need(std::uint64_t bytes, const char* field) const {
    if (bytes > file_.size() - at_)
      refuse(field, "at least " + std::to_string(bytes) + " more bytes", file_.size() - at_);
  }

  template <class Number>
  Number take(const char* field) {
    need(sizeof(Number), field);
    Number value;
    file_.read(at_, &value, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::size_t take_size(const char* field, std::int32_t most) {
    const auto value = take<std::int32_t>(field);
    if (value < 1 || value > most) refuse(field, "a number from 1 to " + std::to_string(most), value);
    return static_cast<std::size_t>(value);
  }

  std::string take_text(std::uint64_t bytes, const char* field) {
    need(bytes, field);
    std::string text(static_cast<std::size_t>(bytes), '\0');
    file_.read(at_, text.data(), text.size());
    at_ += bytes;
    return text;
  }

  void read_vocabulary() {
    const std::size_t count = take_size("pieces", 1 << 24);
    if (count < 5) refuse("pieces", "five or more", count);
    for (const auto& [field, id] : {std::pair{"bos", 0}, {"eos", 2}, {"pad", 1}, {"unk", 3}})
      if (const auto found = take<std::int32_t>(field); found != id) refuse(field, std::to_string(id), found);
    const auto bytes = take<std::uint64_t>("text bytes");
    const std::string ends = take_text((count + 1) * 4, "ends");
    const std::string raw_scores = take_text(count * 4, "scores");
    const std::string text = take_text(bytes, "pieces");
    scores.resize(count);
    std::memcpy(scores.data(), raw_scores.data(), raw_scores.size());
    std::vector<std::uint32_t> bounds(count + 1);
    std::memcpy(bounds.data(), ends.data(), ends.size());
    for (std::size_t i = 0; i < count; ++i) {
      if (bounds[i] > bounds[i + 1] || bounds[i + 1] > text.size()) refuse("ends", "ascending offsets", bounds[i + 1]);
      const std::string piece = text.substr(bounds[i], bounds[i + 1] - bounds[i]);
      if (!glossa::detail::is_valid_utf8(piece)) refuse("pieces", "UTF-8", i);
      if (!std::isfinite(scores[i])) refuse("scores", "finite numbers", i);
      pieces.add(piece);
    }
  }

  void read_normalization() {
    const auto count = take<std::int32_t>("normalisation entries");
    const auto bytes = take<std::uint32_t>("normalisation bytes");
    const std::string table = take_text(bytes, "normalisation table");
    std::size_t at = 0;
    const auto next = [&](std::size_t size) {
      if (size > table.size() - at) refuse("normalisation bytes", "as many as the entries have", bytes);
      const char* from = table.data() + at;
      at += size;
      return from;
    };
    const auto next_code_point = [&] {
      std::uint32_t c = 0;
      std::memcpy(&c, next(sizeof c), sizeof c);
      if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) refuse("normalisation table", "a code point", c);
      return static_cast<char32_t>(c);
    };
    for (std::int32_t i = 0; i < count; ++i) {
      const char32_t c = next_code_point();
      std::u32string to(static_cast<unsigned char>(*next(1)), U'\0');
      for (char32_t& target : to) target = next_code_point();
      if (!normalization.emplace(c, std::move(to)).second)
        refuse("normalisation table", "each code point once", static_cast<std::uint32_t>(c));
    }
    if (at != table.size()) refuse("normalisation bytes", std::to_string(at), bytes);
  }

  void read_tensors() {
    const std::size_t count = take_size("tensors", 1 << 16);
    for (std::size_t i = 0; i < count; ++i) {
      BlobTensor tensor;
      tensor.name = take_text(take<std::uint16_t>("tensor name length"), "tensor name");
      const auto type = take<std::uint8_t>("tensor type");
      if (type > 1) refuse(tensor.name + " type", "0 or 1", type);
      tensor.quantized = type == 1;
      tensor.elements = take<std::uint32_t>("tensor elements");
      tensor.offset = take<std::uint64_t>("tensor offset");
      tensor.bytes = take<std::uint64_t>("tensor bytes");
      const std::uint64_t bytes = tensor.quantized ? tensor.elements / 32 * 18 : tensor.elements * 4;
      if (tensor.bytes != bytes || (tensor.quantized && tensor.elements % 32 != 0))
        refuse(tensor.name + " bytes", std::to_string(bytes), tensor.bytes);
      if (tensor.offset > file_.size() || tensor.bytes > file_.size() - tensor.offset)
        refuse(tensor.name + " offset", "a range inside the file", tensor.offset);
      if (!tensors.emplace(tensor.name, tensor).second)
        throw glossa::Error(glossa::ErrorKind::corrupt_file,
                            {.file = file_.name(), .field = tensor.name, .problem = "the tensor stands there twice"});
    }
  }

  glossa::detail::FileReader file_;
  std::uint64_t at_ = 0;
};

}  // namespace convert
