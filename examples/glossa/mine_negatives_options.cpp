// The command line comes in; the arguments of glossa mine-negatives go out.
#include "command_line.hpp"
#include "mine_negatives_arguments.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

void add_files(CLI::App* command, MineNegativesArguments& arguments) {
  command
      ->add_option("--data", arguments.data,
                   R"(rows: JSON lines {"anchor", "positive", "negatives" if any} or tables (.tsv, .csv); several)")
      ->required()
      ->type_name("F");
  command
      ->add_option("--field", arguments.fields,
                   "what the data call a field: anchor=question; one of anchor, positive, negatives, label, language, "
                   "source and group")
      ->type_name("NAME=OWN");
  command
      ->add_option("--corpus", arguments.corpus,
                   R"(texts to search: JSON lines {"title" if any, "text"}, or .txt with a text a line (default: the )"
                   "positives of the data)")
      ->type_name("F");
  command
      ->add_option("--output", arguments.output,
                   "the rows with their negatives, as JSON lines; - writes standard output")
      ->required()
      ->type_name("F|-");
  command->add_option("--bad-lines", arguments.bad_lines, "what happens to lines of the data that are no rows")
      ->check(CLI::IsMember({"refuse", "skip"}))
      ->capture_default_str();
}

void add_choices(CLI::App* command, MineNegativesArguments& arguments) {
  command->add_option("--negatives", arguments.negatives, "of each row, at most")
      ->type_name("N")
      ->check(CLI::Range(1, kMost))
      ->capture_default_str();
  command
      ->add_option("--ranks", arguments.ranks,
                   "FROM:TO, from 0: texts at these ranks are looked at, of those that do not belong to the anchor")
      ->type_name("A:B")
      ->capture_default_str();
  command->add_option("--margin", arguments.margin, "a negative's cosine is below the positive's by more than this")
      ->type_name("M")
      ->check(between(-2, 2));
  command
      ->add_option("--relative", arguments.relative, "a negative's cosine is below this share of the positive's: 0.95")
      ->type_name("S")
      ->check(between(0, 1));
  command->add_option("--threshold", arguments.threshold, "a negative's cosine is below this")
      ->type_name("T")
      ->check(between(-1, 1));
  command->add_option("--teacher", arguments.teacher, "folder of the model whose cosines these three are about")
      ->type_name("DIR");
  command
      ->add_option("--choice", arguments.choice, "which are taken where there are more: of the lowest ranks, or drawn")
      ->check(CLI::IsMember({"hardest", "random"}))
      ->capture_default_str();
  command->add_option("--seed", arguments.seed, "of --choice random")->type_name("N")->capture_default_str();
  command->add_flag("--replace", arguments.replace,
                    "leave out the negatives that rows have, in place of adding to them");
}

}  // namespace

void add_mine_negatives_command(CLI::App& app, Run& run) {
  const auto arguments = std::make_shared<MineNegativesArguments>();
  CLI::App* command = app.add_subcommand(
      "mine-negatives", "find hard negatives to train on: texts that are like an anchor and do not belong to it");
  add_model(command, arguments->model);
  add_files(command, *arguments);
  add_choices(command, *arguments);
  command->add_option("--anchor-role", arguments->anchor_role, "what anchors are to the models; decides on the prompt")
      ->check(CLI::IsMember({"query", "passage", "none"}))
      ->capture_default_str();
  command->add_option("--corpus-role", arguments->corpus_role, "the same of positives and of the corpus")
      ->check(CLI::IsMember({"query", "passage", "none"}))
      ->capture_default_str();
  command
      ->add_option("--search", arguments->search,
                   "compare anchors with all texts, or with those that a graph leads to (default: exact up to 100,000 "
                   "texts)")
      ->check(CLI::IsMember({"exact", "graph"}));
  add_precision(command, arguments->precision);
  add_threads(command, arguments->threads);
  command->callback([arguments, &run] { run = [arguments] { return mine_negatives(*arguments); }; });
}

}  // namespace tool
