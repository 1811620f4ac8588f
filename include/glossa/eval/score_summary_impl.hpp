// Definition of summarize_scores; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/mean_of.hpp>
#include <glossa/eval/score_summary.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// The mean over a task's subsets: all, or those in one language.
[[nodiscard]] inline MeanOf mean_of_task(const ScoreSummary::Task& task, const std::string* language) {
  MeanOf mean;
  for (const TaskScores* split : task.splits)
    for (const TaskScores::Subset& subset : split->subsets) {
      const auto& own = subset.languages;
      if (language == nullptr || std::find(own.begin(), own.end(), *language) != own.end()) mean.add(subset.main_score);
    }
  return mean;
}

/// Whether what others score is of the split that these scores are of.
[[nodiscard]] inline bool is_of_split(const PublishedScore& published, const TaskScores& scores) {
  return published.split.empty() || published.split == scores.split;
}

/// What others score on all of a task, as one number: PublishedScore without a subset. None where the task has other
/// subsets than that is of.
[[nodiscard]] inline std::vector<const PublishedScore*> published_means(const ScoreSummary::Task& task) {
  std::vector<const PublishedScore*> means;
  if (task.splits.size() != 1) return means;
  for (const PublishedScore& one : task.splits[0]->published)
    if (is_of_split(one, *task.splits[0]) && one.subset.empty() &&
        (one.subsets == 0 || one.subsets == task.splits[0]->subsets.size()))
      means.push_back(&one);
  return means;
}

[[nodiscard]] inline std::vector<ScoreSummary::Task> tasks_of(std::span<const TaskScores> scores) {
  std::map<std::pair<TaskCategory, std::string>, ScoreSummary::Task> tasks;
  for (const TaskScores& one : scores) {
    ScoreSummary::Task& task = tasks[{one.category, one.task}];
    task.name = one.task;
    task.type = mteb_type(one.category);
    task.splits.push_back(&one);
  }
  std::vector<ScoreSummary::Task> out;
  for (auto& [key, task] : tasks) {
    task.score = mean_of_task(task, nullptr).value();
    out.push_back(std::move(task));
  }
  return out;
}

[[nodiscard]] inline ScoreSummary::Language language_of(const ScoreSummary& summary, const std::string& tag) {
  MeanOf all;
  std::vector<MeanOf> types(summary.types.size());
  for (const ScoreSummary::Task& task : summary.tasks) {
    const MeanOf mean = mean_of_task(task, &tag);
    if (mean.count() == 0) continue;
    all.add(mean.value());
    for (std::size_t i = 0; i < types.size(); ++i)
      if (summary.types[i].name == task.type) types[i].add(mean.value());
  }
  ScoreSummary::Language language{tag, all.value(), all.count(), {}};
  for (const MeanOf& type : types) language.types.push_back(type.value());
  return language;
}

}  // namespace detail

GLOSSA_INLINE ScoreSummary summarize_scores(std::span<const TaskScores> scores) {
  ScoreSummary summary;
  summary.tasks = detail::tasks_of(scores);
  detail::MeanOf of_tasks;
  detail::MeanOf of_types;
  for (std::size_t first = 0; first < summary.tasks.size();) {
    const std::string_view type = summary.tasks[first].type;
    detail::MeanOf mean;
    for (; first < summary.tasks.size() && summary.tasks[first].type == type; ++first) {
      mean.add(summary.tasks[first].score);
      of_tasks.add(summary.tasks[first].score);
    }
    summary.types.push_back({type, mean.value(), mean.count()});
    of_types.add(mean.value());
  }
  summary.mean_of_tasks = of_tasks.value();
  summary.mean_of_types = of_types.value();
  std::set<std::string> tags;
  for (const TaskScores& one : scores)
    for (const TaskScores::Subset& subset : one.subsets) tags.insert(subset.languages.begin(), subset.languages.end());
  for (const std::string& tag : tags) summary.languages.push_back(detail::language_of(summary, tag));
  return summary;
}

}  // namespace glossa
