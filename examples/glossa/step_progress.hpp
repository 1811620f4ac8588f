// How far a computation has come goes to a person's terminal, and Ctrl-C to the computation.
#pragma once

#include "interrupt.hpp"
#include "progress_bar.hpp"

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/progress.hpp>

#include <memory>
#include <string>
#include <utility>

namespace tool {

/// Runs of one step after the other by the cluster room's algorithms; all of them end where Ctrl-C was pressed.
class StepProgress {
 public:
  explicit StepProgress(std::shared_ptr<glossa::Executor> executor) : executor_(std::move(executor)) {}

  /// A run that tells how far step `name` is; this must outlive it.
  [[nodiscard]] glossa::ClusterRun step(const std::string& name) {
    return {.executor = executor_, .progress = [this, name](const glossa::Progress& progress) {
              stop_if_interrupted();
              bar_.update(name, progress.done, progress.total);
            }};
  }
  /// Removes the bar. Errors: `cancelled` where Ctrl-C was pressed since: nothing is to be left of the work then.
  void finish() {
    bar_.clear();
    stop_if_interrupted();
  }

 private:
  std::shared_ptr<glossa::Executor> executor_;
  ProgressBar bar_;
};

}  // namespace tool
