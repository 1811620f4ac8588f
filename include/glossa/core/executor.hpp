// Independent tasks come in; they run on threads that someone else provides.
#pragma once

#include <cstddef>
#include <functional>

namespace glossa {

/// Where work runs. Derive from it to put the library's work on threads that a program already has.
class Executor {
 public:
  virtual ~Executor() = default;

  /// How many tasks can make progress at the same time, the calling thread included; at least 1. May change between
  /// calls: a job asks once.
  [[nodiscard]] virtual std::size_t concurrency() const noexcept = 0;

  /// Calls task(0) … task(count - 1), each once, in any order and on any threads, and returns when all have
  /// returned. Tasks never throw, and wait for no task that has not started. Must accept calls from several threads at
  /// once.
  virtual void run(std::size_t count, const std::function<void(std::size_t)>& task) = 0;
};

}  // namespace glossa
