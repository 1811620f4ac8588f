// Sorted numbers come in; the number below which a share of them lies goes out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace glossa::detail {

/// The value below which `share` of the sorted values lie, between two of them in proportion.
[[nodiscard]] inline double quantile(std::span<const double> sorted, double share) noexcept {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), sorted.size() - 1);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace glossa::detail
