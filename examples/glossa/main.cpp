// The glossa command: embeds, finds, groups, tokenises and compares texts, and evaluates and looks after models.
#include "command_line.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "tool_error.hpp"

#include <glossa/core/error.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

namespace {

using tool::ConvertArguments;
using tool::EmbedArguments;
using tool::QuantizeArguments;
using tool::Run;
using tool::SimilarityArguments;
using tool::TokenizeArguments;

constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

void add_embed(CLI::App& app, EmbedArguments& arguments, Run& run) {
  CLI::App* command = app.add_subcommand("embed", "turn texts into vectors");
  tool::add_model(command, arguments.model);
  tool::add_role(command, arguments.role);
  command->add_option("--input", arguments.input, "texts; - reads standard input")
      ->type_name("F|-")
      ->capture_default_str();
  command
      ->add_option("--format", arguments.format,
                   "a text a line, or JSON objects with a field \"text\" (default: by name)")
      ->check(CLI::IsMember({"lines", "jsonl"}));
  command->add_option("--output", arguments.output, "where the vectors go; - writes standard output")
      ->required()
      ->type_name("F|-");
  command->add_option("--output-format", arguments.output_format, "NumPy array or JSON lines (default: by name)")
      ->check(CLI::IsMember({"npy", "jsonl"}));
  tool::add_precision(command, arguments.precision);
  tool::add_threads(command, arguments.threads);
  tool::add_dims(command, arguments.dims);
  command->add_option("--policy", arguments.policy, "what happens to texts that are too long for the model")
      ->check(CLI::IsMember({"truncate", "error", "windows"}))
      ->capture_default_str();
  command->add_option("--overlap", arguments.overlap, "tokens that neighbouring windows share")
      ->check(CLI::Range(0, tool::kMostTokens))
      ->capture_default_str();
  command->add_flag("--keep-windows", arguments.keep_windows,
                    "with --policy windows and jsonl, write every window too");
  command->add_flag("--receipts", arguments.receipts,
                    "with jsonl, write how many tokens each text had and whether it was cut");
  tool::add_specials(command, arguments.specials);
  command->callback([&] { run = [&] { return tool::embed(arguments); }; });
}

void add_tokenize(CLI::App& app, TokenizeArguments& arguments, Run& run) {
  CLI::App* command = app.add_subcommand(
      "tokenize", "turn texts into token ids: JSON lines with \"text\" in, ids, tokens and offsets out");
  tool::add_model(command, arguments.model);
  tool::add_specials(command, arguments.specials);
  command->add_option("--engine", arguments.engine, "segment as Hugging Face does, or by the sentencepiece library")
      ->check(CLI::IsMember({"glossa", "sentencepiece"}))
      ->capture_default_str();
  command->add_option("--input", arguments.input, "JSON lines; - reads standard input")
      ->type_name("F|-")
      ->capture_default_str();
  command->add_option("--output", arguments.output, "- writes standard output")
      ->type_name("F|-")
      ->capture_default_str();
  command->callback([&] { run = [&] { return tool::tokenize(arguments); }; });
}

void add_similarity(CLI::App& app, SimilarityArguments& arguments, Run& run) {
  CLI::App* command = app.add_subcommand("similarity", "print the cosine of two texts");
  tool::add_model(command, arguments.model);
  tool::add_role(command, arguments.role);
  command->add_option("A", arguments.first, "a text")->required();
  command->add_option("B", arguments.second, "another")->required();
  command->callback([&] { run = [&] { return tool::similarity(arguments); }; });
}

void add_info_and_verify(CLI::App& app, std::string& folder, Run& run) {
  CLI::App* command = app.add_subcommand("info", "tell what a model folder holds");
  command->add_option("DIR", folder, "folder of the model")->required();
  command->callback([&] { run = [&] { return tool::info(folder); }; });

  command = app.add_subcommand("verify", "check a model on this machine against known ids and vectors");
  command->add_option("DIR", folder, "folder of the model")->required();
  command->callback([&] { run = [&] { return tool::verify(folder); }; });
}

void add_quantize(CLI::App& app, QuantizeArguments& arguments, Run& run) {
  CLI::App* command =
      app.add_subcommand("quantize", "write a model folder whose weights have 8 or 4 bits and load by mapping");
  tool::add_model(command, arguments.model);
  command->add_option("--precision", arguments.precision, "form of the weights")
      ->required()
      ->check(CLI::IsMember({"int8", "int4"}));
  command
      ->add_option("--calibration", arguments.calibration,
                   "texts like those to embed, one a line, that decide on the rounding (default: texts of its own)")
      ->type_name("F|-");
  command->add_option("--output", arguments.output, "folder to make")->required()->type_name("DIR");
  command->callback([&] { run = [&] { return tool::quantize(arguments); }; });
}

void add_convert(CLI::App& app, ConvertArguments& arguments, Run& run) {
  CLI::App* command = app.add_subcommand("convert-e5s1", "make a Hugging Face folder from a 4-bit model blob");
  command->add_option("BLOB", arguments.blob, "the blob")->required();
  command->add_option("DIR", arguments.folder, "folder to make")->required();
  command->add_option("--precision", arguments.precision, "weights as floats, or in the blob's own 4-bit blocks")
      ->check(CLI::IsMember({"f32", "int4"}))
      ->capture_default_str();
  command->callback([&] { run = [&] { return tool::convert_e5s1(arguments); }; });
}

}  // namespace

int main(int argc, char** argv) {
  tool::ignore_file_limit_signal();
  CLI::App app("Multilingual text embeddings and search.", "glossa");
  app.require_subcommand(1);
  tool::Run run;
  tool::EmbedArguments embed;
  tool::TokenizeArguments tokenize;
  tool::SimilarityArguments similarity;
  std::string folder;
  tool::QuantizeArguments quantize;
  tool::ConvertArguments convert;
  add_embed(app, embed, run);
  tool::add_index_commands(app, run);
#if defined(GLOSSA_TOOL_HAS_STORE)
  tool::add_store_commands(app, run);
#endif
  tool::add_cluster_command(app, run);
  tool::add_mining_commands(app, run);
  tool::add_train_command(app, run);
  tool::add_mine_negatives_command(app, run);
  tool::add_eval_commands(app, run);
  add_tokenize(app, tokenize, run);
  add_similarity(app, similarity, run);
  add_info_and_verify(app, folder, run);
  add_quantize(app, quantize, run);
  tool::add_export_commands(app, run);
  add_convert(app, convert, run);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    // An argument that nobody knows tells more than the option that is missing because of it.
    const std::vector<std::string> unknown = app.remaining(true);
    std::string chosen;
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
      at = at->get_subcommands().front();
      if (!at->get_name().empty()) chosen += at->get_name() + " ";
    }
    std::cerr << "glossa: " << (unknown.empty() ? error.what() : "unknown argument: " + unknown.front())
              << " (see glossa " << chosen << "--help)\n";
    return kBadArguments;
  }
  try {
    const int status = run();
    if (!std::cout.flush())
      throw glossa::Error(
          glossa::ErrorKind::io,
          {.file = "standard output", .problem = "cannot write", .remedy = "is the disk full, or its reader gone?"});
    return status;
  } catch (const glossa::Error& error) {
    std::cerr << "glossa: " << tool::tool_error(error).what() << '\n';
    return error.kind() == glossa::ErrorKind::invalid_argument ? kBadArguments : kFailed;
  } catch (const std::bad_alloc&) {
    std::cerr << "glossa: out of memory; use fewer threads or shorter lines\n";
  } catch (const std::exception& error) {
    std::cerr << "glossa: " << error.what() << '\n';
  }
  return kFailed;
}
