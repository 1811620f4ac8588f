// The scores of two runs come in; what differs, and how sure that is, goes out.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/bootstrap.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// What the scores of a subset are made of in both runs, so that they can be compared one by one.
enum class ComparedUnit : std::uint8_t {
  none,   ///< nothing that both runs tell: there are the two scores alone
  items,  ///< queries, pairs or texts
  runs,   ///< experiments or clusterings, which draw the same samples: what other texts would give is not looked at
};

struct ComparisonOptions {
  BootstrapOptions bootstrap{};
  double level = 0.05;      ///< of ScoreComparison::Subset::adjusted_p, below which a difference is significant
  std::size_t threads = 0;  ///< subsets are tested side by side; 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< runs that in place of threads of its own
};

/// Run b against run a. Differences are b - a; NaN where one of them has no score.
struct ScoreComparison {
  struct Subset {
    std::string name;
    std::vector<std::string> languages{};
    double a = 0;
    double b = 0;
    double difference = 0;
    /// Whether the runs tell of other data, or of another way to score it: then the two scores alone are there, which
    /// say little about the models.
    bool other_data = false;
    ComparedUnit unit = ComparedUnit::none;
    std::size_t units = 0;  ///< that were compared
    /// Of the difference, by bootstrap of its units; NaN where there is no unit.
    Interval interval{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    double p = std::numeric_limits<double>::quiet_NaN();  ///< two-sided, by sign flips of the units' differences
    double adjusted_p = std::numeric_limits<double>::quiet_NaN();  ///< as one of all subsets (Holm 1979)
    bool significant = false;
  };
  struct Task {  ///< one split of it
    std::string name;
    std::string split;
    std::string_view type;  ///< mteb_type()
    double a = 0;           ///< the means over the subsets that both runs have
    double b = 0;
    double difference = 0;
    std::vector<Subset> subsets{};
  };
  struct Type {
    std::string_view name;
    std::size_t tasks = 0;  ///< whose splits count together
    double a = 0;
    double b = 0;
  };

  std::vector<Task> tasks{};        ///< that both runs have, by type, name and split
  std::vector<Type> types{};        ///< in the order of TaskCategory
  Type mean_of_tasks{};             ///< over all tasks
  Type mean_of_types{};             ///< over the types' means; `tasks` is the number of types
  std::vector<std::string> in_a{};  ///< what only run a has: "SciFact", "Tatoeba (deu-eng)"
  std::vector<std::string> in_b{};
  double level = 0.05;       ///< of significance: ComparisonOptions::level
  double confidence = 0.95;  ///< of the intervals: BootstrapOptions::confidence
};

/// Tasks are the same that have name and split in common, their subsets by name. A difference is tested where both
/// runs have the same data and settings (TaskScores::revision, ScoreSource::data) and as many items, and these make the
/// score up (their mean is the score), or else runs of which that is true; items without a score in either are left
/// out. What comes out is the same whatever it runs on. Errors: `invalid_argument` for options out of range, and where
/// the runs have no subset in common.
[[nodiscard]] ScoreComparison compare_scores(std::span<const TaskScores> a, std::span<const TaskScores> b,
                                             const ComparisonOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/score_comparison_impl.hpp>
#endif
