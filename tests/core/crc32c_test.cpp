// CRC-32C against RFC 3720's examples, and every way of computing it against every other.
#include "catch.hpp"

#include <glossa/core/crc32c.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

using glossa::detail::Checksum;
using glossa::detail::checksum_of;
using glossa::detail::crc32c_portable;
using glossa::detail::kChecksumPiece;

namespace {

std::vector<std::byte> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xFFu);
  return bytes;
}

/// The definition: one bit after another.
std::uint32_t by_bits(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
  }
  return ~crc;
}

/// The definition of a checksum: the CRC of the pieces' CRCs, the lowest byte first.
std::uint32_t by_pieces(std::span<const std::byte> bytes) {
  std::vector<std::byte> crcs;
  for (std::size_t at = 0; at < bytes.size(); at += kChecksumPiece) {
    const auto piece = bytes.subspan(at, std::min(kChecksumPiece, bytes.size() - at));
    const std::uint32_t crc = crc32c_portable(piece.data(), piece.size());
    for (int shift = 0; shift < 32; shift += 8) crcs.push_back(static_cast<std::byte>(crc >> shift & 0xFFu));
  }
  return crc32c_portable(crcs.data(), crcs.size());
}

}  // namespace

TEST_CASE("the examples of RFC 3720 have the sums that it gives") {
  const std::vector<std::byte> zeros(32, std::byte{0});
  const std::vector<std::byte> ones(32, std::byte{0xFF});
  std::vector<std::byte> ascending(32);
  for (std::size_t i = 0; i < 32; ++i) ascending[i] = static_cast<std::byte>(i);
  std::vector<std::byte> descending(ascending.rbegin(), ascending.rend());
  CHECK(crc32c_portable(zeros.data(), 32) == 0x8A9136AAu);
  CHECK(crc32c_portable(ones.data(), 32) == 0x62A8AB43u);
  CHECK(crc32c_portable(ascending.data(), 32) == 0x46DD794Eu);
  CHECK(crc32c_portable(descending.data(), 32) == 0x113FDB5Cu);
  const std::string_view digits = "123456789";
  CHECK(crc32c_portable(reinterpret_cast<const std::byte*>(digits.data()), 9) == 0xE3069283u);
  CHECK(crc32c_portable(nullptr, 0) == 0);
}

TEST_CASE("a sum of eight bytes at a time is that of bits, for every length and place, in one part or two") {
  const auto bytes = random_bytes(200, 1);
  for (std::size_t first = 0; first < 9; ++first)
    for (std::size_t size = 0; first + size <= 80; ++size) {
      const std::span<const std::byte> part = std::span(bytes).subspan(first, size);
      const std::uint32_t sum = by_bits(part);
      REQUIRE(crc32c_portable(part.data(), size) == sum);
      const std::size_t half = size / 3;
      const std::uint32_t before = crc32c_portable(part.data(), half);
      REQUIRE(crc32c_portable(part.data() + half, size - half, before) == sum);
    }
}

#if GLOSSA_HAS_CRC32
TEST_CASE("the processor's sums of four runs are those of the portable code") {
  if (!glossa::cpu_features().avx2) return;
  for (const std::size_t size : {8u, 16u, 1000u, 65536u}) {
    const auto bytes = random_bytes(4 * size, static_cast<unsigned>(size));
    std::uint32_t four[4];
    glossa::detail::crc32c_four(bytes.data(), size, four);
    for (std::size_t run = 0; run < 4; ++run) CHECK(four[run] == crc32c_portable(bytes.data() + run * size, size));
  }
}
#endif

TEST_CASE("a checksum is that of its pieces, in parts of any size as in one") {
  const auto bytes = random_bytes(9 * kChecksumPiece + 12345, 2);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChecksumPiece - 1, kChecksumPiece, kChecksumPiece + 1,
                                 4 * kChecksumPiece, 5 * kChecksumPiece - 3, 8 * kChecksumPiece, bytes.size()}) {
    const std::span<const std::byte> whole = std::span(bytes).first(size);
    INFO(size << " bytes");
    CHECK(checksum_of(whole) == by_pieces(whole));
    for (const std::size_t step :
         {std::size_t{777}, kChecksumPiece - 1, kChecksumPiece, kChecksumPiece + 1, 4 * kChecksumPiece + 5}) {
      Checksum checksum;
      for (std::size_t at = 0; at < size; at += step) {
        checksum.add(whole.subspan(at, std::min(step, size - at)));
        checksum.add({});
      }
      CHECK(checksum.value() == by_pieces(whole));
      CHECK(checksum.value() == by_pieces(whole));  // asking changes nothing
    }
    Checksum random_parts;
    std::mt19937 random(3);
    for (std::size_t at = 0; at < size;) {
      const std::size_t count = std::min<std::size_t>(random() % 200000, size - at);
      random_parts.add(whole.subspan(at, count));
      at += count;
    }
    CHECK(random_parts.value() == by_pieces(whole));
  }
}

TEST_CASE("a checksum tells every flipped bit, and pieces that changed places") {
  auto bytes = random_bytes(3 * kChecksumPiece, 4);
  const std::uint32_t good = checksum_of(bytes);
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    std::byte& byte = bytes[random() % bytes.size()];
    const auto bit = static_cast<std::byte>(1u << random() % 8);
    byte ^= bit;
    REQUIRE(checksum_of(bytes) != good);
    byte ^= bit;
  }
  REQUIRE(checksum_of(bytes) == good);
  std::swap_ranges(bytes.begin(), bytes.begin() + kChecksumPiece, bytes.begin() + kChecksumPiece);
  CHECK(checksum_of(bytes) != good);
}
