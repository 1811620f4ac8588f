// Definition of score_table; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/score_table.hpp>
#include <glossa/eval/table_format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// Who published scores on the splits of any of the tasks, in the order in which they come.
[[nodiscard]] inline std::vector<std::string> published_models(std::span<const TaskScores> scores) {
  std::vector<std::string> models;
  for (const TaskScores& one : scores)
    for (const PublishedScore& published : one.published)
      if (is_of_split(published, one) && std::find(models.begin(), models.end(), published.model) == models.end())
        models.push_back(published.model);
  return models;
}

/// NaN where there is none.
[[nodiscard]] inline double published_score(const TaskScores& scores, const std::string& model,
                                            const std::string& subset) {
  for (const PublishedScore& one : scores.published)
    if (one.model == model && one.subset == subset && is_of_split(one, scores)) return one.score;
  return std::numeric_limits<double>::quiet_NaN();
}

/// The mean of what a model scores on a task's subsets; where one is missing, what it scores on all; else NaN.
[[nodiscard]] inline double published_score(const ScoreSummary::Task& task, const std::string& model) {
  MeanOf mean;
  for (const TaskScores* split : task.splits)
    for (const TaskScores::Subset& subset : split->subsets) mean.add(published_score(*split, model, subset.name));
  if (!std::isnan(mean.value())) return mean.value();
  for (const PublishedScore* one : published_means(task))
    if (one->model == model) return one->score;
  return std::numeric_limits<double>::quiet_NaN();
}

/// Whether all that a task has is one subset in one split, whose score is the task's.
[[nodiscard]] inline bool is_single(const ScoreSummary::Task& task) {
  return task.splits.size() == 1 && task.splits[0]->subsets.size() == 1;
}

[[nodiscard]] inline std::string task_table(const ScoreSummary& summary, const std::vector<std::string>& models,
                                            TableFormat format) {
  std::vector<std::string> names{"Task", "Type", "Score"};
  names.insert(names.end(), models.begin(), models.end());
  PlainTable table(format, names, 2);
  for (const ScoreSummary::Task& task : summary.tasks) {
    const bool single = is_single(task);
    const std::string only = single ? task.splits[0]->subsets[0].name : "";
    std::vector<std::string> row{only.empty() || only == "default" ? task.name : task.name + " (" + only + ")",
                                 std::string(task.type), hundredths(task.score)};
    for (const std::string& model : models) row.push_back(hundredths(published_score(task, model)));
    table.add(row);
    if (single) continue;
    for (const TaskScores* split : task.splits)
      for (const TaskScores::Subset& subset : split->subsets) {
        const std::string place = task.splits.size() > 1 ? split->split + ": " + subset.name : subset.name;
        row = {"  " + place, "", hundredths(subset.main_score)};
        for (const std::string& model : models) row.push_back(hundredths(published_score(*split, model, subset.name)));
        table.add(row);
      }
  }
  return table.text();
}

[[nodiscard]] inline std::string type_table(const ScoreSummary& summary, TableFormat format) {
  PlainTable table(format, {"Category", "Tasks", "Score"});
  for (const ScoreSummary::Type& type : summary.types)
    table.add({std::string(type.name), std::to_string(type.tasks), hundredths(type.mean)});
  table.add({"Mean over tasks", std::to_string(summary.tasks.size()), hundredths(summary.mean_of_tasks)});
  table.add({"Mean over categories", std::to_string(summary.types.size()), hundredths(summary.mean_of_types)});
  return table.text();
}

[[nodiscard]] inline std::string language_table(const ScoreSummary& summary, TableFormat format) {
  std::vector<std::string> names{"Language", "Tasks", "Mean"};
  for (const ScoreSummary::Type& type : summary.types) names.emplace_back(type.name);
  PlainTable table(format, names);
  for (const ScoreSummary::Language& language : summary.languages) {
    std::vector<std::string> row{language.tag, std::to_string(language.tasks), hundredths(language.mean)};
    for (const double mean : language.types) row.push_back(hundredths(mean));
    table.add(row);
  }
  return table.text();
}

}  // namespace detail

GLOSSA_INLINE std::string score_table(std::span<const TaskScores> scores, TableFormat format) {
  const ScoreSummary summary = summarize_scores(scores);
  std::string out = detail::task_table(summary, detail::published_models(scores), format) + "\n" +
                    detail::type_table(summary, format);
  if (!summary.languages.empty()) out += "\n" + detail::language_table(summary, format);
  return out;
}

}  // namespace glossa
