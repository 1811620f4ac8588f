// Definition of compare_scores; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/run_executor.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/eval/bootstrap.hpp>
#include <glossa/eval/compared_draws.hpp>
#include <glossa/eval/compared_means.hpp>
#include <glossa/eval/paired_units.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/task_category.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline ComparedData compared_data(const TaskScores& a, const ScoreSource& of_a, const TaskScores& b,
                                                const ScoreSource& of_b) {
  if (of_a.data.empty() != of_b.data.empty()) return ComparedData::unknown;
  return a.revision == b.revision && of_a.data == of_b.data ? ComparedData::same : ComparedData::other;
}

/// Tests the difference by what both scores are made of; returns its draws, which do not depend on what else is
/// compared.
inline ComparedDraws test_difference(ScoreComparison::Subset& out, const TaskScores::Subset& a,
                                     const TaskScores::Subset& b, const std::string& task,
                                     const BootstrapOptions& options) {
  const PairedUnits units = paired_units(a, b);
  out.unit = units.unit;
  out.units = units.a.size();
  if (units.a.empty()) return {};
  std::vector<double> differences(units.a.size());
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] = units.b[i] - units.a[i];
  const std::string name = task + '\n' + out.name;
  Hash64 hash;
  hash.add(name.data(), name.size());
  ComparedDraws draws = draw_differences(differences, options.resamples, options.seed ^ hash.value());
  test_by_draws(out, draws, options.confidence);
  if (differences.size() < 64 && std::uint64_t{1} << differences.size() <= options.resamples)
    out.p = sign_flip_p(differences, options);  // of all that there are
  return draws;
}

/// A subset of a comparison, and the scores that it is of.
struct ComparedSubset {
  std::size_t task;
  std::size_t subset;
  const TaskScores::Subset* a;
  const TaskScores::Subset* b;
};

/// The same for all of them, side by side; the draws of each task's subsets.
[[nodiscard]] inline std::vector<std::vector<ComparedDraws>> test_differences(
    ScoreComparison& comparison, const std::vector<ComparedSubset>& subsets, const ComparisonOptions& options) {
  std::vector<std::vector<ComparedDraws>> draws;
  for (const ScoreComparison::Task& task : comparison.tasks) draws.emplace_back(task.subsets.size());
  const auto executor = executor_of({.threads = options.threads, .executor = options.executor});
  parallel_for(*executor, subsets.size(), [&](std::size_t i, std::size_t) {
    const ComparedSubset& one = subsets[i];
    ScoreComparison::Task& task = comparison.tasks[one.task];
    draws[one.task][one.subset] =
        test_difference(task.subsets[one.subset], *one.a, *one.b, task.name + '\n' + task.split, options.bootstrap);
  });
  return draws;
}

/// Sets adjusted_p and significant: the smallest of n values of p counts n times, the next n - 1 times, and so on.
inline void adjust_by_holm(std::vector<ComparedScores*> tests, double level) {
  std::erase_if(tests, [](const ComparedScores* one) { return std::isnan(one->p); });
  std::stable_sort(tests.begin(), tests.end(), [](const auto* one, const auto* other) { return one->p < other->p; });
  double largest = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    largest = std::max(largest, std::min(1.0, tests[i]->p * static_cast<double>(tests.size() - i)));
    tests[i]->adjusted_p = largest;
    tests[i]->significant = largest < level;
  }
}

inline void adjust_subsets(ScoreComparison& comparison) {
  std::vector<ComparedScores*> subsets;
  for (ScoreComparison::Task& task : comparison.tasks)
    for (ScoreComparison::Subset& subset : task.subsets) subsets.push_back(&subset);
  adjust_by_holm(std::move(subsets), comparison.level);
}

/// Those of tasks with one subset are that subset's.
inline void adjust_means(ScoreComparison& comparison) {
  std::vector<ComparedScores*> tasks;
  for (ScoreComparison::Task& task : comparison.tasks)
    if (task.subsets.size() > 1) tasks.push_back(&task);
  adjust_by_holm(std::move(tasks), comparison.level);
  std::vector<ComparedScores*> means{&comparison.mean_of_tasks, &comparison.mean_of_types};
  for (ScoreComparison::Type& type : comparison.types) means.push_back(&type);
  adjust_by_holm(std::move(means), comparison.level);
  std::vector<ComparedScores*> languages;
  for (ScoreComparison::Language& language : comparison.languages) languages.push_back(&language);
  adjust_by_holm(std::move(languages), comparison.level);
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
  detail::check(options.bootstrap);
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
    ScoreComparison::Task task;
    task.name = one->task;
    task.split = one->split;
    task.type = mteb_type(one->category);
    for (const TaskScores::Subset& subset : one->subsets) {
      const TaskScores::Subset* same = detail::find_subset(*other, subset.name);
      if (same == nullptr) continue;
      ScoreComparison::Subset& out = task.subsets.emplace_back();
      out.name = subset.name;
      out.languages = subset.languages;
      out.a = subset.main_score;
      out.b = same->main_score;
      out.difference = out.b - out.a;
      out.data = detail::compared_data(*one, subset.source, *other, same->source);
      if (out.data == ComparedData::same)
        compared.push_back({comparison.tasks.size(), task.subsets.size() - 1, &subset, same});
    }
    if (task.subsets.empty()) continue;
    comparison.tasks.push_back(std::move(task));
  }
  if (comparison.tasks.empty())
    throw Error(ErrorKind::invalid_argument, {.problem = "the runs have no task in common",
                                              .expected = "results on the same tasks, splits and subsets",
                                              .remedy = "evaluate both models on the same tasks"});
  const auto draws = detail::test_differences(comparison, compared, options);
  detail::adjust_subsets(comparison);  // before the means, which count those that are significant
  detail::ComparedMeans(comparison, draws).add_all();
  detail::adjust_means(comparison);
  return comparison;
}

}  // namespace glossa
