// The command line comes in; the arguments of glossa dedup and glossa mine go out.
#include "cluster_arguments.hpp"
#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

constexpr int kMost = 1 << 30;

void add_vectors(CLI::App* command, VectorArguments& arguments) {
  CLI::Option_group* from = command->add_option_group("vectors");
  from->add_option("--model", arguments.model, "folder of the model that embeds the texts")->type_name("DIR");
  from->add_option("--vectors", arguments.vectors, "vectors in place of a model: a NumPy array, one row a line")
      ->type_name("F.npy");
  from->require_option(0, 1);
  add_role(command, arguments.role);
  add_precision(command, arguments.precision);
  add_threads(command, arguments.threads);
}

void add_files(CLI::App* command, std::string& input, std::string& output, const std::string& what) {
  command->add_option("--input", input, R"(JSON lines {"id" if any, "text", "lang" if known}; - reads standard input)")
      ->type_name("F|-")
      ->capture_default_str();
  command->add_option("--output", output, what + "; - writes standard output")->type_name("F|-")->capture_default_str();
}

void add_mode(CLI::App* command, std::string& mode, std::string& search) {
  command
      ->add_option("--mode", mode,
                   "near: texts that are the same but for case, punctuation, spacing and a word here and there; "
                   "translation: texts that say the same in two languages")
      ->check(CLI::IsMember({"near", "translation"}))
      ->capture_default_str();
  command
      ->add_option("--search", search,
                   "compare all vectors with each other, or those that a graph leads to (faster "
                   "from some 100,000 on, and a few pairs are missed)")
      ->check(CLI::IsMember({"exact", "graph"}))
      ->capture_default_str();
}

constexpr const char* kThreshold =
    "least score of a pair. near: part of the letters that stay (default 0.77), or a cosine where there are no texts; "
    "translation: probability (default 0.5)";

}  // namespace

void add_mining_commands(CLI::App& app, Run& run) {
  const auto dedup_arguments = std::make_shared<DedupArguments>();
  CLI::App* command =
      app.add_subcommand("dedup", "group texts that say the same: each line comes back with \"group\" and \"keep\"");
  add_vectors(command, dedup_arguments->vectors);
  add_files(command, dedup_arguments->input, dedup_arguments->output, "the lines with their groups");
  add_mode(command, dedup_arguments->mode, dedup_arguments->search);
  command->add_option("--threshold", dedup_arguments->threshold, kThreshold)->type_name("T");
  command->add_option("--keep", dedup_arguments->keep, "which text of a group is kept")
      ->check(CLI::IsMember({"first", "longest", "medoid"}))
      ->capture_default_str();
  CLI::Option* stream = command->add_flag(
      "--stream", dedup_arguments->stream,
      "decide on each line as it comes, by its letters alone: no model is loaded, the first of a kind is kept");
  command
      ->add_option("--most-kept", dedup_arguments->most_kept,
                   "with --stream, texts that later ones are compared with; the oldest are forgotten (default: all)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost))
      ->needs(stream);
  command->callback([dedup_arguments, &run] { run = [dedup_arguments] { return dedup(*dedup_arguments); }; });

  const auto mine_arguments = std::make_shared<MineArguments>();
  command = app.add_subcommand("mine", R"(find pairs of texts that say the same: lines {"a", "b", "score", "cosine"})");
  add_vectors(command, mine_arguments->vectors);
  add_files(command, mine_arguments->input, mine_arguments->output, "the pairs, best first; a and b are ids");
  add_mode(command, mine_arguments->mode, mine_arguments->search);
  command->add_option("--threshold", mine_arguments->threshold, kThreshold)->type_name("T");
  command->add_option("--most", mine_arguments->most, "the best so many pairs (default: all)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command->callback([mine_arguments, &run] { run = [mine_arguments] { return mine(*mine_arguments); }; });
}

}  // namespace tool
