// A loop comes in; its iterations run on the threads of an executor.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/first_failure.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <utility>

namespace glossa {

/// How many workers a loop of `count` iterations is given.
[[nodiscard]] inline std::size_t workers_for(const Executor& executor, std::size_t count) noexcept {
  return std::min(std::max<std::size_t>(executor.concurrency(), 1), count);
}

/// Calls body(index, worker) for every index below `count`; `worker` is below `workers` and no two calls with the same
/// worker overlap. The first exception ends the loop and is rethrown here.
template <class Body>
void parallel_for(Executor& executor, std::size_t count, std::size_t workers, Body&& body) {
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, std::size_t{0});
    return;
  }
  std::atomic<std::size_t> next{0};
  FirstFailure failure;
  executor.run(workers, [&](std::size_t worker) {
    try {
      for (std::size_t i; (i = next.fetch_add(1)) < count;) body(i, worker);
    } catch (...) {
      next.store(count);
      failure.capture();
    }
  });
  failure.rethrow();
}

/// The same with as many workers as the executor has.
template <class Body>
void parallel_for(Executor& executor, std::size_t count, Body&& body) {
  parallel_for(executor, count, workers_for(executor, count), std::forward<Body>(body));
}

}  // namespace glossa
