// Scores come in; a page that shows them beside what others score goes out, in one file.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/task_scores.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// What a report shows. All of it may come from anywhere: nothing of it is taken for markup.
struct ReportContent {
  std::span<const TaskScores> scores;
  std::string model;  ///< what the scores are of
  std::string title = "Evaluation";
  std::vector<std::pair<std::string, std::string>> facts{};  ///< such as {"Precision", "int8"}
};

/// A report as an HTML page without a script: both means, categories, each task with a bar for each of its subsets and
/// thin ones for what others published (TaskScores::published), languages by category, and all scores by name. Light or
/// dark as the system is, for screens of any width and for paper. It needs nothing beside itself: the browser is told
/// to load nothing. Bytes that are not UTF-8 count as U+FFFD. Scores that are not defined are "–".
[[nodiscard]] std::string report_html(const ReportContent& content);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/report_page_impl.hpp>
#endif
