// Vectors come in; the same with length 1 go out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

/// Scales a vector to length 1; false where it is zero and stays what it is.
template <class T>
bool scale_to_unit(std::span<T> values) noexcept {
  double square = 0;
  for (const T value : values) square += static_cast<double>(value) * static_cast<double>(value);
  const double length = std::sqrt(square);
  if (length == 0) return false;
  for (T& value : values) value = static_cast<T>(static_cast<double>(value) / length);
  return true;
}

/// Copies of all rows, of length 1 but for zero vectors.
template <class T>
[[nodiscard]] std::vector<T> unit_rows(const Points<T>& points, const RunTools<T>& tools) {
  std::vector<T> out(points.values().begin(), points.values().end());
  tools.for_shares(points.rows(), [&](std::size_t, std::size_t first, std::size_t count, std::size_t) {
    for (std::size_t row = first; row < first + count; ++row)
      scale_to_unit(std::span<T>(out.data() + row * points.dims(), points.dims()));
  });
  return out;
}

}  // namespace glossa::detail
