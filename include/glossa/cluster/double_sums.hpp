// Vectors come in; sums over their elements go out, in double: what everything faster is held to.
#pragma once

#include <cstddef>
#include <span>

#if defined(__GNUC__) || defined(__clang__) || defined(_MSC_VER)
#define GLOSSA_RESTRICT __restrict
#else
#define GLOSSA_RESTRICT
#endif

namespace glossa::detail {

/// Elements that are added at a time, in loops of constant length: gcc turns no others into SIMD at -O2.
inline constexpr std::size_t kSumLanes = 8;

/// Σ (a - b)², in sums of every eighth element, which are added at the end.
template <class A, class B>
[[nodiscard]] double squared_distance(std::span<const A> a, std::span<const B> b) noexcept {
  double sums[kSumLanes] = {};
  const std::size_t size = a.size();
  const A* GLOSSA_RESTRICT x = a.data();
  const B* GLOSSA_RESTRICT y = b.data();
  std::size_t i = 0;
  for (; i + kSumLanes <= size; i += kSumLanes)
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
      const double difference = static_cast<double>(x[i + lane]) - static_cast<double>(y[i + lane]);
      sums[lane] += difference * difference;
    }
  for (; i < size; ++i) {
    const double difference = static_cast<double>(x[i]) - static_cast<double>(y[i]);
    sums[0] += difference * difference;
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// sum += row.
template <class T>
void add_row(std::span<const T> row, double* GLOSSA_RESTRICT sum) noexcept {
  const T* GLOSSA_RESTRICT x = row.data();
  const std::size_t size = row.size();
  std::size_t i = 0;
  for (; i + kSumLanes <= size; i += kSumLanes)
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) sum[i + lane] += static_cast<double>(x[i + lane]);
  for (; i < size; ++i) sum[i] += static_cast<double>(x[i]);
}

}  // namespace glossa::detail
