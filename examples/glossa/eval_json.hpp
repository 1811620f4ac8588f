// Scores come in; JSON for programs goes out.
#pragma once

#include "json_line.hpp"

#include <glossa/eval/result_files.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace tool {

/// null for what is no number.
[[nodiscard]] inline OrderedJson number_json(double value) {
  return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

[[nodiscard]] inline std::string json_text(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

/// To six places, as results are kept: a task that is taken from them shows the same numbers.
[[nodiscard]] inline OrderedJson score_json(double score) { return number_json(std::round(score * 1e6) / 1e6); }

/// All scores by name, and those of single experiments in lists.
inline void add_scores(OrderedJson& out, const glossa::TaskScores::Subset& subset) {
  out["languages"] = subset.languages;
  for (const auto& [name, score] : subset.scores) out[name] = score_json(score);
  if (subset.runs.empty()) return;
  if (subset.levels > 1) out["levels"] = subset.levels;
  OrderedJson& runs = out["runs"] = OrderedJson::object();
  for (const auto& [name, values] : subset.runs) {
    OrderedJson& list = runs[name] = OrderedJson::array();
    for (const double value : values) list.push_back(score_json(value));
  }
}

/// The scores of the only subset, or those of several in "subsets".
inline void add_split(OrderedJson& out, const glossa::TaskScores& scores) {
  if (scores.subsets.size() == 1) return add_scores(out, scores.subsets[0]);
  OrderedJson& subsets = out["subsets"] = OrderedJson::array();
  for (const glossa::TaskScores::Subset& subset : scores.subsets) {
    OrderedJson one{{"subset", subset.name}, {"main_score", score_json(subset.main_score)}};
    add_scores(one, subset);
    subsets.push_back(std::move(one));
  }
}

/// {"task", "main_score", ..}: the scores of the only split beside it, those of several in "splits". The main score of
/// several is the mean over all subsets of all of them, as mteb's get_score() has it.
[[nodiscard]] inline OrderedJson scores_json(const glossa::ScoreSummary::Task& task, const glossa::ResultModel& model) {
  const glossa::TaskScores& first = *task.splits.at(0);
  OrderedJson out{{"task", task.name}, {"category", std::string(to_string(first.category))}};
  if (task.splits.size() == 1) out["split"] = first.split;
  double seconds = 0;
  for (const glossa::TaskScores* split : task.splits) seconds += split->seconds;
  out["main_score"] = score_json(task.score);
  out["seconds"] = seconds;
  out["model"] = model.name;
  out["revision"] = model.revision;
  out["settings"] = model.settings;
  if (task.splits.size() == 1) {
    add_split(out, first);
    return out;
  }
  OrderedJson& splits = out["splits"] = OrderedJson::array();
  for (const glossa::TaskScores* split : task.splits) {
    OrderedJson one{
        {"split", split->split}, {"main_score", score_json(split->main_score())}, {"seconds", split->seconds}};
    add_split(one, *split);
    splits.push_back(std::move(one));
  }
  return out;
}

}  // namespace tool
