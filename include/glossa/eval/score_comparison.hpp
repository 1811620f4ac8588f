// The scores of two runs come in; what differs, and how sure that is, goes out.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/bootstrap.hpp>
#include <glossa/eval/compared_runs.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace glossa {

struct ComparisonOptions {
  BootstrapOptions bootstrap{};
  double level = 0.05;                   ///< of ComparedScores::adjusted_p, below which a difference is significant
  std::size_t threads = 0;               ///< subsets are tested side by side; 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< runs that in place of threads of its own
};

/// Tasks are the same that have name and split in common, their subsets by name. A difference is tested where both
/// runs have the same data and settings (TaskScores::revision, ScoreSource::data) and as many items, and these make the
/// score up (their mean is the score), or else runs of which that is true; items without a score in either are left
/// out. Tests are taken together (adjusted_p) with those of their kind: subsets; tasks of several subsets; types and
/// both means; languages. What comes out is the same whatever it runs on. Errors: `invalid_argument` for options out of
/// range, and where the runs have no subset in common.
[[nodiscard]] ScoreComparison compare_scores(std::span<const TaskScores> a, std::span<const TaskScores> b,
                                             const ComparisonOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/score_comparison_impl.hpp>
#endif
