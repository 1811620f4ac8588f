// glossa eval compare: the results of two runs come in; what differs, and how sure that is, goes out.
#include "eval_arguments.hpp"
#include "eval_files.hpp"
#include "eval_json.hpp"
#include "output_file.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/comparison_page.hpp>
#include <glossa/eval/comparison_table.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {
namespace {

/// All results of a folder, or those of one file.
std::vector<glossa::TaskScores> scores_at(const std::string& path) {
  std::error_code code;
  return std::filesystem::is_regular_file(path, code) ? glossa::read_result(path) : glossa::read_results(path);
}

OrderedJson subset_json(const glossa::ScoreComparison::Subset& subset) {
  OrderedJson out{{"subset", subset.name},
                  {"languages", subset.languages},
                  {"a", number_json(subset.a)},
                  {"b", number_json(subset.b)},
                  {"difference", number_json(subset.difference)}};
  out["same_data"] = !subset.other_data;
  if (subset.unit == glossa::ComparedUnit::none) return out;
  out["compared"] = subset.unit == glossa::ComparedUnit::items ? "items" : "runs";
  out["count"] = subset.units;
  out["interval"] = {number_json(subset.interval.low), number_json(subset.interval.high)};
  out["p"] = number_json(subset.p);
  out["adjusted_p"] = number_json(subset.adjusted_p);
  out["significant"] = subset.significant;
  return out;
}

OrderedJson comparison_json(const glossa::ScoreComparison& comparison,
                            const std::optional<glossa::DriftReport>& drift) {
  const auto mean = [](const glossa::ScoreComparison::Type& type) {
    return OrderedJson{{"a", number_json(type.a)}, {"b", number_json(type.b)}};
  };
  OrderedJson out{{"mean_over_tasks", mean(comparison.mean_of_tasks)},
                  {"mean_over_categories", mean(comparison.mean_of_types)},
                  {"tasks", OrderedJson::array()}};
  for (const glossa::ScoreComparison::Task& task : comparison.tasks) {
    OrderedJson one{{"task", task.name},        {"split", task.split},      {"type", std::string(task.type)},
                    {"a", number_json(task.a)}, {"b", number_json(task.b)}, {"subsets", OrderedJson::array()}};
    for (const auto& subset : task.subsets) one["subsets"].push_back(subset_json(subset));
    out["tasks"].push_back(std::move(one));
  }
  out["only_in_a"] = comparison.in_a;
  out["only_in_b"] = comparison.in_b;
  if (!drift) return out;
  OrderedJson& languages = out["languages"] = OrderedJson::array();
  for (const glossa::DriftReport::Language& language : drift->languages)
    languages.push_back({{"language", language.tag},
                         {"tasks", language.tasks},
                         {"before", number_json(language.before)},
                         {"after", number_json(language.after)},
                         {"change", number_json(language.change)},
                         {"worse", language.worse},
                         {"better", language.better}});
  return out;
}

}  // namespace

int eval_compare(const CompareArguments& arguments) {
  require_report_apart(arguments);
  std::optional<OutputFile> report;
  if (!arguments.report.empty()) report.emplace(arguments.report);
  const std::vector<glossa::TaskScores> a = scores_at(arguments.a);
  const std::vector<glossa::TaskScores> b = scores_at(arguments.b);
  const glossa::ScoreComparison comparison = glossa::compare_scores(a, b, {.level = arguments.level});
  std::optional<glossa::DriftReport> drift;
  if (arguments.drift) drift = glossa::drift_report(comparison);
  const glossa::ComparedNames names{.a = arguments.a, .b = arguments.b};
  const auto format = arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text;
  if (arguments.json) {
    std::cout << json_text(comparison_json(comparison, drift));
  } else {
    std::cout << glossa::comparison_table(comparison, names, format);
    if (drift) std::cout << '\n' << glossa::drift_table(*drift, format);
  }
  if (report) {
    report->write(glossa::comparison_html({.comparison = comparison, .names = names, .drift = drift}));
    report->finish();
  }
  return 0;
}

}  // namespace tool
