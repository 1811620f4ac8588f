// Definition of comparison_html; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/map_escape.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_cells.hpp>
#include <glossa/eval/comparison_page.hpp>
#include <glossa/eval/report_page.hpp>
#include <glossa/eval/report_parts.hpp>

#include <cstddef>
#include <string>

namespace glossa {
namespace detail {

[[nodiscard]] inline std::string drift_section(const DriftReport& drift) {
  std::string out = "<h2>Languages before (A) and after (B)</h2>\n";
  out += drift.languages.empty() ? "<p>No subset tells its languages.</p>\n" : html_table(drift_rows(drift));
  out += std::string("<h2>") + kWorse + "</h2>\n";
  out += drift.worse.empty() ? "<p>" + markup_of(drift_note(drift)) + "</p>\n"
                             : html_table(change_rows(drift.worse, "Task"));
  if (drift.better.empty()) return out;
  return out + "<h2>" + kBetter + "</h2>\n" + html_table(change_rows(drift.better, "Task"));
}

}  // namespace detail

GLOSSA_INLINE std::string comparison_html(const ComparisonContent& content) {
  const ScoreComparison& comparison = content.comparison;
  const std::string title = detail::markup_of(content.title);
  const std::string a = detail::markup_of(content.names.a);
  const std::string b = detail::markup_of(content.names.b);
  std::size_t worse = 0;
  std::size_t better = 0;
  for (const ScoreComparison::Task& task : comparison.tasks)
    for (const ScoreComparison::Subset& subset : task.subsets)
      if (subset.significant) ++(subset.difference < 0 ? worse : better);
  const ScoreComparison::Type& mean = comparison.mean_of_tasks;
  std::string page = detail::report_head(title) + "<h1>" + title + "</h1>\n<div class=\"means\">" +
                     detail::report_tile(detail::shown_score(mean.a), "A, mean over tasks") +
                     detail::report_tile(detail::shown_score(mean.b), "B, mean over tasks") +
                     detail::report_tile(detail::signed_hundredths(mean.b - mean.a), "B - A") +
                     detail::report_tile(std::to_string(better), "significantly better") +
                     detail::report_tile(std::to_string(worse), "significantly worse") +
                     "</div>\n<h2>Categories</h2>\n<div class=\"legend\"><span><i class=\"other\"></i>A: " + a +
                     "</span><span><i></i>B: " + b + "</span></div>\n";
  for (const ScoreComparison::Type& type : comparison.types) {
    const std::string name(type.name);
    page += detail::bar_row("own", name + " (" + std::to_string(type.tasks) + "), B", type.b) +
            detail::bar_row("other", "A", type.a);
  }
  page += detail::html_table(detail::type_rows(comparison)) + "<h2>Tasks</h2>\n" +
          detail::html_table(detail::comparison_rows(comparison));
  for (const std::string& note : detail::comparison_notes(comparison))
    page += "<p>" + detail::markup_of(note) + "</p>\n";
  if (content.drift) page += detail::drift_section(*content.drift);
  return page + "</body>\n</html>\n";
}

}  // namespace glossa
