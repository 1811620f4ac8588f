// How an algorithm is to run comes in; the threads that it runs on go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/thread_pool.hpp>

#include <memory>

namespace glossa::detail {

/// The caller's executor, or threads of the run's own. Errors: `invalid_argument` for too many threads.
[[nodiscard]] inline std::shared_ptr<Executor> executor_of(const ClusterRun& run) {
  if (run.executor) return run.executor;
  return std::make_shared<ThreadPool>(run.threads);
}

}  // namespace glossa::detail
