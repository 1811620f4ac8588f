// The command line comes in; the arguments of glossa store go out.
#include "command_line.hpp"
#include "store_arguments.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

void add_store_and_model(CLI::App* command, std::string& store, ModelArguments& model, bool is_new) {
  add_model(command, model.folder);
  command->add_option("--store", store, "folder of the store")->required()->type_name("DIR");
  add_precision(command, model.precision);
  if (!is_new) command->get_option("--precision")->description("arithmetic of the encoder (automatic: the store's)");
  add_threads(command, model.threads);
  command->add_flag("--no-prompts", model.no_prompts,
                    "embed texts as they are: for models that were trained without prompts");
}

void add_count(CLI::App* command, const std::string& name, std::size_t& count, const std::string& description) {
  command->add_option(name, count, description)->type_name("N")->check(CLI::Range(0, kMost))->capture_default_str();
}

void add_init(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreInitArguments>();
  CLI::App* command = store->add_subcommand("init", "make an empty store for a model");
  add_store_and_model(command, arguments->store, arguments->model, true);
  add_count(command, "--chunk-tokens", arguments->chunk_tokens, "tokens of a chunk at most (0: what the model reads)");
  add_count(command, "--overlap", arguments->overlap, "tokens that neighbouring chunks share at most");
  command->add_flag("--no-lexical", arguments->no_lexical, "without the index of words: dense search alone");
  command->callback([arguments, &run] { run = [arguments] { return store_init(*arguments); }; });
}

void add_add(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreAddArguments>();
  CLI::App* command = store->add_subcommand("add", "store documents, in place of those with their ids");
  add_store_and_model(command, arguments->store, arguments->model, false);
  command
      ->add_option("--input", arguments->input,
                   R"(documents, JSON lines {"id", "text", "title"?, "metadata"?, "format"?: "plain" or "markdown"}; )"
                   "- reads standard input")
      ->required()
      ->type_name("F|-");
  command->callback([arguments, &run] { run = [arguments] { return store_add(*arguments); }; });
}

void add_remove(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreRemoveArguments>();
  CLI::App* command = store->add_subcommand("remove", "take documents out of a store");
  command->add_option("--store", arguments->store, "folder of the store")->required()->type_name("DIR");
  command->add_option("ID", arguments->ids, "an id")->required();
  command->callback([arguments, &run] { run = [arguments] { return store_remove(*arguments); }; });
}

void add_sync(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreSyncArguments>();
  CLI::App* command = store->add_subcommand("sync", "bring a store in step with a folder of .txt and .md files");
  add_store_and_model(command, arguments->store, arguments->model, false);
  command->add_option("FOLDER", arguments->folder, "the folder, with those in it")->required();
  command->add_option("--source", arguments->source, "name of the folder in the store (default: its path)");
  command->add_option("--prefix", arguments->prefix, "what ids begin with, before the path in the folder");
  command->add_flag("--json", arguments->json, "the report as a JSON object");
  command->callback([arguments, &run] { run = [arguments] { return store_sync(*arguments); }; });
}

void add_search_options(CLI::App* command, StoreSearchArguments& arguments) {
  add_store_and_model(command, arguments.store, arguments.model, false);
  add_count(command, "--k", arguments.k, "hits of a query");
  command->add_option("--mode", arguments.mode, "by meaning, by words, or by both")
      ->check(CLI::IsMember({"dense", "lexical", "hybrid"}))
      ->capture_default_str();
  command->add_option("--filter", arguments.filter,
                      R"(of metadata, such as: lang = "de" and (year >= 2020 or tags has "x"))");
  command->add_option("--fusion", arguments.fusion, "of hybrid: by scores or by ranks")
      ->check(CLI::IsMember({"weighted", "rrf"}))
      ->capture_default_str();
  command->add_option("--dense-weight", arguments.dense_weight, "of weighted fusion; the rest goes to words")
      ->check(between(0, 1))
      ->capture_default_str();
  command->add_option("--mmr", arguments.mmr, "diversity: 1 ranks by relevance alone, 0 by difference alone")
      ->check(between(0, 1));
  command->add_option("--pool", arguments.pool, "one hit a document: its best window, by that or by the mean of all")
      ->check(CLI::IsMember({"none", "best", "mean"}))
      ->capture_default_str();
  add_count(command, "--candidates", arguments.candidates, "of each ranking that are looked at (0: 4 k, at least 100)");
  command->add_flag("--no-merge", arguments.no_merge, "windows that follow each other stay hits of their own");
  command->add_flag("--json", arguments.json, "a line of JSON a query");
}

void add_search(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreSearchArguments>();
  CLI::App* command = store->add_subcommand("search", "find the passages that answer queries");
  add_search_options(command, *arguments);
  CLI::Option_group* queries = command->add_option_group("queries");
  queries
      ->add_option("--input", arguments->input, R"(queries, JSON lines {"id" if any, "text"}; - reads standard input)")
      ->type_name("F|-");
  queries->add_option("QUERY", arguments->queries, "a query");
  queries->require_option(1);
  command->callback([arguments, &run] { run = [arguments] { return store_search(*arguments); }; });
}

void add_ask_context(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreSearchArguments>();
  CLI::App* command =
      store->add_subcommand("ask-context", "print what a prompt needs to answer a question, with its sources");
  add_search_options(command, *arguments);
  add_count(command, "--budget", arguments->budget, "tokens of all of it, by the model's tokenizer, at most");
  command->add_option("QUERY", arguments->queries, "the question")->required()->expected(1);
  command->callback([arguments, &run] { run = [arguments] { return store_ask_context(*arguments); }; });
}

void add_stats(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreStatsArguments>();
  CLI::App* command = store->add_subcommand("stats", "tell what a store holds");
  command->add_option("--store", arguments->store, "folder of the store")->required()->type_name("DIR");
  command->add_flag("--json", arguments->json, "as a JSON object");
  command->callback([arguments, &run] { run = [arguments] { return store_stats(*arguments); }; });
}

void add_vacuum(CLI::App* store, Run& run) {
  const auto arguments = std::make_shared<StoreVacuumArguments>();
  CLI::App* command = store->add_subcommand("vacuum", "update the index, and give back what removed documents took");
  command->add_option("--store", arguments->store, "folder of the store")->required()->type_name("DIR");
  command->callback([arguments, &run] { run = [arguments] { return store_vacuum(*arguments); }; });
}

}  // namespace

void add_store_commands(CLI::App& app, Run& run) {
  CLI::App* store = app.add_subcommand("store", "keep documents in a database, and find passages of them with sources");
  store->require_subcommand(1);
  add_init(store, run);
  add_add(store, run);
  add_remove(store, run);
  add_sync(store, run);
  add_search(store, run);
  add_ask_context(store, run);
  add_stats(store, run);
  add_vacuum(store, run);
}

}  // namespace tool
