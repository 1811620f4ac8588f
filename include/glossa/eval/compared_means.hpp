// Compared subsets and draws of their differences come in; means of tasks, types, languages and of all go out.
#pragma once

#include <glossa/eval/compared_draws.hpp>
#include <glossa/eval/compared_runs.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Adds means to a comparison of which the subsets are there, as summarize_scores() has them: a task's splits count
/// together.
class ComparedMeans {
 public:
  /// draws: of each task's subsets.
  ComparedMeans(ScoreComparison& comparison, const std::vector<std::vector<ComparedDraws>>& draws)
      : comparison_(comparison), draws_(draws) {}

  void add_all() {
    const std::vector<ScoreComparison::Task>& tasks = comparison_.tasks;
    for (std::size_t first = 0; first < tasks.size();) {
      const std::string_view type = tasks[first].type;
      ComparedMean of_type;
      while (first < tasks.size() && tasks[first].type == type) first = add_task(first, of_type);
      add_to(of_types_, of_type);
      comparison_.types.push_back(mean_named(type, of_type));
    }
    comparison_.mean_of_tasks = mean_named("Mean over tasks", of_tasks_);
    comparison_.mean_of_types = mean_named("Mean over categories", of_types_);
    for (const auto& [tag, language] : languages_) {
      ScoreComparison::Language out = language.out;
      static_cast<ComparedScores&>(out) = scores_of(language.mean);
      out.tag = tag;
      out.tasks = language.mean.count();
      comparison_.languages.push_back(std::move(out));
    }
  }

 private:
  struct Language {
    ComparedMean mean{};
    ScoreComparison::Language out{};
  };

  [[nodiscard]] ComparedScores scores_of(const ComparedMean& mean) const { return mean.scores(comparison_.confidence); }

  void add_to(ComparedMean& sum, const ComparedMean& part) const { sum.add(scores_of(part), part.draws()); }

  [[nodiscard]] ScoreComparison::Type mean_named(std::string_view name, const ComparedMean& mean) const {
    ScoreComparison::Type out;
    static_cast<ComparedScores&>(out) = scores_of(mean);
    out.name = name;
    out.tasks = mean.count();
    return out;
  }

  /// Adds all splits of a task, the first of which is `at`; returns where the next task is.
  std::size_t add_task(std::size_t at, ComparedMean& of_type) {
    const std::string& name = comparison_.tasks[at].name;
    const std::string_view type = comparison_.tasks[at].type;
    ComparedMean all;
    std::map<std::string, ComparedMean> languages;
    for (; at < comparison_.tasks.size() && comparison_.tasks[at].name == name && comparison_.tasks[at].type == type;
         ++at) {
      ScoreComparison::Task& task = comparison_.tasks[at];
      ComparedMean own;
      for (std::size_t i = 0; i < task.subsets.size(); ++i) {
        const ScoreComparison::Subset& subset = task.subsets[i];
        const ComparedDraws& draws = draws_[at][i];
        own.add(subset, draws);
        all.add(subset, draws);
        for (const std::string& tag : subset.languages) {
          languages[tag].add(subset, draws);
          if (subset.significant) ++(subset.difference < 0 ? languages_[tag].out.worse : languages_[tag].out.better);
        }
      }
      static_cast<ComparedScores&>(task) = scores_of(own);
    }
    add_to(of_type, all);
    add_to(of_tasks_, all);
    for (const auto& [tag, mean] : languages) add_to(languages_[tag].mean, mean);
    return at;
  }

  ScoreComparison& comparison_;
  const std::vector<std::vector<ComparedDraws>>& draws_;
  ComparedMean of_tasks_{};
  ComparedMean of_types_{};
  std::map<std::string, Language> languages_{};
};

}  // namespace glossa::detail
