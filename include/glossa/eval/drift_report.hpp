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
  struct Language {
    std::string tag;        ///< "deu-Latn"
    std::size_t tasks = 0;  ///< that have subsets in it
    double before = 0;      ///< the mean over its tasks, of each the mean over the subsets in this language
    double after = 0;
    double change = 0;       ///< after - before; NaN where a score is
    std::size_t worse = 0;   ///< subsets in it that got significantly worse
    std::size_t better = 0;  ///< and better
  };
  struct Change {
    std::string task;
    std::string subset;
    double before = 0;
    double after = 0;
    double adjusted_p = 1;  ///< see ScoreComparison::Subset
  };

  std::vector<Language> languages{};  ///< the greatest loss first, those without a number last
  std::vector<Change> worse{};        ///< subsets that got significantly worse, the greatest loss first
  std::vector<Change> better{};       ///< and better, the greatest gain first
};

/// Run a is before, run b after the change. A subset in two languages counts for each, one in none for none.
[[nodiscard]] DriftReport drift_report(const ScoreComparison& comparison);

/// Languages; then what got significantly worse, and what got better. Scores are in hundredths.
[[nodiscard]] std::string drift_table(const DriftReport& report, TableFormat format = TableFormat::text);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/drift_report_impl.hpp>
#endif
