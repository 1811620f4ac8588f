// Parts of a summary come in; the pieces of a report's page for them go out.
#pragma once

#include <glossa/cluster/map_escape.hpp>
#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/task_scores.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline std::string shown_score(double score) {
  const std::string text = hundredths(score);
  return text == "-" ? "–" : text;
}

/// A row of a name, a bar from 0 to 1 and the score.
[[nodiscard]] inline std::string bar_row(std::string_view kind, std::string_view name, double score) {
  const double length = std::isfinite(score) ? std::clamp(score, 0.0, 1.0) : 0.0;
  std::string out = "<div class=\"bar ";
  out.append(kind).append("\"><span class=\"name\">");
  append_markup(out, name);
  out += "</span><span class=\"rail\"><i style=\"width:" + hundredths(length) +
         "%\"></i></span><span class=\"number\">" + shown_score(score) + "</span></div>\n";
  return out;
}

/// A table of text; the first row names the columns.
[[nodiscard]] inline std::string html_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += "<tr>";
    for (const std::string& cell : rows[r]) {
      out += r == 0 ? "<th>" : "<td>";
      append_markup(out, cell);
      out += r == 0 ? "</th>" : "</td>";
    }
    out += "</tr>\n";
  }
  return out += "</table></div>\n";
}

/// All scores of a task by name: a column for each subset, or where there are more of them than names, a row.
[[nodiscard]] inline std::string all_scores(const ScoreSummary::Task& task) {
  std::set<std::string> names;
  for (const TaskScores* split : task.splits)
    for (const TaskScores::Subset& subset : split->subsets)
      for (const auto& [name, score] : subset.scores) names.insert(name);
  if (names.empty()) return {};
  std::vector<std::vector<std::string>> rows(names.size() + 1);
  rows[0].emplace_back("Score");
  std::size_t row = 1;
  for (const std::string& name : names) rows[row++].push_back(name);
  for (const TaskScores* split : task.splits)
    for (const TaskScores::Subset& subset : split->subsets) {
      rows[0].push_back(split->split + ": " + subset.name);
      row = 1;
      for (const std::string& name : names) {
        const auto found = subset.scores.find(name);
        rows[row++].push_back(found == subset.scores.end() ? "–" : shown_score(found->second));
      }
    }
  if (rows[0].size() > rows.size()) {
    std::vector<std::vector<std::string>> turned(rows[0].size());
    for (std::size_t column = 0; column < turned.size(); ++column)
      for (const auto& one : rows) turned[column].push_back(one[column]);
    rows = std::move(turned);
  }
  return "<details><summary>All scores</summary>" + html_table(rows) + "</details>\n";
}

/// A task with its bars.
[[nodiscard]] inline std::string task_article(const ScoreSummary::Task& task, std::string_view model) {
  double seconds = 0;
  std::string kind(task.type);
  for (const TaskScores* split : task.splits) {
    seconds += split->seconds;
    kind += (split == task.splits.front() ? ", " : " and ") + split->split;
  }
  std::string out = "<article><header><h3>" + markup_of(task.name) + "</h3><span class=\"kind\">" + markup_of(kind);
  if (seconds > 0 && seconds < 1e9) {
    const long long tenths = std::llround(seconds * 10);
    out += ", " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  }
  out += "</span><b>" + shown_score(task.score) + "</b></header>\n";
  for (const TaskScores* split : task.splits)
    for (const TaskScores::Subset& subset : split->subsets) {
      std::string name = subset.name == "default" ? std::string(model) : subset.name;
      if (task.splits.size() > 1) name = split->split + ": " + name;
      out += bar_row("own", name, subset.main_score);
      for (const PublishedScore& published : split->published)
        if (published.subset == subset.name && is_of_split(published, *split))
          out += bar_row("other", published.model, published.score);
    }
  for (const PublishedScore* one : published_means(task))
    out += bar_row("other", task.splits[0]->subsets.size() == 1 ? one->model : one->model + ", mean", one->score);
  return out + all_scores(task) + "</article>\n";
}

[[nodiscard]] inline std::string language_rows(const ScoreSummary& summary) {
  std::vector<std::vector<std::string>> rows{{"Language", "Tasks", "Mean"}};
  for (const ScoreSummary::Type& type : summary.types) rows[0].emplace_back(type.name);
  for (const ScoreSummary::Language& language : summary.languages) {
    rows.push_back({language.tag, std::to_string(language.tasks), shown_score(language.mean)});
    for (const double mean : language.types) rows.back().push_back(shown_score(mean));
  }
  return html_table(rows);
}

}  // namespace glossa::detail
