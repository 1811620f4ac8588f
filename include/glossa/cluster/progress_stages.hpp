// The stages of a long call come in; one progress from none to all goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/progress.hpp>

#include <algorithm>
#include <cstddef>

namespace glossa::detail {

/// Puts the progress of stages that each count something of their own one after another: each is as long as the others.
/// What the caller's function throws goes through.
class ProgressStages {
 public:
  /// run: outlives this and what it gives.
  ProgressStages(const ClusterRun& run, std::size_t stages) : run_(run), stages_(stages) {}

  void tell(std::size_t stage, std::size_t done, std::size_t total) const {
    if (run_.progress)
      run_.progress({stage * kLength + kLength * done / std::max<std::size_t>(total, 1), stages_ * kLength, 0});
  }
  [[nodiscard]] ProgressCallback of(std::size_t stage) const {
    if (!run_.progress) return {};
    return [this, stage](const Progress& progress) { tell(stage, progress.done, progress.total); };
  }
  /// The run of a stage that tells its own progress.
  [[nodiscard]] ClusterRun run(std::size_t stage) const {
    ClusterRun run = run_;
    run.progress = of(stage);
    return run;
  }

 private:
  static constexpr std::size_t kLength = 1000;

  const ClusterRun& run_;
  std::size_t stages_;
};

}  // namespace glossa::detail
