// A loop over many small items comes in; it runs in parts that do not depend on the number of threads.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace glossa::detail {

/// Items of a share: few enough to divide the work, many enough that handing them out costs nothing.
inline constexpr std::size_t kSharedItems = 256;

/// Calls body(i) for every i below `count`.
template <class Body>
void for_shares(Executor& executor, std::size_t count, Body&& body) {
  parallel_for(executor, (count + kSharedItems - 1) / kSharedItems, [&](std::size_t share, std::size_t) {
    for (std::size_t i = share * kSharedItems, end = std::min(count, i + kSharedItems); i < end; ++i) body(i);
  });
}

/// Σ term(i) for i below `count`, added in an order that is the same whatever the number of threads.
template <class Term>
[[nodiscard]] double sum_shares(Executor& executor, std::size_t count, Term&& term) {
  std::vector<double> sums((count + kSharedItems - 1) / kSharedItems);
  parallel_for(executor, sums.size(), [&](std::size_t share, std::size_t) {
    double sum = 0;
    for (std::size_t i = share * kSharedItems, end = std::min(count, i + kSharedItems); i < end; ++i) sum += term(i);
    sums[share] = sum;
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace glossa::detail
