// What all algorithms of this room share: how they are run, and what their labels mean.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/kernels/cpu_level.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace glossa {

/// The cluster of each vector, from 0 on; kNoise for one that belongs to none.
using Labels = std::vector<std::int32_t>;
inline constexpr std::int32_t kNoise = -1;

/// How an algorithm is run; none of it changes what comes out, but for the instructions, which round differently.
struct ClusterRun {
  std::size_t threads = 0;               ///< 0: as many as the process can run (available_threads())
  std::shared_ptr<Executor> executor{};  ///< runs the work in place of threads of the algorithm's own
  std::optional<CpuLevel> cpu_level{};   ///< instructions to use; by default default_level()
  /// Told how far the work has come, in the algorithm's own steps. What it throws ends the call: that is how one
  /// cancels.
  ProgressCallback progress{};
};

}  // namespace glossa
