// Bytes come in; one 64-bit number goes out that tells whether they changed.
#pragma once

#include <glossa/core/file_reader.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace glossa::detail {

/// A hash against accidents, not attacks: four lanes that each take every fourth eight bytes by exclusive or,
/// multiplication with an odd number and rotation, so that a change of one word always changes the result, and as fast
/// as memory is read (some 10 GB/s a core). Numbers are read in the machine's byte order.
class Hash64 {
 public:
  static constexpr std::size_t kBlock = 32;

  /// All calls but the last take a multiple of kBlock bytes.
  void add(const void* data, std::size_t size) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    bytes_ += size;
    for (; size >= kBlock; bytes += kBlock, size -= kBlock) take(bytes);
    if (size == 0) return;
    std::array<unsigned char, kBlock> rest{};  // zeros behind the last bytes; bytes_ tells them from others
    std::memcpy(rest.data(), bytes, size);
    take(rest.data());
  }

  [[nodiscard]] std::uint64_t value() const noexcept {
    std::uint64_t all = bytes_ * kOdd;
    for (const std::uint64_t lane : lanes_) {
      all = (all ^ lane) * kOdd;
      all ^= all >> 32;
    }
    return all;
  }

 private:
  static constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;  // 2^64 divided by the golden ratio

  void take(const unsigned char* block) noexcept {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, block + 8 * i, 8);
      lanes_[i] = std::rotl((lanes_[i] ^ word) * kOdd, 29);
    }
  }

  std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
  std::uint64_t bytes_ = 0;
};

/// The hash of a whole file, which goes through a buffer that stays in the processor's cache. Before each part of it
/// watch() is called, which may end this by what it throws.
template <class Watch>
[[nodiscard]] std::uint64_t hash_of(const FileReader& file, Watch&& watch) {
  constexpr std::uint64_t kChunk = 1u << 17;
  std::vector<unsigned char> buffer(static_cast<std::size_t>(std::min(kChunk, file.size())));
  Hash64 hash;
  for (std::uint64_t at = 0; at < file.size(); at += buffer.size()) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), file.size() - at));
    watch();
    file.read(at, buffer.data(), count);
    hash.add(buffer.data(), count);
  }
  return hash.value();
}
[[nodiscard]] inline std::uint64_t hash_of(const FileReader& file) {
  return hash_of(file, [] {});
}

/// A hash as text, 16 digits.
[[nodiscard]] inline std::string hex_text(std::uint64_t value) {
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
  return out;
}

}  // namespace glossa::detail
