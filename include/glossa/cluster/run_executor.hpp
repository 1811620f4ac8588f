// How an algorithm is to run comes in; the threads that it runs on go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/thread_pool.hpp>

#include <memory>

namespace glossa::detail {

/// The executor of a run, or threads of its own.
[[nodiscard]] inline std::shared_ptr<Executor> executor_of(const ClusterRun& run) {
  return run.executor ? run.executor : std::make_shared<ThreadPool>(run.threads);
}

}  // namespace glossa::detail
