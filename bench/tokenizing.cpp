// Files of texts come in, a line a text; the speed at which one thread turns them into tokens goes out, in MB/s.
//   bench_tokenizing [--model DIR] [FILE]...        by default the bundled texts in many languages
//   bench_tokenizing [--model DIR] --once FILE      the seconds of a new tokenizer's first pass, and the tokens
// Three speeds a file, since the tokenizer remembers words, and processors remember memory:
//   cold    none of the texts' words is in the tokenizer's memory, which others have filled, and these have driven what
//           the texts take of the vocabulary from the nearer caches, too: the first texts in a language
//   unseen  the same, but that part of the vocabulary has just been in use: a long run that meets new words
//   again   the same texts once more
// What people have lies between the last two. Blank lines and headings ("# en") are left out.
#include "samples.hpp"

#include <glossa/glossa.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <unordered_set>
#include <vector>

namespace {

constexpr int kRuns = 21;

struct Texts {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
};

/// The lines of a file, each once; without blank lines and headings, unless `all`. Errors: `not_found`.
Texts read_texts(const std::string& path, bool all = false) {
  std::ifstream file(path);
  if (!file) throw glossa::Error(glossa::ErrorKind::not_found, {.file = path, .problem = "there is no such file"});
  Texts texts;
  std::unordered_set<std::string> known;
  for (std::string line; std::getline(file, line);) {
    if (!all && line.starts_with("? ")) line.erase(0, 2);  // workload_texts.txt marks questions
    if (!all && (line.empty() || line.starts_with("# "))) continue;
    if (!known.insert(line).second) continue;
    texts.bytes += line.size();
    texts.lines.push_back(line);
  }
  return texts;
}

/// Seconds for all texts; adds up their tokens.
double encode_all(const glossa::Tokenizer& tokenizer, const Texts& texts, std::size_t& tokens,
                  const glossa::EncodeOptions& options = {}) {
  const auto start = std::chrono::steady_clock::now();
  tokens = 0;
  for (const std::string& text : texts.lines) tokens += tokenizer.encode(text, options).ids.size();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Fills a tokenizer's memory of words, of 32,768 places, with some that no text has: about 1 % of the others stay.
void forget_words(const glossa::Tokenizer& tokenizer) {
  for (int i = 0; i < 7500; ++i) {
    std::string text;
    for (int word = 0; word < 20; ++word) text.append("w").append(std::to_string(i * 20 + word)).append(" ");
    (void)tokenizer.encode(text);
  }
}

void measure(const glossa::Tokenizer& tokenizer, const std::string& path) {
  const Texts texts = read_texts(path);
  bench::Samples cold;
  bench::Samples unseen;
  bench::Samples again;
  std::size_t tokens = 0;
  for (int run = 0; run < kRuns; ++run) {
    forget_words(tokenizer);
    cold.add(encode_all(tokenizer, texts, tokens));
    forget_words(tokenizer);
    // With special strings as text, it neither asks its memory nor adds to it.
    (void)encode_all(tokenizer, texts, tokens, {.specials = glossa::Specials::text});
    unseen.add(encode_all(tokenizer, texts, tokens));
    for (int pass = 0; pass < 5; ++pass) again.add(encode_all(tokenizer, texts, tokens));
  }
  std::printf("%s: %zu texts, %.1f KB, %zu tokens; MB/s:", std::filesystem::path(path).filename().string().c_str(),
              texts.lines.size(), static_cast<double>(texts.bytes) / 1e3, tokens);
  const auto print = [&](const char* name, const bench::Samples& samples) {
    const auto rate = [&](double seconds) { return static_cast<double>(texts.bytes) / seconds / 1e6; };
    std::printf("  %s %.1f (best %.1f)", name, rate(samples.median()), rate(samples.best()));
  };
  print("cold", cold);
  print("unseen", unseen);
  print("again", again);
  std::printf("\n");
}

void measure_once(const glossa::Tokenizer& tokenizer, const std::string& path) {
  std::size_t tokens = 0;
  const double seconds = encode_all(tokenizer, read_texts(path, true), tokens);
  std::printf("%.6f s, %zu tokens\n", seconds, tokens);
}

}  // namespace

int main(int argc, char** argv) try {
  std::filesystem::path model = GLOSSA_SOURCE "/models/multilingual-e5-small";
  bool once = false;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--model" && i + 1 < argc)
      model = argv[++i];
    else if (std::string(argv[i]) == "--once")
      once = true;
    else
      files.emplace_back(argv[i]);
  }
  if (files.empty()) files = {GLOSSA_SOURCE "/examples/corpus.txt", GLOSSA_SOURCE "/bench/workload_texts.txt"};
  const glossa::Tokenizer tokenizer(model);
  for (const std::string& file : files) (once ? measure_once : measure)(tokenizer, file);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
