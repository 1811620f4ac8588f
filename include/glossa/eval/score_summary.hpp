// Scores on tasks come in; means by category and language, and of all, go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// NaN stands for what is not there, or follows from scores that are NaN.
struct ScoreSummary {
  struct Task {
    std::string name;
    std::string_view type;  ///< mteb_type()
    double score = 0;       ///< the mean over all its splits and subsets
    std::vector<const TaskScores*> splits{};
  };
  struct Type {
    std::string_view name;
    double mean = 0;  ///< over its tasks
    std::size_t tasks = 0;
  };
  struct Language {
    std::string tag;
    double mean = 0;  ///< over its tasks, of each the mean over the subsets in this language
    std::size_t tasks = 0;
    std::vector<double> types{};  ///< the same for each of ScoreSummary::types
  };

  std::vector<Task> tasks{};          ///< by type, then by name
  std::vector<Type> types{};          ///< in the order of TaskCategory
  std::vector<Language> languages{};  ///< by tag
  double mean_of_tasks = 0;           ///< the leaderboard's "Mean (Task)"
  double mean_of_types = 0;           ///< and "Mean (TaskType)": the mean of the types' means
};

/// `scores`, to which the result points, must outlive it. A subset in two languages counts for each.
[[nodiscard]] ScoreSummary summarize_scores(std::span<const TaskScores> scores);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/score_summary_impl.hpp>
#endif
