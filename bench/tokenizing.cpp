// Files of texts come in, a line a text; the speed at which one thread turns them into tokens goes out, in MB/s.
//   bench_tokenizing [--model DIR] [FILE]...        by default the bundled texts in many languages
// Two speeds a file, since the tokenizer remembers words: "unseen", of texts of whose words it has none in memory, which
// others have filled, though it has just worked with the parts of the vocabulary that they take; and "again", of the same
// texts once more. What people have lies between the two. Blank lines and headings ("# en") are left out.
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

/// The lines of a file, each once. Errors: `not_found`.
Texts read_texts(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw glossa::Error(glossa::ErrorKind::not_found, {.file = path, .problem = "there is no such file"});
  Texts texts;
  std::unordered_set<std::string> known;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("? ")) line.erase(0, 2);  // workload_texts.txt marks questions
    if (line.empty() || line.starts_with("# ") || !known.insert(line).second) continue;
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
    for (int word = 0; word < 20; ++word) text += "w" + std::to_string(i * 20 + word) + " ";
    (void)tokenizer.encode(text);
  }
}

void measure(const glossa::Tokenizer& tokenizer, const std::string& path) {
  const Texts texts = read_texts(path);
  bench::Samples first;
  bench::Samples again;
  std::size_t tokens = 0;
  for (int run = 0; run < kRuns; ++run) {
    forget_words(tokenizer);
    // With special strings as text, it neither asks its memory nor adds to it.
    (void)encode_all(tokenizer, texts, tokens, {.specials = glossa::Specials::text});
    first.add(encode_all(tokenizer, texts, tokens));
    for (int pass = 0; pass < 5; ++pass) again.add(encode_all(tokenizer, texts, tokens));
  }
  const auto rate = [&](double seconds) { return static_cast<double>(texts.bytes) / seconds / 1e6; };
  std::printf("%-28s %6zu texts %8.1f KB %8zu tokens   unseen %6.1f (best %6.1f)   again %6.1f (best %6.1f) MB/s\n",
              std::filesystem::path(path).filename().string().c_str(), texts.lines.size(),
              static_cast<double>(texts.bytes) / 1e3, tokens, rate(first.median()), rate(first.best()),
              rate(again.median()), rate(again.best()));
}

}  // namespace

int main(int argc, char** argv) try {
  std::filesystem::path model = GLOSSA_SOURCE "/models/multilingual-e5-small";
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--model" && i + 1 < argc)
      model = argv[++i];
    else
      files.emplace_back(argv[i]);
  }
  if (files.empty()) files = {GLOSSA_SOURCE "/examples/corpus.txt", GLOSSA_SOURCE "/bench/workload_texts.txt"};
  const glossa::Tokenizer tokenizer(model);
  for (const std::string& file : files) measure(tokenizer, file);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
