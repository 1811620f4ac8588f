// Bytes come in; their CRC-32C goes out.
#pragma once

#include <glossa/core/cpu_features.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#if GLOSSA_X86_LEVELS && defined(__GNUC__)
#define GLOSSA_HAS_CRC32 1
#include <nmmintrin.h>
#else
#define GLOSSA_HAS_CRC32 0
#endif

namespace glossa::detail {

/// Castagnoli's polynomial, bits reversed (RFC 3720, appendix B.4).
inline constexpr std::uint32_t kCrc32cPolynomial = 0x82F63B78u;

/// tables[n][b]: what byte b leaves behind after n more bytes of zeros.
[[nodiscard]] constexpr std::array<std::array<std::uint32_t, 256>, 8> make_crc32c_tables() noexcept {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1u) != 0 ? value >> 1 ^ kCrc32cPolynomial : value >> 1;
    tables[0][byte] = value;
  }
  for (std::size_t n = 1; n < 8; ++n)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[n - 1][byte];
      tables[n][byte] = before >> 8 ^ tables[0][before & 0xFFu];
    }
  return tables;
}
inline constexpr auto kCrc32cTables = make_crc32c_tables();

/// Eight bytes at a time (Kounavis & Berry 2008). `crc`: of the bytes before, 0 for none.
[[nodiscard]] inline std::uint32_t crc32c_portable(const std::byte* data, std::size_t size,
                                                   std::uint32_t crc = 0) noexcept {
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(data[i]); };
  crc = ~crc;
  for (; size >= 8; data += 8, size -= 8) {
    const std::uint32_t low = crc ^ (byte_at(0) | byte_at(1) << 8 | byte_at(2) << 16 | byte_at(3) << 24);
    crc = kCrc32cTables[3][byte_at(4)] ^ kCrc32cTables[2][byte_at(5)] ^ kCrc32cTables[1][byte_at(6)] ^
          kCrc32cTables[0][byte_at(7)];
    for (std::size_t i = 0; i < 4; ++i) crc ^= kCrc32cTables[7 - i][low >> 8 * i & 0xFFu];
  }
  for (; size > 0; ++data, --size) crc = crc >> 8 ^ kCrc32cTables[0][(crc ^ byte_at(0)) & 0xFFu];
  return ~crc;
}

#if GLOSSA_HAS_CRC32
/// Four runs of `size` bytes, a multiple of 8, side by side: the processor's instruction takes three cycles, and a new
/// one can start in each.
__attribute__((target("sse4.2"))) inline void crc32c_four(const std::byte* data, std::size_t size,
                                                          std::uint32_t* out) noexcept {
  std::uint64_t crc[4] = {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu};
  for (std::size_t i = 0; i < size; i += 8)
    for (std::size_t run = 0; run < 4; ++run) {
      std::uint64_t word = 0;
      std::memcpy(&word, data + run * size + i, 8);
      crc[run] = _mm_crc32_u64(crc[run], word);
    }
  for (std::size_t run = 0; run < 4; ++run) out[run] = ~static_cast<std::uint32_t>(crc[run]);
}
#endif

/// What a checksum of a long stretch is made of: pieces that can be checked side by side.
inline constexpr std::size_t kChecksumPiece = std::size_t{1} << 16;

/// The CRC-32C of the CRC-32Cs (little-endian) of a stretch's pieces of kChecksumPiece bytes, the last of which may be
/// shorter; as fast as memory is read. Tells every change of up to 32 bits in a row, and others but for one in 2^32.
class Checksum {
 public:
  /// The stretch may come in parts of any size.
  void add(std::span<const std::byte> bytes) {
    if (!rest_.empty()) {
      const std::size_t taken = std::min(bytes.size(), kChecksumPiece - rest_.size());
      rest_.insert(rest_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
      bytes = bytes.subspan(taken);
      if (rest_.size() < kChecksumPiece) return;
      pieces_.push_back(crc32c_portable(rest_.data(), rest_.size()));
      rest_.clear();
    }
    const std::size_t whole = bytes.size() / kChecksumPiece * kChecksumPiece;
    add_pieces(bytes.first(whole));
    rest_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
  }

  [[nodiscard]] std::uint32_t value() const {
    std::vector<std::uint32_t> pieces = pieces_;
    if (!rest_.empty()) pieces.push_back(crc32c_portable(rest_.data(), rest_.size()));
    if constexpr (std::endian::native == std::endian::big)
      for (std::uint32_t& crc : pieces) crc = crc >> 24 | (crc >> 8 & 0xFF00u) | (crc << 8 & 0xFF0000u) | crc << 24;
    return crc32c_portable(reinterpret_cast<const std::byte*>(pieces.data()), pieces.size() * sizeof(std::uint32_t));
  }

 private:
  void add_pieces(std::span<const std::byte> bytes) {
    std::size_t done = 0;
#if GLOSSA_HAS_CRC32
    if (cpu_features().avx2)  // which no processor has without SSE 4.2
      for (; done + 4 * kChecksumPiece <= bytes.size(); done += 4 * kChecksumPiece) {
        std::uint32_t four[4];
        crc32c_four(bytes.data() + done, kChecksumPiece, four);
        pieces_.insert(pieces_.end(), four, four + 4);
      }
#endif
    for (; done < bytes.size(); done += kChecksumPiece)
      pieces_.push_back(crc32c_portable(bytes.data() + done, kChecksumPiece));
  }

  std::vector<std::uint32_t> pieces_;
  std::vector<std::byte> rest_;
};

[[nodiscard]] inline std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  Checksum checksum;
  checksum.add(bytes);
  return checksum.value();
}

}  // namespace glossa::detail
