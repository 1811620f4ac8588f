// The command line comes in; the arguments of glossa index and glossa search go out.
#include "command_line.hpp"
#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

void add_model_options(CLI::App* command, ModelArguments& model, bool has_index) {
  add_model(command, model.folder);
  add_precision(command, model.precision);
  if (has_index) command->get_option("--precision")->description("arithmetic of the encoder (automatic: the index's)");
  add_threads(command, model.threads);
  command->add_flag("--no-prompts", model.no_prompts,
                    "embed texts as they are: for models that were trained without prompts");
}

void add_count(CLI::App* command, const std::string& name, std::size_t& count, const std::string& description) {
  command->add_option(name, count, description)->type_name("N")->check(CLI::Range(0, kMost));
}

void add_input(CLI::App* command, std::string& input) {
  command
      ->add_option("--input", input, R"(documents, JSON lines {"id", "title" if any, "text"}; - reads standard input)")
      ->required()
      ->type_name("F|-");
}

void add_build(CLI::App* index, Run& run) {
  const auto arguments = std::make_shared<IndexBuildArguments>();
  CLI::App* command = index->add_subcommand("build", "embed documents and write them to a new index");
  add_model_options(command, arguments->model, false);
  add_input(command, arguments->input);
  command->add_option("--output", arguments->output, "the index; a file that is there is replaced")
      ->required()
      ->type_name("IDX");
  command
      ->add_option("--kind", arguments->kind, "look at all vectors, or walk through a graph, or through lists of them")
      ->check(CLI::IsMember({"flat", "hnsw", "ivf"}))
      ->capture_default_str();
  command->add_option("--vectors", arguments->vectors, "form of the vectors that are searched")
      ->check(CLI::IsMember({"f32", "bf16", "f16", "int8", "binary"}))
      ->capture_default_str();
  command->add_option("--rescore", arguments->rescore, "a finer copy too, from which the best are scored again")
      ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}));
  command->add_option("--metric", arguments->metric, "how alike two vectors are")
      ->check(CLI::IsMember({"cosine", "dot", "euclidean"}))
      ->capture_default_str();
  add_dims(command, arguments->dims);
  add_count(command, "--m", arguments->connections, "hnsw: edges that a vector starts with");
  command->get_option("--m")->capture_default_str();
  add_count(command, "--ef-construction", arguments->build_candidates, "hnsw: vectors from which they are chosen");
  command->get_option("--ef-construction")->capture_default_str();
  add_count(command, "--lists", arguments->lists, "ivf: lists of vectors (0: as their number asks for)");
  command->callback([arguments, &run] { run = [arguments] { return index_build(*arguments); }; });
}

void add_add(CLI::App* index, Run& run) {
  const auto arguments = std::make_shared<IndexAddArguments>();
  CLI::App* command = index->add_subcommand("add", "add documents to an index, in place of those with their ids");
  add_model_options(command, arguments->model, true);
  command->add_option("--index", arguments->index, "the index")->required()->type_name("IDX");
  add_input(command, arguments->input);
  command->callback([arguments, &run] { run = [arguments] { return index_add(*arguments); }; });
}

void add_remove(CLI::App* index, Run& run) {
  const auto arguments = std::make_shared<IndexRemoveArguments>();
  CLI::App* command = index->add_subcommand("remove", "take documents out of an index");
  command->add_option("--index", arguments->index, "the index")->required()->type_name("IDX");
  CLI::Option_group* ids = command->add_option_group("ids");
  ids->add_option("--ids", arguments->file, "ids, one a line; - reads standard input")->type_name("F|-");
  ids->add_option("ID", arguments->ids, "an id");
  ids->require_option(1);
  command->callback([arguments, &run] { run = [arguments] { return index_remove(*arguments); }; });
}

void add_info(CLI::App* index, Run& run) {
  const auto arguments = std::make_shared<IndexInfoArguments>();
  CLI::App* command = index->add_subcommand("info", "tell what an index holds");
  command->add_option("IDX", arguments->index, "the index")->required();
  command->add_flag("--json", arguments->json, "as a JSON object");
  command->callback([arguments, &run] { run = [arguments] { return index_info(*arguments); }; });
}

void add_search(CLI::App& app, Run& run) {
  const auto arguments = std::make_shared<SearchArguments>();
  CLI::App* command = app.add_subcommand("search", "find the documents of an index that answer queries");
  add_model_options(command, arguments->model, true);
  command->add_option("--index", arguments->index, "the index")->required()->type_name("IDX");
  add_count(command, "--k", arguments->k, "hits of a query");
  command->get_option("--k")->capture_default_str();
  command->add_flag("--json", arguments->json, R"(a line of JSON a query: {"id", "query", "hits"})");
  add_count(command, "--ef", arguments->candidates, "hnsw: candidates that are kept on the way");
  add_count(command, "--probes", arguments->probes, "ivf: lists that are looked at");
  add_count(command, "--rescored", arguments->rescored, "candidates that are scored again from the finer copy");
  command->add_option("--format", arguments->format, "of --input: a query a line, or JSON lines (default: by name)")
      ->check(CLI::IsMember({"lines", "jsonl"}));
  CLI::Option_group* queries = command->add_option_group("queries");
  queries
      ->add_option("--input", arguments->input, R"(queries, JSON lines {"id" if any, "text"}; - reads standard input)")
      ->type_name("F|-");
  queries->add_option("QUERY", arguments->queries, "a query");
  queries->require_option(1);
  command->callback([arguments, &run] { run = [arguments] { return search(*arguments); }; });
}

}  // namespace

void add_index_commands(CLI::App& app, Run& run) {
  CLI::App* index = app.add_subcommand("index", "keep documents in a file in which they can be found by their meaning");
  index->require_subcommand(1);
  add_build(index, run);
  add_add(index, run);
  add_remove(index, run);
  add_info(index, run);
  add_search(app, run);
}

}  // namespace tool
