// Vectors come in; the same with length 1 go out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/cluster/scale_to_unit.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

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
