// A model folder comes in; tables of what embedding costs go out: against texts a call, length, threads and corpus
// size.
//   bench_cost [--model DIR] [--precisions f32,int8] [--threads 1,2] [--largest N] [--corpus-model DIR]
// The table against corpus size, up to N texts (10^6 unless told), is of a model
// with random weights and two layers of 32 dimensions: what it shows is whether memory and time of what lies around the
// encoder grow with the number of texts, and a real model would take hours. --corpus-model takes one all the same. The
// other tables are of the model.
#include "corpus_cost.hpp"
#include "precision_names.hpp"

#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::string model = GLOSSA_SOURCE "/models/multilingual-e5-small";
  std::vector<std::string> precisions{"f32", "int8"};
  std::vector<std::string> threads{"1", "2"};
  std::size_t largest = 1000000;
  std::string corpus_model;
};

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--model")
      arguments.model = value;
    else if (name == "--precisions")
      arguments.precisions = bench::split(value);
    else if (name == "--threads")
      arguments.threads = bench::split(value);
    else if (name == "--largest")
      arguments.largest = std::stoul(value);
    else if (name == "--corpus-model")
      arguments.corpus_model = value;
    else
      return std::nullopt;
  }
  if (argc % 2 == 0) return std::nullopt;
  return arguments;
}

/// `count` different texts of exactly `tokens` tokens each, the special ones included.
std::vector<std::string> texts_of_length(const glossa::Embedder& embedder, std::size_t count, std::size_t tokens) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; texts.size() < count; ++i) {
    std::string text = std::to_string(i);
    while (embedder.count_tokens(text) < tokens) text += " a";
    if (embedder.count_tokens(text) == tokens) texts.push_back(text);
    if (i > 100 * count)
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.field = "--model", .problem = "no texts of " + std::to_string(tokens) + " tokens found"});
  }
  return texts;
}

/// The best of as many calls as fit into a second, at least three; in seconds.
double best_call(const glossa::Embedder& embedder, const std::vector<std::string>& texts) {
  double best = 1e30;
  const auto begin = Clock::now();
  for (int run = 0; run < 3 || Clock::now() - begin < std::chrono::seconds(1); ++run) {
    const auto start = Clock::now();
    (void)embedder.embed(texts);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Prints a cell for each engine: ms a call, and tokens/s.
void print_row(const std::string& name, const std::vector<glossa::Embedder>& engines,
               const std::vector<std::string>& texts, std::size_t tokens) {
  std::printf("| %s |", name.c_str());
  for (const glossa::Embedder& engine : engines) {
    const double seconds = best_call(engine, texts);
    std::printf(" %.1f | %.0f |", seconds * 1e3, static_cast<double>(texts.size() * tokens) / seconds);
    std::fflush(stdout);
  }
  std::printf("\n");
}

void print_head(const std::string& first, const std::vector<std::string>& names) {
  std::printf("\n| %s |", first.c_str());
  for (const std::string& name : names) std::printf(" %s, ms a call | tokens/s |", name.c_str());
  std::printf("\n|---:|");
  for (std::size_t i = 0; i < names.size(); ++i) std::printf("---:|---:|");
  std::printf("\n");
}

void print_model_tables(const Arguments& arguments) {
  std::vector<glossa::Embedder> engines;
  std::vector<std::string> names;
  for (const std::string& precision : arguments.precisions)
    for (const std::string& threads : arguments.threads) {
      engines.emplace_back(arguments.model, glossa::EmbedderOptions{.precision = bench::precision_named(precision),
                                                                    .threads = std::stoul(threads)});
      names.push_back(precision + ", " + threads + (threads == "1" ? " thread" : " threads"));
    }
  constexpr std::size_t kShort = 20;
  print_head("texts a call, " + std::to_string(kShort) + " tokens each", names);
  for (std::size_t count = 1; count <= 256; count *= 4)
    print_row(std::to_string(count), engines, texts_of_length(engines.front(), count, kShort), kShort);
  print_head("tokens a text, one text a call", names);
  for (std::size_t length = 8; length <= std::min<std::size_t>(512, engines.front().max_tokens()); length *= 2)
    print_row(std::to_string(length), engines, texts_of_length(engines.front(), 1, length), length);
  print_head("tokens a text, 4096 tokens a call", names);
  for (std::size_t length = 8; length <= std::min<std::size_t>(512, engines.front().max_tokens()); length *= 2)
    print_row(std::to_string(length), engines, texts_of_length(engines.front(), 4096 / length, length), length);
}

void print_corpus_table(const Arguments& arguments) {
  const test::SmallModel small;
  const glossa::Embedder embedder(arguments.corpus_model.empty() ? small.path()
                                                                 : std::filesystem::path(arguments.corpus_model));
  std::printf(
      "\n| texts | in parts: s | texts/s | peak MB | one call: s | texts/s | peak MB less texts and vectors |\n");
  std::printf("|---:|---:|---:|---:|---:|---:|---:|\n");
  std::vector<bench::CorpusCost> in_parts;
  for (std::size_t count = 100; count <= arguments.largest; count *= 10)
    in_parts.push_back(bench::cost_in_parts(embedder, count));
  for (const bench::CorpusCost& parts : in_parts) {
    const bench::CorpusCost whole = bench::cost_of_one_call(embedder, parts.texts);
    std::printf("| %zu | %.3f | %.0f | %.1f | %.3f | %.0f | %.1f |\n", parts.texts, parts.seconds,
                static_cast<double>(parts.texts) / parts.seconds, parts.peak_megabytes, whole.seconds,
                static_cast<double>(whole.texts) / whole.seconds, whole.peak_megabytes);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const std::optional<Arguments> arguments = parse(argc, argv);
  if (!arguments) {
    std::cerr << "usage: bench_cost [--model DIR] [--precisions f32,int8] [--threads 1,2] [--largest N] "
                 "[--corpus-model DIR]\n";
    return 2;
  }
  print_corpus_table(*arguments);  // first: the peak of the memory is the process's
  print_model_tables(*arguments);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
