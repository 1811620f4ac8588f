// How a search is done.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/search/metric.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace glossa {

struct SearchOptions {
  Metric metric = Metric::dot;
  /// Whether a row may be found; null: all may. Called for rows that would be among the best alone, by several threads
  /// at once.
  std::function<bool(std::size_t index)> filter{};
  std::size_t threads = 0;               ///< 0: as many as the process can run (available_threads())
  std::shared_ptr<Executor> executor{};  ///< runs the work in place of threads of the search's own
  std::optional<CpuLevel> cpu_level{};   ///< none: the best that the processor has. The hits are the same.
};

}  // namespace glossa
