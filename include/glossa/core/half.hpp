// 16-bit floating point numbers come in as bits; float goes out, and back.
#pragma once

#include <bit>
#include <cstdint>

namespace glossa::detail {

/// IEEE 754 binary16 to binary32: exact, subnormals, infinities and NaN payloads included.
[[nodiscard]] constexpr float half_to_float(std::uint16_t bits) noexcept {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1Fu;
  std::uint32_t mantissa = bits & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  if (mantissa == 0) return std::bit_cast<float>(sign);
  const int shift = std::countl_zero(mantissa) - 21;  // brings the leading one to bit 10
  mantissa = (mantissa << shift) & 0x3FFu;
  return std::bit_cast<float>(sign | (static_cast<std::uint32_t>(113 - shift) << 23) | (mantissa << 13));
}

/// binary32 to binary16, rounded to nearest, ties to even; overflow becomes infinity, NaN stays NaN.
[[nodiscard]] constexpr std::uint16_t float_to_half(float value) noexcept {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<std::uint16_t>(sign | 0x7E00u);
  if (magnitude >= 0x477FF000u) return static_cast<std::uint16_t>(sign | 0x7C00u);  // rounds to >= 65536
  std::uint32_t mantissa = magnitude & 0x7FFFFFu;
  const std::uint32_t exponent = magnitude >> 23;
  std::uint32_t drop = 13;  // mantissa bits that do not fit
  std::uint32_t result = 0;
  if (exponent < 113) {  // subnormal in binary16
    if (exponent < 102) return static_cast<std::uint16_t>(sign);
    mantissa |= 0x800000u;
    drop = 126 - exponent;
    result = mantissa >> drop;
  } else {
    result = ((exponent - 112) << 10) | (mantissa >> 13);
  }
  const std::uint32_t rest = mantissa & ((1u << drop) - 1u);
  const std::uint32_t half = 1u << (drop - 1);
  if (rest > half || (rest == half && (result & 1u) != 0)) ++result;
  return static_cast<std::uint16_t>(sign | result);
}

/// bfloat16 to binary32: exact.
[[nodiscard]] constexpr float bfloat16_to_float(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// binary32 to bfloat16, rounded to nearest, ties to even; NaN stays NaN.
[[nodiscard]] constexpr std::uint16_t float_to_bfloat16(float value) noexcept {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace glossa::detail
