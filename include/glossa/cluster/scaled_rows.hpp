// Rows come in; where the squares of their numbers would leave the range of T, copies that are smaller or larger go
// out.
#pragma once

#include <glossa/cluster/points.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace glossa::detail {

/// Rows by a power of two, which rounds nothing, such that the greatest number is near 1; for what does not depend on
/// the scale. None where the rows themselves will do.
template <class T>
[[nodiscard]] std::vector<T> scaled_rows(const Points<T>& points) {
  T most = 0;
  for (const T value : points.values()) most = std::max(most, std::abs(value));
  if (most == 0) return {};
  const int exponent = std::ilogb(most);
  if (std::abs(exponent) <= std::numeric_limits<T>::max_exponent / 4) return {};
  std::vector<T> scaled(points.values().begin(), points.values().end());
  for (T& value : scaled) value = std::scalbn(value, -exponent);
  return scaled;
}

/// Points at those copies, or at the rows themselves where there are none.
template <class T>
[[nodiscard]] Points<T> scaled_points(const Points<T>& points, const std::vector<T>& scaled) noexcept {
  return scaled.empty() ? points : Points<T>(scaled.data(), points.rows(), points.dims());
}

}  // namespace glossa::detail
