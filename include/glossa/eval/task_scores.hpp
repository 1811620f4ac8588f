// What a model scores on a task.
#pragma once

#include <glossa/eval/score_source.hpp>
#include <glossa/eval/task.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace glossa {

struct TaskScores {
  struct Subset {
    std::string name = "default";            ///< TaskSubset::name
    std::vector<std::string> languages{};    ///< "deu-Latn"
    double main_score = 0;                   ///< NaN where it is not defined
    std::map<std::string, double> scores{};  ///< by mteb's names: "ndcg_at_10"
    /// Scores of single experiments or clusterings, by name.
    std::map<std::string, std::vector<double>> runs{};
    std::size_t levels = 1;  ///< of labels: runs are of so many, as many of each, one level after another
    /// Of each query, pair or text in the order of the data, what comparisons of two models draw from; may be empty.
    std::vector<double> items{};
    ScoreSource source{};
  };

  std::string task;
  TaskCategory category = TaskCategory::sts;
  std::string split = "test";
  std::string revision = "local";  ///< of the data set
  std::vector<Subset> subsets{};
  double seconds = 0;                       ///< that the evaluation took
  std::vector<PublishedScore> published{};  ///< what others score

  /// The mean of the subsets' main scores, as mteb's leaderboard counts a task; NaN for no subset.
  [[nodiscard]] double main_score() const noexcept {
    double sum = 0;
    for (const Subset& subset : subsets) sum += subset.main_score;
    return sum / static_cast<double>(subsets.size());
  }
};

}  // namespace glossa
