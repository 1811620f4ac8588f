// Numbers come in; they go out as two bytes, one, or one bit each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace glossa::detail {

/// Writes numbers of two bytes, none beyond ±most; x becomes what they stand for.
template <class Round, class Widen>
void put_halves(std::vector<float>& x, float most, std::byte* row, Round&& round, Widen&& widen) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::uint16_t bits = round(std::clamp(x[i], -most, most));
    std::memcpy(row + i * sizeof bits, &bits, sizeof bits);
    x[i] = widen(bits);
  }
}
[[nodiscard]] inline std::uint16_t half_at(const std::byte* row, std::size_t i) noexcept {
  std::uint16_t bits;
  std::memcpy(&bits, row + i * sizeof bits, sizeof bits);
  return bits;
}

/// Rounds to [-127, 127] plus `zero`; the scale is returned, and x becomes what the bytes stand for.
inline float put_bytes(std::vector<float>& x, std::byte* row, int zero) {
  float most = 0;
  for (const float value : x) most = std::max(most, std::abs(value));
  const float scale = most / 127;
  const float inverse = scale > 0 && 1 / scale <= std::numeric_limits<float>::max() ? 1 / scale : 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long code = std::clamp(std::lrint(x[i] * inverse), -127L, 127L);
    row[i] = static_cast<std::byte>(static_cast<unsigned char>(code + zero));
    x[i] = scale * static_cast<float>(code);
  }
  return scale;
}

/// Sets a bit for each positive number, in a row of zeros.
inline void put_bits(const std::vector<float>& x, std::byte* row) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i] > 0) row[i / 8] |= static_cast<std::byte>(1u << i % 8);
}

}  // namespace glossa::detail
