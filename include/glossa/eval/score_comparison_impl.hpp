// Definition of compare_scores; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/run_executor.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/task_category.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// The same part of two runs, number for number.
struct PairedUnits {
  ComparedUnit unit = ComparedUnit::none;
  std::vector<double> a{};
  std::vector<double> b{};
};

/// Whether a score is the mean of these; result files keep scores to six places.
[[nodiscard]] inline bool make_up(const std::vector<double>& units, double score) {
  MeanOf mean;
  for (const double unit : units)
    if (std::isfinite(unit)) mean.add(unit);
  return std::abs(mean.value() - score) < 2e-6;
}

[[nodiscard]] inline PairedUnits pair_units(ComparedUnit unit, const std::vector<double>& a,
                                            const std::vector<double>& b) {
  PairedUnits paired{.unit = unit};
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    paired.a.push_back(a[i]);
    paired.b.push_back(b[i]);
  }
  return paired.a.empty() ? PairedUnits{} : paired;
}

/// Items where they make up the scores of both, else the runs that do.
[[nodiscard]] inline PairedUnits paired_units(const TaskScores::Subset& a, const TaskScores::Subset& b) {
  const auto fits = [&](const std::vector<double>& own, const std::vector<double>& other) {
    return own.size() == other.size() && make_up(own, a.main_score) && make_up(other, b.main_score);
  };
  if (fits(a.items, b.items)) return pair_units(ComparedUnit::items, a.items, b.items);
  for (const auto& [name, runs] : a.runs) {
    const auto found = b.runs.find(name);
    if (found != b.runs.end() && fits(runs, found->second)) return pair_units(ComparedUnit::runs, runs, found->second);
  }
  return {};
}

/// Both scores of a subset, without a test.
[[nodiscard]] inline ScoreComparison::Subset compare_subsets(const TaskScores::Subset& a, const TaskScores::Subset& b,
                                                             bool same_revision) {
  ScoreComparison::Subset out{.name = a.name, .languages = a.languages, .a = a.main_score, .b = b.main_score};
  out.difference = b.main_score - a.main_score;
  out.other_data = !same_revision || a.source.data != b.source.data;
  return out;
}

/// A subset of a comparison, and the scores that it is of.
struct ComparedSubset {
  std::size_t task;
  std::size_t subset;
  const TaskScores::Subset* a;
  const TaskScores::Subset* b;
};

/// Tests the difference by what both scores are made of.
inline void test_difference(ScoreComparison::Subset& out, const TaskScores::Subset& a, const TaskScores::Subset& b,
                            const BootstrapOptions& options) {
  const PairedUnits units = paired_units(a, b);
  out.unit = units.unit;
  out.units = units.a.size();
  if (units.a.empty()) return;
  const PairedComparison compared = compare_paired(units.a, units.b, options);
  out.interval = compared.interval;
  out.p = compared.permutation_p;
}

/// The same for all of them, side by side: each is drawn for anew.
inline void test_differences(ScoreComparison& comparison, const std::vector<ComparedSubset>& subsets,
                             const ComparisonOptions& options) {
  const auto executor = executor_of({.threads = options.threads, .executor = options.executor});
  parallel_for(*executor, subsets.size(), [&](std::size_t i, std::size_t) {
    const ComparedSubset& one = subsets[i];
    test_difference(comparison.tasks[one.task].subsets[one.subset], *one.a, *one.b, options.bootstrap);
  });
}

/// Sets adjusted_p and significant: the smallest of n values of p counts n times, the next n - 1 times, and so on.
inline void adjust_by_holm(ScoreComparison& comparison, double level) {
  std::vector<ScoreComparison::Subset*> tested;
  for (ScoreComparison::Task& task : comparison.tasks)
    for (ScoreComparison::Subset& subset : task.subsets)
      if (!std::isnan(subset.p)) tested.push_back(&subset);
  std::stable_sort(tested.begin(), tested.end(), [](const auto* one, const auto* other) { return one->p < other->p; });
  double largest = 0;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    largest = std::max(largest, std::min(1.0, tested[i]->p * static_cast<double>(tested.size() - i)));
    tested[i]->adjusted_p = largest;
    tested[i]->significant = largest < level;
  }
}

/// Means as summarize_scores() has them: a task's splits count together.
inline void add_means(ScoreComparison& comparison) {
  MeanOf all[2];
  MeanOf of_types[2];
  const auto end = comparison.tasks.end();
  for (auto first = comparison.tasks.begin(); first != end;) {
    const std::string_view type = first->type;
    MeanOf means[2];
    while (first != end && first->type == type) {
      const std::string& name = first->name;
      MeanOf own[2];
      for (; first != end && first->type == type && first->name == name; ++first)
        for (const ScoreComparison::Subset& subset : first->subsets) {
          own[0].add(subset.a);
          own[1].add(subset.b);
        }
      for (std::size_t run = 0; run < 2; ++run) {
        means[run].add(own[run].value());
        all[run].add(own[run].value());
      }
    }
    comparison.types.push_back({type, means[0].count(), means[0].value(), means[1].value()});
    of_types[0].add(means[0].value());
    of_types[1].add(means[1].value());
  }
  comparison.mean_of_tasks = {"Mean over tasks", all[0].count(), all[0].value(), all[1].value()};
  comparison.mean_of_types = {"Mean over categories", of_types[0].count(), of_types[0].value(), of_types[1].value()};
}

[[nodiscard]] inline const TaskScores* find_scores(std::span<const TaskScores> all, const TaskScores& like) {
  for (const TaskScores& one : all)
    if (one.task == like.task && one.split == like.split) return &one;
  return nullptr;
}

[[nodiscard]] inline const TaskScores::Subset* find_subset(const TaskScores& scores, std::string_view name) {
  for (const TaskScores::Subset& one : scores.subsets)
    if (one.name == name) return &one;
  return nullptr;
}

/// What `own` has and `other` has not.
[[nodiscard]] inline std::vector<std::string> only_in(std::span<const TaskScores> own,
                                                      std::span<const TaskScores> other) {
  std::vector<std::string> names;
  for (const TaskScores& one : own) {
    const TaskScores* same = find_scores(other, one);
    if (same == nullptr) names.push_back(one.task + (one.split == "test" ? "" : " (" + one.split + ")"));
    if (same == nullptr) continue;
    for (const TaskScores::Subset& subset : one.subsets)
      if (find_subset(*same, subset.name) == nullptr) names.push_back(one.task + " (" + subset.name + ")");
  }
  return names;
}

}  // namespace detail

GLOSSA_INLINE ScoreComparison compare_scores(std::span<const TaskScores> a, std::span<const TaskScores> b,
                                             const ComparisonOptions& options) {
  if (!(options.level > 0 && options.level < 1))
    throw Error(ErrorKind::invalid_argument,
                {.field = "level", .expected = "a number between 0 and 1", .found = std::to_string(options.level)});
  std::vector<const TaskScores*> ordered;
  for (const TaskScores& one : a) ordered.push_back(&one);
  std::stable_sort(ordered.begin(), ordered.end(), [](const TaskScores* one, const TaskScores* other) {
    return std::tie(one->category, one->task, one->split) < std::tie(other->category, other->task, other->split);
  });
  ScoreComparison comparison{.in_a = detail::only_in(a, b),
                             .in_b = detail::only_in(b, a),
                             .level = options.level,
                             .confidence = options.bootstrap.confidence};
  std::vector<detail::ComparedSubset> compared;
  for (const TaskScores* one : ordered) {
    const TaskScores* other = detail::find_scores(b, *one);
    if (other == nullptr) continue;
    ScoreComparison::Task task{.name = one->task, .split = one->split, .type = mteb_type(one->category)};
    detail::MeanOf means[2];
    for (const TaskScores::Subset& subset : one->subsets) {
      const TaskScores::Subset* same = detail::find_subset(*other, subset.name);
      if (same == nullptr) continue;
      task.subsets.push_back(detail::compare_subsets(subset, *same, one->revision == other->revision));
      if (!task.subsets.back().other_data)
        compared.push_back({comparison.tasks.size(), task.subsets.size() - 1, &subset, same});
      means[0].add(subset.main_score);
      means[1].add(same->main_score);
    }
    if (task.subsets.empty()) continue;
    task.a = means[0].value();
    task.b = means[1].value();
    task.difference = task.b - task.a;
    comparison.tasks.push_back(std::move(task));
  }
  if (comparison.tasks.empty())
    throw Error(ErrorKind::invalid_argument, {.problem = "the runs have no task in common",
                                              .expected = "results on the same tasks, splits and subsets",
                                              .remedy = "evaluate both models on the same tasks"});
  detail::test_differences(comparison, compared, options);
  detail::adjust_by_holm(comparison, options.level);
  detail::add_means(comparison);
  return comparison;
}

}  // namespace glossa
