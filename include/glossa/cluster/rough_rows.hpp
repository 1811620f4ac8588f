// Vectors come in; they go out in a byte a number, with how far a product of such is from the true one at most.
#pragma once

#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// x = scale · q + rest, with q of whole numbers from -127 to 127. Lengths and errors have room for the rounding of
/// what is computed with them in floats.
struct RoughScale {
  float scale;   ///< NaN where floats do not hold products with the vector
  float length;  ///< of x
  float error;   ///< the rest's length
};

/// Writes q as bytes. codes: [round_up(dims, kCodeBytes)].
template <std::floating_point T, class Byte>
[[nodiscard]] RoughScale rough_codes(std::span<const T> vector, double square, int zero, std::span<Byte> codes) {
  constexpr std::size_t kMostDims = 65536;  // products of bytes are summed in 32 bits
  std::fill(codes.begin(), codes.end(), static_cast<Byte>(zero));
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  if (!is_ordinary<float>(square, vector.size()) || vector.size() > kMostDims) return {kNone, kNone, kNone};
  double most = 0;
  for (const T value : vector) most = std::max(most, std::abs(static_cast<double>(value)));
  const float scale = static_cast<float>(most / 127);
  double rest = 0;
  for (std::size_t k = 0; k < vector.size(); ++k) {
    const double value = static_cast<double>(vector[k]);
    const int code = std::clamp(static_cast<int>(std::lrint(value / static_cast<double>(scale))), -127, 127);
    codes[k] = static_cast<Byte>(code + zero);
    const double difference = value - code * static_cast<double>(scale);
    rest += difference * difference;
  }
  const double length = std::sqrt(square);
  return {scale, static_cast<float>(length * 1.000001), static_cast<float>(std::sqrt(rest) * 1.000001 + 2e-6 * length)};
}

}  // namespace glossa::detail
