// Parts of a comparison come in; the cells that tables of it are made of go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A difference in hundredths, with its sign: "+0.26".
[[nodiscard]] inline std::string signed_hundredths(double difference) {
  const std::string text = hundredths(difference);
  const bool is_positive = std::isfinite(difference) && text[0] != '-' && text != "0.00";
  return (is_positive ? "+" : "") + (text == "-0.00" ? "0.00" : text);
}

/// To four places; "-" for what is no number.
[[nodiscard]] inline std::string p_text(double p) {
  if (!std::isfinite(p) || p < 0 || p > 1) return "-";
  const std::string digits = std::to_string(10000 + std::llround(p * 1e4));
  return (digits[0] == '2' ? "1." : "0.") + digits.substr(1);
}

[[nodiscard]] inline std::string interval_text(const Interval& interval) {
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return "-";
  return signed_hundredths(interval.low) + " to " + signed_hundredths(interval.high);
}

/// Both scores, the difference, its interval and p, with "*" before it where it is significant.
[[nodiscard]] inline std::vector<std::string> score_cells(const ScoreComparison::Subset& subset) {
  return {hundredths(subset.a), hundredths(subset.b), signed_hundredths(subset.difference),
          interval_text(subset.interval), (subset.significant ? "* " : "") + p_text(subset.p)};
}

/// A share in hundredths, with a place where it needs one: "95 %", "0.5 %".
[[nodiscard]] inline std::string percent(double share) {
  const long long tenths = std::llround(share * 1000);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " %";
}

/// The rows of all tasks and their subsets, those of one subset in one row; the first row names the columns.
[[nodiscard]] inline std::vector<std::vector<std::string>> comparison_rows(const ScoreComparison& comparison) {
  std::vector<std::vector<std::string>> rows{
      {"Task", "Type", "A", "B", "B - A", percent(comparison.confidence) + " interval", "p"}};
  const auto add = [&](const std::string& name, std::string_view type, const std::vector<std::string>& cells) {
    rows.push_back({name, std::string(type)});
    rows.back().insert(rows.back().end(), cells.begin(), cells.end());
  };
  for (const ScoreComparison::Task& task : comparison.tasks) {
    std::string name = task.name;
    if (task.split != "test") name += " (" + task.split + ")";
    if (task.subsets.size() == 1) {
      const ScoreComparison::Subset& only = task.subsets.front();
      add(only.name == "default" ? name : name + " (" + only.name + ")", task.type, score_cells(only));
      continue;
    }
    add(name, task.type, {hundredths(task.a), hundredths(task.b), signed_hundredths(task.difference), "", ""});
    for (const ScoreComparison::Subset& subset : task.subsets) add("  " + subset.name, "", score_cells(subset));
  }
  return rows;
}

/// The rows of categories and both means.
[[nodiscard]] inline std::vector<std::vector<std::string>> type_rows(const ScoreComparison& comparison) {
  std::vector<std::vector<std::string>> rows{{"Category", "Tasks", "A", "B", "B - A"}};
  std::vector<ScoreComparison::Type> all = comparison.types;
  all.push_back(comparison.mean_of_tasks);
  all.push_back(comparison.mean_of_types);
  for (const ScoreComparison::Type& type : all)
    rows.push_back({std::string(type.name), std::to_string(type.tasks), hundredths(type.a), hundredths(type.b),
                    signed_hundredths(type.b - type.a)});
  return rows;
}

/// A table in plain text or in Markdown of such rows.
[[nodiscard]] inline std::string table_of(const std::vector<std::vector<std::string>>& rows, TableFormat format,
                                          std::size_t words = 1) {
  PlainTable table(format, rows.front(), words);
  for (std::size_t i = 1; i < rows.size(); ++i) table.add(rows[i]);
  return table.text();
}

/// A text of anybody's as a line of its own, of which it cannot break out.
[[nodiscard]] inline std::string one_paragraph(const std::string& text, TableFormat format) {
  const std::string line = printable(text, 4000);
  if (format == TableFormat::text) return line;
  std::string out;
  for (const char c : line) {
    if (std::string_view("\\*`[~_|#").find(c) != std::string_view::npos) out += '\\';
    out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return out;
}

/// What the tables leave open, a sentence each.
[[nodiscard]] inline std::vector<std::string> comparison_notes(const ScoreComparison& comparison) {
  std::vector<std::string> notes;
  bool has_runs = false;
  bool has_none = false;
  bool has_other = false;
  bool has_star = false;
  for (const ScoreComparison::Task& task : comparison.tasks)
    for (const ScoreComparison::Subset& subset : task.subsets) {
      has_runs = has_runs || subset.unit == ComparedUnit::runs;
      has_other = has_other || subset.other_data;
      has_none = has_none || (subset.unit == ComparedUnit::none && !subset.other_data);
      has_star = has_star || subset.significant;
    }
  if (has_star)
    notes.push_back("*: significant at " + percent(comparison.level) + ", all of the tests taken together (Holm).");
  if (has_runs)
    notes.emplace_back(
        "Clustering, and classification by other scores than accuracy, are compared by their experiments, which share "
        "one "
        "set of texts.");
  if (has_none) notes.emplace_back("-: the results do not tell what each query, pair or text scores.");
  if (has_other)
    notes.emplace_back(
        "-: the runs were scored on other data, or with other settings (or one of them does not tell): evaluate both "
        "on the same.");
  const auto list = [&](const char* run, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::string note = std::string("Only in ") + run + ":";
    for (const std::string& name : names) note += (name == names.front() ? " " : ", ") + name;
    notes.push_back(note + ".");
  };
  list("A", comparison.in_a);
  list("B", comparison.in_b);
  return notes;
}

}  // namespace glossa::detail
