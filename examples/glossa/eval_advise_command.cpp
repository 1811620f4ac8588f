// glossa eval advise: a model and the user's own data come in; what each precision scores, costs and is worth goes out.
#include "child_process.hpp"
#include "eval_arguments.hpp"
#include "eval_json.hpp"
#include "eval_session.hpp"
#include "eval_tasks.hpp"
#include "interrupt.hpp"
#include "name_list.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/precision_advisor.hpp>
#include <glossa/eval/score_summary.hpp>
#include <glossa/eval/table_format.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/task_texts.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tool {
namespace {

using glossa::PrecisionTrial;

/// Texts of all tasks, each task with as many.
std::vector<std::string> texts_to_time(const std::vector<glossa::TaskSpec>& tasks, std::size_t most) {
  std::vector<std::string> texts;
  const std::size_t each = std::max<std::size_t>(1, most / tasks.size());
  for (const glossa::TaskSpec& task : tasks)
    for (std::string& text : glossa::sample_texts(task, each, stop_if_interrupted)) texts.push_back(std::move(text));
  return texts;
}

/// Texts a second: the best of three rounds, after a few texts that load what is read on demand.
double speed_of(const glossa::Embedder& embedder, const std::vector<std::string>& texts) {
  using Clock = std::chrono::steady_clock;
  const std::vector<std::string> few(texts.begin(), texts.begin() + std::min<std::ptrdiff_t>(16, std::ssize(texts)));
  (void)embedder.embed(few);
  double best = 0;
  for (int round = 0; round < 3; ++round) {
    stop_if_interrupted();
    const auto start = Clock::now();
    (void)embedder.embed(texts);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, static_cast<double>(texts.size()) / seconds);
  }
  return best;
}

/// Measures one precision. Memory is that of a process that has loaded the model and embedded the texts, before any
/// task's data is read.
OrderedJson measure(const AdviseArguments& arguments, const std::vector<glossa::TaskSpec>& tasks,
                    const std::vector<std::string>& texts, const std::string& precision) {
  EvalModelArguments model = arguments.model;
  model.precision = precision;
  EvalSession session(model, arguments.tasks, arguments.cache, precision + ", ");
  session.require_prompts(tasks);
  OrderedJson out{{"precision", precision}};
  out["texts_per_second"] = speed_of(session.embedder(), texts);
  out["memory_mb"] = number_json(peak_memory_mb());
  std::vector<glossa::TaskScores> scores;
  for (const glossa::TaskSpec& task : tasks) scores.push_back(session.run(task));
  session.finish();
  const glossa::ScoreSummary summary = glossa::summarize_scores(scores);
  OrderedJson& of_tasks = out["tasks"] = OrderedJson::object();
  for (const glossa::ScoreSummary::Task& task : summary.tasks) of_tasks[task.name] = number_json(task.score);
  out["score"] = number_json(summary.mean_of_tasks);
  return out;
}

double number_of(const OrderedJson& json, const char* name) {
  return json.contains(name) && json[name].is_number() ? json[name].get<double>()
                                                       : std::numeric_limits<double>::quiet_NaN();
}

PrecisionTrial trial_of(const OrderedJson& json) {
  return {.precision = json["precision"].get<std::string>(),
          .score = number_of(json, "score"),
          .texts_per_second = number_of(json, "texts_per_second"),
          .memory_mb = number_of(json, "memory_mb")};
}

/// The precisions that are asked for. Errors: those of names_of_list(); `invalid_argument` for what is none of them.
std::vector<std::string> wanted_precisions(const AdviseArguments& arguments) {
  std::vector<std::string> precisions = names_of_list("--precisions", arguments.precisions);
  for (const std::string& precision : precisions)
    if (const std::string known[] = {"f32", "bf16", "int8", "int4"};
        std::find(std::begin(known), std::end(known), precision) == std::end(known))
      throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--precisions",
                                                                .problem = "there is no such precision to try",
                                                                .expected = "f32, bf16, int8 or int4",
                                                                .found = precision});
  return precisions;
}

/// Errors: `unsupported` where no precision has a score.
void require_a_score(const std::vector<PrecisionTrial>& trials) {
  const auto has_score = [](const auto& trial) { return trial.problem.empty() && std::isfinite(trial.score); };
  if (std::any_of(trials.begin(), trials.end(), has_score)) return;
  const std::string& problem = trials.front().problem;
  throw glossa::Error(glossa::ErrorKind::unsupported,
                      {.field = trials.front().precision,
                       .problem = "no precision has a score to advise by",
                       .found = problem.empty() ? "scores that are not defined for this data" : problem,
                       .remedy = problem.empty() ? "give data on which glossa eval has a score"
                                                 : "give --precisions that the model's weights can be run in"});
}

}  // namespace

int eval_advise(const AdviseArguments& arguments) {
  catch_interrupts();
  const std::vector<std::string> precisions = wanted_precisions(arguments);
  const std::vector<glossa::TaskSpec> tasks = chosen_tasks(arguments.tasks);
  const auto read_texts = [&] {  // in a process of its own, for what was read counts for memory
    check_all(tasks);
    return OrderedJson(texts_to_time(tasks, arguments.sample));
  };
  const auto texts = run_in_child(read_texts).get<std::vector<std::string>>();
  std::vector<PrecisionTrial> trials;
  OrderedJson told = OrderedJson::array();
  for (const std::string& precision : precisions) {
    try {
      told.push_back(run_in_child([&] { return measure(arguments, tasks, texts, precision); }));
      trials.push_back(trial_of(told.back()));
    } catch (const glossa::Error& error) {
      if (error.kind() != glossa::ErrorKind::unsupported)
        throw;  // weights that are of another precision are no failure
      told.push_back({{"precision", precision}, {"problem", error.what()}});
      trials.push_back({.precision = precision, .problem = error.what()});
    }
    stop_if_interrupted();
  }
  require_a_score(trials);
  const glossa::PrecisionAdvice advice = glossa::advise_precision(trials, {.largest_loss = arguments.loss / 100});
  if (arguments.json) {
    std::cout << json_text(
        {{"advice", trials[advice.chosen].precision}, {"reason", advice.reason}, {"precisions", std::move(told)}});
  } else {
    std::cout << glossa::advice_table(trials, advice,
                                      arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text);
  }
  return 0;
}

}  // namespace tool
