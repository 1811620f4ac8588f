// Fields come in; the bytes of a protocol-buffer message go out (https://protobuf.dev/programming-guides/encoding).
//
// Not by protobuf's own library: Debian's libsentencepiece has another version of it inside, whose symbols it shows,
// and a program that loads both ends before main().
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace glossa::detail {

/// A message under construction. Fields are added in the order of their numbers, as protobuf writes them.
class OnnxMessage {
 public:
  OnnxMessage& integer(unsigned field, std::int64_t value) {
    append_number(bytes_, field << 3);
    append_number(bytes_, static_cast<std::uint64_t>(value));
    return *this;
  }

  OnnxMessage& number(unsigned field, float value) {
    append_number(bytes_, field << 3 | 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(bits >> shift & 0xFF);
    return *this;
  }

  OnnxMessage& text(unsigned field, std::string_view value) {
    bytes_ += frame(field, value.size());
    bytes_ += value;
    return *this;
  }

  OnnxMessage& message(unsigned field, const OnnxMessage& value) { return text(field, value.bytes_); }

  /// The fields of another one behind those of this.
  OnnxMessage& append(const OnnxMessage& other) {
    bytes_ += other.bytes_;
    return *this;
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

  /// What stands before a text or message of `size` bytes.
  [[nodiscard]] static std::string frame(unsigned field, std::uint64_t size) {
    std::string out;
    append_number(out, field << 3 | 2);
    append_number(out, size);
    return out;
  }

 private:
  static void append_number(std::string& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) to += static_cast<char>((value & 0x7F) | 0x80);
    to += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace glossa::detail
