// glossa eval compare: the results of two runs come in; what differs, and how sure that is, goes out.
#include "eval_arguments.hpp"
#include "eval_files.hpp"
#include "eval_json.hpp"
#include "output_file.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/compared_scores.hpp>
#include <glossa/eval/comparison_page.hpp>
#include <glossa/eval/comparison_table.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <cmath>
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

/// Both scores, and how sure the difference is where it was tested.
void add_scores(OrderedJson& out, const glossa::ComparedScores& scores) {
  out["a"] = number_json(scores.a);
  out["b"] = number_json(scores.b);
  out["difference"] = number_json(scores.difference);
  if (std::isnan(scores.p)) return;
  out["interval"] = {number_json(scores.interval.low), number_json(scores.interval.high)};
  out["p"] = number_json(scores.p);
  out["adjusted_p"] = number_json(scores.adjusted_p);
  out["significant"] = scores.significant;
}

OrderedJson subset_json(const glossa::ScoreComparison::Subset& subset) {
  OrderedJson out{{"subset", subset.name}, {"languages", subset.languages}};
  const bool is_known = subset.data != glossa::ComparedData::unknown;
  out["same_data"] = is_known ? OrderedJson(subset.data == glossa::ComparedData::same) : OrderedJson(nullptr);
  if (subset.unit != glossa::ComparedUnit::none) {
    out["compared"] = subset.unit == glossa::ComparedUnit::items ? "items" : "runs";
    out["count"] = subset.units;
  }
  add_scores(out, subset);
  return out;
}

OrderedJson type_json(const glossa::ScoreComparison::Type& type) {
  OrderedJson out{{"name", std::string(type.name)}, {"tasks", type.tasks}};
  add_scores(out, type);
  return out;
}

OrderedJson comparison_json(const glossa::ScoreComparison& comparison,
                            const std::optional<glossa::DriftReport>& drift) {
  OrderedJson out{{"mean_over_tasks", type_json(comparison.mean_of_tasks)},
                  {"mean_over_categories", type_json(comparison.mean_of_types)},
                  {"categories", OrderedJson::array()},
                  {"tasks", OrderedJson::array()}};
  for (const glossa::ScoreComparison::Type& type : comparison.types) out["categories"].push_back(type_json(type));
  for (const glossa::ScoreComparison::Task& task : comparison.tasks) {
    OrderedJson one{{"task", task.name}, {"split", task.split}, {"type", std::string(task.type)}};
    add_scores(one, task);
    OrderedJson& subsets = one["subsets"] = OrderedJson::array();
    for (const auto& subset : task.subsets) subsets.push_back(subset_json(subset));
    out["tasks"].push_back(std::move(one));
  }
  out["only_in_a"] = comparison.in_a;
  out["only_in_b"] = comparison.in_b;
  if (!drift) return out;
  OrderedJson& languages = out["languages"] = OrderedJson::array();
  for (const glossa::ScoreComparison::Language& language : drift->languages) {
    OrderedJson one{{"language", language.tag}, {"tasks", language.tasks}};
    add_scores(one, language);
    one["worse"] = language.worse;
    one["better"] = language.better;
    languages.push_back(std::move(one));
  }
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
