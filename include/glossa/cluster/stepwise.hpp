// A loop and a run's progress come in; the loop is run in parts, between which the progress is told.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/core/progress.hpp>

#include <algorithm>
#include <cstddef>

namespace glossa::detail {

/// Calls body(index, worker) for all indices below `count`, and progress({done, total}) after some of them: on the
/// caller's thread, with nobody at work meanwhile. done: the sum of cost(index) of the indices so far, and `before`.
/// What the callback throws ends the loop, as what the body throws does.
template <class Cost, class Body>
void stepwise_for(Executor& executor, std::size_t count, std::size_t workers, const ProgressCallback& progress,
                  std::size_t before, std::size_t total, Cost&& cost, Body&& body) {
  const std::size_t step = progress ? std::max<std::size_t>(16 * workers, count / 256) : count;
  for (std::size_t first = 0; first < count; first += step) {
    const std::size_t some = std::min(step, count - first);
    parallel_for(executor, some, workers, [&](std::size_t i, std::size_t worker) { body(first + i, worker); });
    for (std::size_t i = first; i < first + some; ++i) before += cost(i);
    if (progress) progress({before, total, 0});
  }
}

}  // namespace glossa::detail
