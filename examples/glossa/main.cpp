// The glossa command: embeds, tokenises and compares texts, and looks after model folders.
#include "commands.hpp"
#include "tool_error.hpp"

#include <glossa/core/error.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <functional>
#include <iostream>
#include <new>
#include <string>
#include <vector>

namespace {

constexpr int kFailed = 1;
constexpr int kBadArguments = 2;

/// Beyond what is of use; a negative number would turn into a large one.
constexpr int kMostThreads = 1024;
constexpr int kMostTokens = 1 << 20;

void add_model(CLI::App* command, std::string& model) {
  command->add_option("--model", model, "folder of the model")->required()->type_name("DIR");
}

void add_role(CLI::App* command, std::string& role) {
  command->add_option("--role", role, "what the texts are to the model; decides on the prompt before them")
      ->check(CLI::IsMember({"query", "passage", "none"}))
      ->capture_default_str();
}

void add_specials(CLI::App* command, std::string& specials) {
  command->add_option("--specials", specials, "take strings such as </s> in texts as special tokens or as text")
      ->check(CLI::IsMember({"special", "text"}))
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Multilingual text embeddings.", "glossa");
  app.require_subcommand(1);
  std::function<int()> run;

  tool::EmbedArguments embed;
  CLI::App* command = app.add_subcommand("embed", "turn texts into vectors");
  add_model(command, embed.model);
  add_role(command, embed.role);
  command->add_option("--input", embed.input, "texts; - reads standard input")->type_name("F|-")->capture_default_str();
  command
      ->add_option("--format", embed.format, "a text a line, or JSON objects with a field \"text\" (default: by name)")
      ->check(CLI::IsMember({"lines", "jsonl"}));
  command->add_option("--output", embed.output, "where the vectors go; - writes standard output")
      ->required()
      ->type_name("F|-");
  command->add_option("--output-format", embed.output_format, "NumPy array or JSON lines (default: by name)")
      ->check(CLI::IsMember({"npy", "jsonl"}));
  command->add_option("--precision", embed.precision, "arithmetic of the encoder")
      ->check(CLI::IsMember({"automatic", "f32", "bf16", "int8", "int4", "f64"}))
      ->capture_default_str();
  command->add_option("--threads", embed.threads, "threads (default: as many as the process may use)")
      ->type_name("N")
      ->check(CLI::Range(0, kMostThreads));
  command->add_option("--dims", embed.dims, "keep the first D dimensions")
      ->type_name("D")
      ->check(CLI::Range(0, kMostTokens));
  command->add_option("--policy", embed.policy, "what happens to texts that are too long for the model")
      ->check(CLI::IsMember({"truncate", "error", "windows"}))
      ->capture_default_str();
  command->add_option("--overlap", embed.overlap, "tokens that neighbouring windows share")
      ->check(CLI::Range(0, kMostTokens))
      ->capture_default_str();
  command->add_flag("--keep-windows", embed.keep_windows, "with --policy windows and jsonl, write every window too");
  command->add_flag("--receipts", embed.receipts,
                    "with jsonl, write how many tokens each text had and whether it was cut");
  add_specials(command, embed.specials);
  command->callback([&] { run = [&] { return tool::embed(embed); }; });

  tool::TokenizeArguments tokenize;
  command = app.add_subcommand("tokenize",
                               "turn texts into token ids: JSON lines with \"text\" in, ids, tokens and offsets out");
  add_model(command, tokenize.model);
  add_specials(command, tokenize.specials);
  command->add_option("--engine", tokenize.engine, "segment as Hugging Face does, or by the sentencepiece library")
      ->check(CLI::IsMember({"glossa", "sentencepiece"}))
      ->capture_default_str();
  command->add_option("--input", tokenize.input, "JSON lines; - reads standard input")
      ->type_name("F|-")
      ->capture_default_str();
  command->add_option("--output", tokenize.output, "- writes standard output")->type_name("F|-")->capture_default_str();
  command->callback([&] { run = [&] { return tool::tokenize(tokenize); }; });

  tool::SimilarityArguments similarity;
  command = app.add_subcommand("similarity", "print the cosine of two texts");
  add_model(command, similarity.model);
  add_role(command, similarity.role);
  command->add_option("A", similarity.first, "a text")->required();
  command->add_option("B", similarity.second, "another")->required();
  command->callback([&] { run = [&] { return tool::similarity(similarity); }; });

  std::string folder;
  command = app.add_subcommand("info", "tell what a model folder holds");
  command->add_option("DIR", folder, "folder of the model")->required();
  command->callback([&] { run = [&] { return tool::info(folder); }; });

  command = app.add_subcommand("verify", "check a model on this machine against known ids and vectors");
  command->add_option("DIR", folder, "folder of the model")->required();
  command->callback([&] { run = [&] { return tool::verify(folder); }; });

  tool::QuantizeArguments quantize;
  command = app.add_subcommand("quantize", "write a model folder whose weights have 8 or 4 bits and load by mapping");
  add_model(command, quantize.model);
  command->add_option("--precision", quantize.precision, "form of the weights")
      ->required()
      ->check(CLI::IsMember({"int8", "int4"}));
  command
      ->add_option("--calibration", quantize.calibration,
                   "texts like those to embed, one a line, that decide on the rounding (default: texts of its own)")
      ->type_name("F|-");
  command->add_option("--output", quantize.output, "folder to make")->required()->type_name("DIR");
  command->callback([&] { run = [&] { return tool::quantize(quantize); }; });

  std::string blob;
  std::string form = "f32";
  command = app.add_subcommand("convert-e5s1", "make a Hugging Face folder from a 4-bit model blob");
  command->add_option("BLOB", blob, "the blob")->required();
  command->add_option("DIR", folder, "folder to make")->required();
  command->add_option("--precision", form, "weights as floats, or in the blob's own 4-bit blocks")
      ->check(CLI::IsMember({"f32", "int4"}))
      ->capture_default_str();
  command->callback([&] { run = [&] { return tool::convert_e5s1(blob, folder, form); }; });

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    // An argument that nobody knows tells more than the option that is missing because of it.
    const std::vector<std::string> unknown = app.remaining(true);
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    std::cerr << "glossa: " << (unknown.empty() ? error.what() : "unknown argument: " + unknown.front())
              << " (see glossa " << (chosen.empty() ? "" : chosen.front()->get_name() + " ") << "--help)\n";
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
