// Vectors come in; those whose squares double precision cannot add up are refused.
#pragma once

#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/error.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// What algorithms ask of vectors whose squared distances they add up. Errors: `invalid_argument` for what
/// require_finite() refuses, and for vectors so long that such a sum leaves the range of doubles: of doubles, those of
/// a length of 1e144 and more.
template <std::floating_point T>
void require_squares(const Points<T>& points, const char* field) {
  require_finite(points, field);
  constexpr int kSumBits = 64;  // of as many squares as there can be, of differences
  if constexpr (2 * std::numeric_limits<T>::max_exponent + 2 * kSumBits < std::numeric_limits<double>::max_exponent)
    return;
  const double most = std::ldexp(std::numeric_limits<double>::max(), -kSumBits);
  const std::vector<T> zero(points.dims());
  for (std::size_t row = 0; row < points.rows(); ++row)
    if (squared_distance(points[row], std::span<const T>(zero)) > most)
      throw Error(ErrorKind::invalid_argument, {.field = field,
                                                .problem = "vector " + std::to_string(row) + " is too long",
                                                .expected = "numbers whose squares add up to numbers",
                                                .remedy = "scale the vectors"});
}

}  // namespace glossa::detail
