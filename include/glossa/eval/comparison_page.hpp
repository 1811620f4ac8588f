// A comparison of two runs comes in; a page that shows it goes out, in one file.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_table.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/score_comparison.hpp>

#include <optional>
#include <string>

namespace glossa {

/// What the page shows. All of it may come from anywhere: nothing of it is taken for markup.
struct ComparisonContent {
  ScoreComparison comparison;
  ComparedNames names{};
  std::string title = "Comparison";
  std::optional<DriftReport> drift{};  ///< languages before and after, where they are wanted
};

/// The same as comparison_table() and drift_table() as an HTML page like that of report_html(): both means, categories
/// with a bar for each run, and all tasks.
[[nodiscard]] std::string comparison_html(const ComparisonContent& content);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/comparison_page_impl.hpp>
#endif
