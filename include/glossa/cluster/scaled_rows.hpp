// Rows come in; where the squares of their numbers would leave the range of T, copies that are smaller or larger go
// out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace glossa::detail {

/// Rows by a power of two, which rounds nothing, such that the greatest number is near 1; for what does not depend on
/// the scale. None where the rows themselves will do.
template <class T>
[[nodiscard]] std::vector<T> scaled_rows(const Points<T>& points, const RunTools<T>& tools) {
  const std::vector<T> zero(points.dims());
  std::vector<T> most(tools.shares(points.rows()));
  tools.for_shares(points.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t) {
    std::uint32_t rows[RunTools<T>::kShare];
    T squares[RunTools<T>::kShare];
    std::iota(rows, rows + count, static_cast<std::uint32_t>(first));
    tools.kernels().centers.squared_distances(
        {zero.data(), points.data(), points.dims(), points.dims(), rows, count, squares});
    most[share] = *std::max_element(squares, squares + count);
  });
  const T square = most.empty() ? T(0) : *std::max_element(most.begin(), most.end());
  constexpr int kMost = std::numeric_limits<T>::max_exponent / 2;
  if (square < std::ldexp(T(1), kMost) && square > std::ldexp(T(1), -kMost)) return {};
  T greatest = 0;
  for (const T value : points.values()) greatest = std::max(greatest, std::abs(value));
  if (greatest == 0) return {};
  std::vector<T> scaled(points.values().begin(), points.values().end());
  for (T& value : scaled) value = std::scalbn(value, -std::ilogb(greatest));
  return scaled;
}

/// Points at those copies, or at the rows themselves where there are none.
template <class T>
[[nodiscard]] Points<T> scaled_points(const Points<T>& points, const std::vector<T>& scaled) noexcept {
  return scaled.empty() ? points : Points<T>(scaled.data(), points.rows(), points.dims());
}

}  // namespace glossa::detail
