// Definitions of drift_report's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_cells.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/score_summary.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline bool is_in(const ScoreComparison::Subset& subset, const std::string& tag) {
  return std::find(subset.languages.begin(), subset.languages.end(), tag) != subset.languages.end();
}

[[nodiscard]] inline DriftReport::Language drift_of(const ScoreComparison& comparison, const std::string& tag) {
  DriftReport::Language language{.tag = tag};
  MeanOf before;
  MeanOf after;
  for (auto first = comparison.tasks.begin(); first != comparison.tasks.end();) {
    const std::string& name = first->name;
    MeanOf own_before;
    MeanOf own_after;
    for (; first != comparison.tasks.end() && first->name == name; ++first)  // a task's splits count together
      for (const ScoreComparison::Subset& subset : first->subsets) {
        if (!is_in(subset, tag)) continue;
        own_before.add(subset.a);
        own_after.add(subset.b);
        if (subset.significant) ++(subset.difference < 0 ? language.worse : language.better);
      }
    if (own_before.count() == 0) continue;
    before.add(own_before.value());
    after.add(own_after.value());
  }
  language.tasks = before.count();
  language.before = before.value();
  language.after = after.value();
  language.change = language.after - language.before;
  return language;
}

[[nodiscard]] inline std::vector<std::vector<std::string>> drift_rows(const DriftReport& report) {
  std::vector<std::vector<std::string>> rows{{"Language", "Tasks", "Before", "After", "Change", "Worse", "Better"}};
  for (const DriftReport::Language& language : report.languages)
    rows.push_back({language.tag, std::to_string(language.tasks), hundredths(language.before),
                    hundredths(language.after), signed_hundredths(language.change), std::to_string(language.worse),
                    std::to_string(language.better)});
  return rows;
}

[[nodiscard]] inline std::vector<std::vector<std::string>> change_rows(const std::vector<DriftReport::Change>& changes,
                                                                       const std::string& title) {
  std::vector<std::vector<std::string>> rows{{title, "Before", "After", "Change", "p, adjusted"}};
  for (const DriftReport::Change& change : changes)
    rows.push_back({change.subset == "default" ? change.task : change.task + " (" + change.subset + ")",
                    hundredths(change.before), hundredths(change.after),
                    signed_hundredths(change.after - change.before), p_text(change.adjusted_p)});
  return rows;
}

inline constexpr const char* kWorse = "Significantly worse";
inline constexpr const char* kBetter = "Significantly better";

}  // namespace detail

GLOSSA_INLINE DriftReport drift_report(const ScoreComparison& comparison) {
  DriftReport report;
  std::vector<std::string> tags;
  for (const ScoreComparison::Task& task : comparison.tasks)
    for (const ScoreComparison::Subset& subset : task.subsets) {
      tags.insert(tags.end(), subset.languages.begin(), subset.languages.end());
      if (!subset.significant) continue;
      auto& changes = subset.difference < 0 ? report.worse : report.better;
      changes.push_back({task.name, subset.name, subset.a, subset.b, subset.adjusted_p});
    }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (const std::string& tag : tags) report.languages.push_back(detail::drift_of(comparison, tag));
  std::stable_sort(report.languages.begin(), report.languages.end(), [](const auto& one, const auto& other) {
    if (std::isnan(one.change) || std::isnan(other.change)) return std::isnan(one.change) < std::isnan(other.change);
    return one.change < other.change;
  });
  const auto size = [](const DriftReport::Change& change) { return std::abs(change.after - change.before); };
  for (auto* changes : {&report.worse, &report.better})
    std::stable_sort(changes->begin(), changes->end(),
                     [&](const auto& one, const auto& other) { return size(one) > size(other); });
  return report;
}

GLOSSA_INLINE std::string drift_table(const DriftReport& report, TableFormat format) {
  std::string out = report.languages.empty() ? "No subset tells its languages.\n"
                                             : detail::table_of(detail::drift_rows(report), format);
  if (!report.worse.empty()) out += "\n" + detail::table_of(detail::change_rows(report.worse, detail::kWorse), format);
  if (!report.better.empty())
    out += "\n" + detail::table_of(detail::change_rows(report.better, detail::kBetter), format);
  if (report.worse.empty()) out += "\nNothing got significantly worse.\n";
  return out;
}

}  // namespace glossa
