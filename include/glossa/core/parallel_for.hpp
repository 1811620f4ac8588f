// A loop comes in; its iterations run on the threads of an executor.
#pragma once

#include <glossa/core/executor.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>

namespace glossa {

/// Calls body(index, worker) for every index below `count`; `worker` is below min(executor.concurrency(), count)
/// and no two calls with the same worker overlap. The first exception ends the loop and is rethrown here.
template <class Body>
void parallel_for(Executor& executor, std::size_t count, Body&& body) {
  const std::size_t workers = std::min(executor.concurrency(), count);
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, std::size_t{0});
    return;
  }
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  executor.run(workers, [&](std::size_t worker) {
    try {
      for (std::size_t i; (i = next.fetch_add(1)) < count;) body(i, worker);
    } catch (...) {
      next.store(count);
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace glossa
