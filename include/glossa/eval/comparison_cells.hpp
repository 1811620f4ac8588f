// Parts of a comparison come in; the cells that tables of it are made of go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <algorithm>
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

/// A share in hundredths, with a place where it needs one: "95 %", "0.5 %".
[[nodiscard]] inline std::string percent(double share) {
  const long long tenths = std::llround(share * 1000);
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " %";
}

/// Both scores, the difference, its interval and p, with "*" before it where it is significant.
[[nodiscard]] inline std::vector<std::string> score_cells(const ComparedScores& scores) {
  return {hundredths(scores.a), hundredths(scores.b), signed_hundredths(scores.difference),
          interval_text(scores.interval), (scores.significant ? "* " : "") + p_text(scores.p)};
}

/// Words, then the cells of scores.
[[nodiscard]] inline std::vector<std::string> score_row(std::vector<std::string> words, const ComparedScores& scores) {
  const std::vector<std::string> cells = score_cells(scores);
  words.insert(words.end(), cells.begin(), cells.end());
  return words;
}

/// The names of such columns.
[[nodiscard]] inline std::vector<std::string> score_columns(std::vector<std::string> words,
                                                            const ScoreComparison& comparison) {
  for (const char* name : {"A", "B", "B - A"}) words.emplace_back(name);
  words.push_back(percent(comparison.confidence) + " interval");
  words.emplace_back("p");
  return words;
}

/// The rows of all tasks and their subsets, those of one subset in one row; the first row names the columns.
[[nodiscard]] inline std::vector<std::vector<std::string>> comparison_rows(const ScoreComparison& comparison) {
  std::vector<std::vector<std::string>> rows{score_columns({"Task", "Type"}, comparison)};
  for (const ScoreComparison::Task& task : comparison.tasks) {
    std::string name = task.name;
    if (task.split != "test") name += " (" + task.split + ")";
    const bool is_one = task.subsets.size() == 1;
    if (is_one && task.subsets.front().name != "default") name += " (" + task.subsets.front().name + ")";
    rows.push_back(score_row({name, std::string(task.type)}, task));
    if (is_one) continue;
    for (const ScoreComparison::Subset& subset : task.subsets)
      rows.push_back(score_row({"  " + subset.name, ""}, subset));
  }
  return rows;
}

/// The rows of categories and both means.
[[nodiscard]] inline std::vector<std::vector<std::string>> type_rows(const ScoreComparison& comparison) {
  std::vector<std::vector<std::string>> rows{score_columns({"Category", "Tasks"}, comparison)};
  std::vector<ScoreComparison::Type> all = comparison.types;
  all.push_back(comparison.mean_of_tasks);
  all.push_back(comparison.mean_of_types);
  for (const ScoreComparison::Type& type : all)
    rows.push_back(score_row({std::string(type.name), std::to_string(type.tasks)}, type));
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

/// Whether a table has a star.
[[nodiscard]] inline bool has_significant(const ScoreComparison& comparison) {
  const auto is_significant = [](const ComparedScores& scores) { return scores.significant; };
  const auto any = [&](const auto& all) { return std::any_of(all.begin(), all.end(), is_significant); };
  return any(comparison.tasks) || any(comparison.types) || any(comparison.languages) ||
         comparison.mean_of_tasks.significant || comparison.mean_of_types.significant ||
         std::any_of(comparison.tasks.begin(), comparison.tasks.end(),
                     [&](const ScoreComparison::Task& task) { return any(task.subsets); });
}

/// What the tables leave open, a sentence each.
[[nodiscard]] inline std::vector<std::string> comparison_notes(const ScoreComparison& comparison) {
  std::vector<std::string> notes;
  bool has_runs = false;
  bool has_none = false;
  bool has_unknown = false;
  bool has_other = false;
  for (const ScoreComparison::Task& task : comparison.tasks)
    for (const ScoreComparison::Subset& subset : task.subsets) {
      has_runs = has_runs || subset.unit == ComparedUnit::runs;
      has_unknown = has_unknown || subset.data == ComparedData::unknown;
      has_other = has_other || subset.data == ComparedData::other;
      has_none = has_none || (subset.unit == ComparedUnit::none && subset.data == ComparedData::same);
    }
  if (has_significant(comparison))
    notes.push_back("*: significant at " + percent(comparison.level) +
                    ", all tests of a kind taken together (Holm): those of subsets, of tasks with several of them, of "
                    "categories and both means, of languages.");
  if (has_runs)
    notes.emplace_back(
        "Clustering, and classification by other scores than accuracy, are compared by their experiments, which share "
        "one set of texts.");
  if (has_none) notes.emplace_back("-: the results do not tell what each query, pair or text scores.");
  if (has_unknown)
    notes.emplace_back(
        "-: one of the runs does not tell what data it was scored on, so that the scores stand side by side untested: "
        "evaluate both with glossa.");
  if (has_other)
    notes.emplace_back("-: the runs were scored on other data, or with other settings: evaluate both on the same.");
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
