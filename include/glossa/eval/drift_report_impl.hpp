// Definitions of drift_report's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_cells.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/score_comparison.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline std::vector<std::vector<std::string>> drift_rows(const DriftReport& report) {
  std::vector<std::vector<std::string>> rows{{"Language", "Tasks", "Before", "After", "Change",
                                              percent(report.confidence) + " interval", "p", "Worse", "Better"}};
  for (const ScoreComparison::Language& language : report.languages) {
    rows.push_back(score_row({language.tag, std::to_string(language.tasks)}, language));
    rows.back().push_back(std::to_string(language.worse));
    rows.back().push_back(std::to_string(language.better));
  }
  return rows;
}

/// Of what got worse nothing is told where nothing could be.
[[nodiscard]] inline std::string drift_note(const DriftReport& report) {
  if (report.tested == 0)
    return "Whether anything got worse is not known: the runs do not tell what could be tested (see the notes above).";
  const std::string tested = report.tested == report.subsets
                                 ? ""
                                 : " of the " + std::to_string(report.tested) + " of " +
                                       std::to_string(report.subsets) + " subsets that could be tested";
  return report.worse.empty() ? "Nothing" + tested + " got significantly worse." : "";
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
  DriftReport report{.languages = comparison.languages, .confidence = comparison.confidence};
  for (const ScoreComparison::Task& task : comparison.tasks)
    for (const ScoreComparison::Subset& subset : task.subsets) {
      ++report.subsets;
      if (!std::isnan(subset.p)) ++report.tested;
      if (!subset.significant) continue;
      auto& changes = subset.difference < 0 ? report.worse : report.better;
      changes.push_back({task.name, subset.name, subset.a, subset.b, subset.adjusted_p});
    }
  std::stable_sort(report.languages.begin(), report.languages.end(), [](const auto& one, const auto& other) {
    if (std::isnan(one.difference) || std::isnan(other.difference))
      return std::isnan(one.difference) < std::isnan(other.difference);
    return one.difference < other.difference;
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
  if (const std::string note = detail::drift_note(report); !note.empty()) out += "\n" + note + "\n";
  return out;
}

}  // namespace glossa
