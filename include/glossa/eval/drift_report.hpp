// A comparison of a model before and after a change comes in; what became of each language goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

/// A fine-tune that helps one language may cost others: this is where that shows.
struct DriftReport {
  struct Change {
    std::string task;
    std::string subset;
    double before = 0;
    double after = 0;
    double adjusted_p = 1;  ///< see ScoreComparison::Subset
  };

  /// ScoreComparison::languages, the greatest loss first, those without a number last; `a` is before, `b` after.
  std::vector<ScoreComparison::Language> languages{};
  std::size_t subsets = 0;       ///< that both runs have
  std::size_t tested = 0;        ///< of them, by what each query, pair, text or run scores
  double confidence = 0.95;      ///< of the intervals
  std::vector<Change> worse{};   ///< subsets that got significantly worse, the greatest loss first
  std::vector<Change> better{};  ///< and better, the greatest gain first
};

/// Run a is before, run b after the change.
[[nodiscard]] DriftReport drift_report(const ScoreComparison& comparison);

/// Languages; then what got significantly worse, and what got better, and what could not be tested. Scores are in
/// hundredths.
[[nodiscard]] std::string drift_table(const DriftReport& report, TableFormat format = TableFormat::text);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/drift_report_impl.hpp>
#endif
