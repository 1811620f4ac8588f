// The command line comes in; the arguments of glossa dedup and glossa mine go out.
#include "cluster_arguments.hpp"
#include "command_line.hpp"
#include "vector_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

/// output: what goes there.
void add_mining_options(CLI::App* command, MiningArguments& arguments, const std::string& output) {
  add_vector_source(command, arguments.vectors, false);
  command
      ->add_option("--input", arguments.input,
                   R"(JSON lines {"id" if any, "text", "lang" if known}; - reads standard input)")
      ->type_name("F|-")
      ->capture_default_str();
  command->add_option("--output", arguments.output, output + "; - writes standard output")
      ->type_name("F|-")
      ->capture_default_str();
  command
      ->add_option("--mode", arguments.mode,
                   "near: texts that are the same but for case, punctuation, spacing and a word here and there; "
                   "translation: texts that say the same in two languages")
      ->check(CLI::IsMember({"near", "translation"}))
      ->capture_default_str();
  command
      ->add_option("--search", arguments.search,
                   "compare all vectors with each other, or those that a graph leads to: faster "
                   "from some 100,000 on, and a few pairs are missed (default: exact)")
      ->check(CLI::IsMember({"exact", "graph"}));
  command
      ->add_option("--threshold", arguments.threshold,
                   "least score of a pair. near: part of the letters that stay (default 0.77), or a cosine where there "
                   "are no texts; translation: probability (default 0.5)")
      ->type_name("T")
      ->check(between(-1, 1));
}

}  // namespace

void add_mining_commands(CLI::App& app, Run& run) {
  const auto dedup_arguments = std::make_shared<DedupArguments>();
  CLI::App* command =
      app.add_subcommand("dedup", "group texts that say the same: each line comes back with \"group\" and \"keep\"");
  add_mining_options(command, *dedup_arguments, "the lines with their groups");
  command->add_option("--keep", dedup_arguments->keep, "which text of a group is kept")
      ->check(CLI::IsMember({"first", "longest", "medoid"}))
      ->capture_default_str();
  CLI::Option* stream = command->add_flag(
      "--stream", dedup_arguments->stream,
      "decide on each line as it comes, by its letters alone: no model is needed, the first of a kind is kept");
  for (const char* option : {"--vectors", "--search"}) stream->excludes(command->get_option(option));
  command
      ->add_option("--most-kept", dedup_arguments->most_kept,
                   "with --stream, texts that later ones are compared with; the oldest are forgotten (default: all)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost))
      ->needs(stream);
  command->callback([dedup_arguments, &run] { run = [dedup_arguments] { return dedup(*dedup_arguments); }; });

  const auto mine_arguments = std::make_shared<MineArguments>();
  command = app.add_subcommand(
      "mine", R"(find pairs of texts that say the same: lines {"a", "b", "score"} and, with vectors, "cosine")");
  add_mining_options(command, *mine_arguments, "the pairs, best first; a and b are ids");
  command->add_option("--most", mine_arguments->most, "the best so many pairs (default: all)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command->callback([mine_arguments, &run] { run = [mine_arguments] { return mine(*mine_arguments); }; });
}

}  // namespace tool
