// What two runs score, and how sure it is that they differ.
#pragma once

#include <glossa/eval/compared_scores.hpp>

#include <cstddef>
#include <cstdint>
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

/// Whether both runs tell of the same data, scored in the same way (TaskScores::revision, ScoreSource::data).
enum class ComparedData : std::uint8_t {
  same,
  unknown,  ///< a run does not tell, as those of python mteb: there are the two scores alone
  other,    ///< likewise, and they say little about the models
};

/// Run b against run a. A mean has an interval and p where all of its subsets have: each subset's units are drawn apart
/// from the others', so texts that several subsets share (a sentence in ten languages) count as different ones.
struct ScoreComparison {
  struct Subset : ComparedScores {
    std::string name;
    std::vector<std::string> languages{};
    ComparedData data = ComparedData::same;
    ComparedUnit unit = ComparedUnit::none;
    std::size_t units = 0;  ///< that were compared
  };
  struct Task : ComparedScores {  ///< one split of it: the means over the subsets that both runs have
    std::string name;
    std::string split;
    std::string_view type;  ///< mteb_type()
    std::vector<Subset> subsets{};
  };
  struct Type : ComparedScores {
    std::string_view name;
    std::size_t tasks = 0;  ///< whose splits count together
  };
  struct Language : ComparedScores {  ///< the mean over its tasks, of each the mean over the subsets in this language
    std::string tag;                  ///< "deu-Latn"
    std::size_t tasks = 0;            ///< that have subsets in it
    std::size_t worse = 0;            ///< subsets in it that got significantly worse
    std::size_t better = 0;           ///< and better
  };

  std::vector<Task> tasks{};          ///< that both runs have, by type, name and split
  std::vector<Type> types{};          ///< in the order of TaskCategory
  std::vector<Language> languages{};  ///< by tag; a subset in two languages counts for each, one in none for none
  Type mean_of_tasks{};               ///< over all tasks
  Type mean_of_types{};               ///< over the types' means; `tasks` is the number of types
  std::vector<std::string> in_a{};    ///< what only run a has: "SciFact", "Tatoeba (deu-eng)"
  std::vector<std::string> in_b{};
  double level = 0.05;       ///< of significance: ComparisonOptions::level
  double confidence = 0.95;  ///< of the intervals: BootstrapOptions::confidence
};

}  // namespace glossa
