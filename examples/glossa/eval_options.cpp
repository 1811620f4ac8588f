// The command line comes in; the arguments of glossa eval and its commands go out.
#include "command_line.hpp"
#include "eval_arguments.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

const CLI::IsMember kCategories({"sts", "bitext", "classification", "clustering", "clustering_fast",
                                 "pair_classification", "reranking", "retrieval", "summarization"});

/// For paths and names: an empty one is what a shell makes of a variable that is not set.
const CLI::Validator kNotEmpty([](const std::string& given) { return given.empty() ? "it is empty" : ""; }, "");

void add_tasks(CLI::App* command, TaskArguments& arguments) {
  CLI::Option* task =
      command
          ->add_option("--task", arguments.tasks,
                       "a task file, or the name of a known task (see glossa eval tasks); several may be given")
          ->type_name("F|NAME")
          ->allow_extra_args(false);
  command->add_option("--category", arguments.category, "in place of a task: data of this kind, by the usual protocol")
      ->check(kCategories)
      ->excludes(task);
  command
      ->add_option("--data", arguments.data,
                   "a task's data, or a folder with folders of it that are called after categories; one for all tasks, "
                   "or one for each")
      ->type_name("PATH")
      ->check(kNotEmpty)
      ->allow_extra_args(false);
  command
      ->add_option("--split", arguments.splits,
                   "what is scored, several with commas between (default: the task's own, mostly test)")
      ->type_name("A,B")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--prompt", arguments.prompts,
          "what stands before the queries or passages of a category or a task, such as \"retrieval.query=ask: \"; "
          "several may be given (default: the model's in retrieval and reranking, else none)")
      ->type_name("SCOPE.ROLE=TEXT")
      ->allow_extra_args(false);
  command
      ->add_option("--samples-per-label", arguments.samples_per_label,
                   "classification: texts of each label that an experiment learns from (default: the task's own)")
      ->type_name("N")
      ->check(CLI::Range(1, kMostTokens));
  command
      ->add_option("--experiments", arguments.experiments,
                   "classification and clustering: how often it is done (default: the task's own)")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
}

/// --model is asked for where the command is run, for glossa eval stands before its own commands, too.
void add_eval_model(CLI::App* command, EvalModelArguments& arguments) {
  command->add_option("--model", arguments.folder, "folder of the model")->type_name("DIR");
  add_threads(command, arguments.threads);
  command->add_option("--max-tokens", arguments.max_tokens, "cut texts that are longer (default: as the model has it)")
      ->type_name("N")
      ->check(CLI::Range(1, kMostTokens));
  command->add_flag("--no-prompts", arguments.no_prompts, "the model was trained without prompts");
}

template <class Arguments>
void add_formats(CLI::App* command, Arguments& arguments, const char* json) {
  CLI::Option* markdown = command->add_flag("--markdown", arguments.markdown, "tables in Markdown");
  command->add_flag("--json", arguments.json, json)->excludes(markdown);
}

void add_cache(CLI::App* command, std::string& cache) {
  command->add_option("--cache", cache, "folder of vectors: none is computed twice")
      ->type_name("DIR")
      ->check(kNotEmpty);
}

void add_compare(CLI::App* eval, Run& run) {
  const auto arguments = std::make_shared<CompareArguments>();
  CLI::App* command = eval->add_subcommand("compare", "tell what differs between two runs, and how sure that is");
  command->add_option("A", arguments->a, "results of a model: the folder that --results told of")->required();
  command->add_option("B", arguments->b, "results of another, or of the same later")->required();
  command->add_flag("--drift", arguments->drift, "A is before, B after a change: what became of each language");
  command->add_option("--report", arguments->report, "the same as a page")->type_name("F.html")->check(kNotEmpty);
  command->add_option("--level", arguments->level, "p below which a difference is significant")
      ->check(between(1e-9, 0.999))
      ->capture_default_str();
  add_formats(command, *arguments, "one JSON object in place of tables");
  command->callback([arguments, &run] { run = [arguments] { return eval_compare(*arguments); }; });
}

void add_advise(CLI::App* eval, Run& run) {
  const auto arguments = std::make_shared<AdviseArguments>();
  CLI::App* command =
      eval->add_subcommand("advise", "tell which precision to use: score, speed and memory of each on your data");
  add_eval_model(command, arguments->model);
  command->get_option("--model")->required();
  add_tasks(command, arguments->tasks);
  command
      ->add_option("--precisions", arguments->precisions,
                   "which are tried, with commas between; losses count from the first (default: f32,bf16,int8,int4)")
      ->type_name("A,B")
      ->allow_extra_args(false);
  command->add_option("--loss", arguments->loss, "points of the score, of 100, that may be lost at most")
      ->type_name("X")
      ->check(between(0, 100))
      ->capture_default_str();
  command->add_option("--sample", arguments->sample, "texts of the data that are timed")
      ->type_name("N")
      ->check(CLI::Range(1, kMost))
      ->capture_default_str();
  add_cache(command, arguments->cache);
  add_formats(command, *arguments, "one JSON object in place of a table");
  command->callback([arguments, &run] { run = [arguments] { return eval_advise(*arguments); }; });
}

void add_task_list(CLI::App* eval, Run& run) {
  const auto arguments = std::make_shared<TasksArguments>();
  CLI::App* command = eval->add_subcommand("tasks", "list the tasks that are known by name");
  command->add_option("--category", arguments->category, "of this category alone")->check(kCategories);
  add_formats(command, *arguments, "a line of JSON a task");
  command->callback([arguments, &run] { run = [arguments] { return eval_tasks(*arguments); }; });
}

}  // namespace

void add_eval_commands(CLI::App& app, Run& run) {
  const auto arguments = std::make_shared<EvalArguments>();
  CLI::App* command = app.add_subcommand("eval", "score a model on tasks, by the protocols of MTEB");
  add_eval_model(command, arguments->model);
  add_tasks(command, arguments->tasks);
  add_precision(command, arguments->model.precision);
  add_cache(command, arguments->cache);
  command
      ->add_option("--results", arguments->results,
                   "folder that keeps results in mteb's format; tasks that are there already are not run again")
      ->type_name("DIR")
      ->check(kNotEmpty);
  command->add_flag("--overwrite", arguments->overwrite, "run tasks again whose results are there")
      ->needs(command->get_option("--results"));
  command->add_option("--report", arguments->report, "the scores as a page")->type_name("F.html")->check(kNotEmpty);
  command->add_option("--name", arguments->name,
                      "organization/model in results and reports (default: glossa/ and its folder's)");
  add_formats(command, *arguments, "a JSON object a task in place of tables");
  add_compare(command, run);
  add_advise(command, run);
  add_task_list(command, run);
  command->callback([arguments, command, &run] {
    if (!command->get_subcommands().empty()) return;
    if (arguments->model.folder.empty()) throw CLI::RequiredError("--model");
    run = [arguments] { return eval(*arguments); };
  });
}

}  // namespace tool
