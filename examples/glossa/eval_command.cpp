// glossa eval: a model and tasks come in; scores go out, and files of them that later runs go on from.
#include "eval_arguments.hpp"
#include "eval_files.hpp"
#include "eval_json.hpp"
#include "eval_kept.hpp"
#include "eval_prompts.hpp"
#include "eval_session.hpp"
#include "eval_splits.hpp"
#include "eval_tasks.hpp"
#include "interrupt.hpp"
#include "output_file.hpp"
#include "undefined_scores.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/report_page.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/result_model.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/score_table.hpp>
#include <glossa/eval/table_format.hpp>

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tool {
namespace {

/// What results depend on beside the model and its precision, for the name of their folder.
std::string settings_of(const EvalArguments& arguments) {
  std::string settings;
  if (arguments.model.no_prompts) settings += "-noprompts";
  settings += prompt_settings(arguments.tasks);
  if (arguments.tasks.experiments) settings += "-experiments" + std::to_string(*arguments.tasks.experiments);
  if (arguments.tasks.samples_per_label) settings += "-samples" + std::to_string(*arguments.tasks.samples_per_label);
  return settings;
}

/// Errors: `invalid_argument` for a name without an organization, of which python mteb loads no results.
void require_model_name(const std::string& name) {
  const std::size_t slash = name.find('/');
  if (name.empty() || (slash > 0 && slash != std::string::npos && slash + 1 < name.size())) return;
  const std::size_t begin = name.find_first_not_of('/');
  const std::size_t end = name.find_last_not_of('/');
  const std::string model = begin == std::string::npos ? "model" : name.substr(begin, end + 1 - begin);
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--name",
                                                            .problem = "python mteb loads no results of this name",
                                                            .expected = "organization/model",
                                                            .found = name,
                                                            .remedy = "call it glossa/" + model});
}

std::vector<glossa::TaskScores> score_all(const EvalArguments& arguments, const std::vector<glossa::TaskSpec>& tasks,
                                          const glossa::ResultModel& model, EvalSession& session) {
  std::vector<glossa::TaskScores> all;
  std::size_t kept = 0;
  for (const glossa::TaskSpec& task : tasks) {
    if (!arguments.results.empty() && !arguments.overwrite) {
      if (std::optional<glossa::TaskScores> scores = kept_scores(arguments.results, model, task, session)) {
        all.push_back(std::move(*scores));
        ++kept;
        continue;
      }
    }
    try {
      all.push_back(session.run(task));
    } catch (const glossa::Error& error) {
      if (error.kind() != glossa::ErrorKind::cancelled || arguments.results.empty()) throw;
      throw glossa::Error(error.kind(),
                          {.file = arguments.results,
                           .field = task.name,
                           .remedy = std::to_string(all.size()) + " of " + std::to_string(tasks.size()) + " " +
                                     kind_of_parts(tasks) + " are there; the same command goes on"});
    }
    if (arguments.results.empty()) continue;
    if (arguments.overwrite) remove_damaged(glossa::result_file(arguments.results, model, task.name));
    keep_scores(arguments.results, model, all.back());
  }
  if (kept > 0)
    std::cerr << "glossa: " << kept << " of " << tasks.size() << " " << kind_of_parts(tasks) << " are taken from "
              << glossa::result_folder(arguments.results, model).string() << "; --overwrite runs them again\n";
  return all;
}

/// The summary's tasks as they were asked for.
std::vector<const glossa::ScoreSummary::Task*> in_order(const glossa::ScoreSummary& summary,
                                                        const std::vector<glossa::TaskSpec>& tasks) {
  std::vector<const glossa::ScoreSummary::Task*> ordered;
  for (const glossa::TaskSpec& task : tasks)
    for (const glossa::ScoreSummary::Task& one : summary.tasks)
      if (one.name == task.name && (ordered.empty() || ordered.back() != &one)) ordered.push_back(&one);
  return ordered;
}

}  // namespace

int eval(const EvalArguments& arguments) {
  catch_interrupts();
  const std::vector<glossa::TaskSpec> tasks = chosen_tasks(arguments.tasks);
  require_model_name(arguments.name);
  require_report_apart(arguments, tasks);
  // Opened before any work is done, so that a name that cannot be written to is told at once.
  std::optional<OutputFile> report;
  if (!arguments.report.empty()) report.emplace(arguments.report);
  check_all(tasks);
  EvalSession session(arguments.model, arguments.tasks, arguments.cache);
  session.require_prompts(tasks);
  glossa::ResultModel model = glossa::result_model(session.embedder(), settings_of(arguments));
  if (!arguments.name.empty()) model.name = arguments.name;
  if (!arguments.results.empty()) {  // the same of results, all of which are read
    for (const glossa::TaskSpec& task : tasks) {
      const std::filesystem::path file = glossa::result_file(arguments.results, model, task.name);
      arguments.overwrite ? require_replaceable(file) : require_own_file(file, task);
    }
    (void)glossa::make_result_folder(arguments.results, model);
  }
  const std::vector<glossa::TaskScores> all = score_all(arguments, tasks, model, session);
  session.finish();
  for (const std::string& line : undefined_scores(all)) std::cerr << "glossa: " << line << '\n';
  if (arguments.json) {
    const glossa::ScoreSummary summary = glossa::summarize_scores(all);
    for (const glossa::ScoreSummary::Task* task : in_order(summary, tasks))
      std::cout << json_text(scores_json(*task, model));
  } else {
    std::cout << glossa::score_table(all,
                                     arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text);
  }
  if (report) {
    report->write(glossa::report_html(
        {.scores = all,
         .model = model.name + ", " + model.settings,
         .facts = {{"Revision", model.revision}, {"Longest text", std::to_string(*model.max_tokens) + " tokens"}}}));
    report->finish();
  }
  if (!arguments.results.empty())
    std::cerr << "done: " << glossa::result_folder(arguments.results, model).string() << '\n';
  return 0;
}

}  // namespace tool
