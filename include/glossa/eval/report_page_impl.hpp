// Definition of report_html; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/map_escape.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/report_page.hpp>
#include <glossa/eval/report_parts.hpp>
#include <glossa/eval/report_style.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/task_spec.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace glossa {
namespace detail {

[[nodiscard]] inline std::string report_head(const std::string& title) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "base-uri 'none'; form-action 'none'\">\n<title>" +
         title + "</title>\n<style>" + kReportStyle + "</style>\n</head>\n<body>\n";
}

/// A large number with what it is.
[[nodiscard]] inline std::string report_tile(const std::string& number, std::string_view what) {
  return "<div><b>" + number + "</b><span>" + std::string(what) + "</span></div>";
}

}  // namespace detail

GLOSSA_INLINE std::string report_html(const ReportContent& content) {
  const ScoreSummary summary = summarize_scores(content.scores);
  const std::string title = detail::markup_of(content.title);
  std::string page = detail::report_head(title) + "<h1>" + title + "</h1>\n";
  if (!content.model.empty()) page += "<p>" + detail::markup_of(content.model) + "</p>\n";
  if (!content.facts.empty()) {
    page += "<dl class=\"facts\">";
    for (const auto& [name, value] : content.facts)
      page += "<div><dt>" + detail::markup_of(name) + "</dt><dd>" + detail::markup_of(value) + "</dd></div>";
    page += "</dl>\n";
  }
  page += "<div class=\"means\">" + detail::report_tile(detail::shown_score(summary.mean_of_tasks), "mean over tasks") +
          detail::report_tile(detail::shown_score(summary.mean_of_types), "mean over categories") +
          detail::report_tile(std::to_string(summary.tasks.size()), "tasks") +
          detail::report_tile(std::to_string(summary.languages.size()), "languages") + "</div>\n";
  if (summary.types.size() > 1) {
    page += "<h2>Categories</h2>\n";
    for (const ScoreSummary::Type& type : summary.types)
      page += detail::bar_row("own", std::string(type.name) + " (" + std::to_string(type.tasks) + ")", type.mean);
  }
  page += "<h2>Tasks</h2>\n";
  const auto has_published = [](const TaskScores& one) {
    const auto is_shown = [&](const PublishedScore& other) { return detail::is_of_split(other, one); };
    return std::any_of(one.published.begin(), one.published.end(), is_shown);
  };
  if (std::any_of(content.scores.begin(), content.scores.end(), has_published))
    page += "<div class=\"legend\"><span><i></i>" +
            detail::markup_of(content.model.empty() ? "this model" : content.model) +
            "</span><span><i class=\"other\"></i>published scores of others</span></div>\n";
  for (const ScoreSummary::Task& task : summary.tasks) page += detail::task_article(task, content.model);
  if (!summary.languages.empty()) page += "<h2>Languages</h2>\n" + detail::language_rows(summary);
  return page += "</body>\n</html>\n";
}

}  // namespace glossa
