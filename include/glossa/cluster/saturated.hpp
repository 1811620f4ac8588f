// Two counts come in; their product goes out, or where it is too large for a count, the largest.
#pragma once

#include <cstddef>
#include <limits>

namespace glossa::detail {

[[nodiscard]] constexpr std::size_t saturated_product(std::size_t a, std::size_t b) noexcept {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  return a != 0 && b > kMost / a ? kMost : a * b;
}

}  // namespace glossa::detail
