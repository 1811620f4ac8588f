// Two vectors come in; the square of their distance goes out, in double: what everything faster is held to.
#pragma once

#include <cstddef>
#include <span>

namespace glossa::detail {

/// Σ (a - b)², in four sums that are added at the end.
template <class A, class B>
[[nodiscard]] double squared_distance(std::span<const A> a, std::span<const B> b) noexcept {
  double sums[4] = {};
  const auto add = [&](std::size_t lane, std::size_t i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sums[lane] += difference * difference;
  };
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    add(0, i);
    add(1, i + 1);
    add(2, i + 2);
    add(3, i + 3);
  }
  for (; i < a.size(); ++i) add(0, i);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace glossa::detail
