// Finds the lines of a text file that fit a query, whatever language either is in:
//   semantic_search MODEL_DIR                         a bundled corpus and a few queries
//   semantic_search MODEL_DIR FILE                    a text file of your own; queries are read from standard input
//   semantic_search MODEL_DIR FILE "a query" …        queries on the command line
#include <glossa/glossa.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

// Each in another language than its answer.
const std::vector<std::string> kQueries = {
    "how much protein should a female eat",       // German
    "南瓜的家常做法",                             // German
    "¿Qué debo hacer durante un terremoto?",      // Turkish
    "Wer war der erste Mensch im Weltraum?",      // Russian
    "कौन सा पहाड़ अफ्रीका में सबसे ऊँचा है?",            // Swahili
    "我忘记了密码怎么办",                         // Japanese
    "comment les abeilles communiquent-elles ?",  // English
};

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw glossa::Error(glossa::ErrorKind::not_found, {.file = path, .problem = "cannot read the corpus"});
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

void answer(const glossa::Embedder& embedder, const glossa::Embeddings& corpus, const std::vector<std::string>& lines,
            const std::string& query) {
  std::cout << "\n" << query << '\n';
  for (const glossa::Hit& hit : glossa::top_k(embedder.embed_query(query), corpus, 3))
    std::printf("  %.3f  %s\n", static_cast<double>(hit.score), lines[hit.index].c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) return std::cerr << "usage: semantic_search MODEL_DIR [FILE [QUERY ...]]\n", 2;
  const glossa::Embedder embedder(argv[1]);
  const std::vector<std::string> lines = read_lines(argc > 2 ? argv[2] : GLOSSA_EXAMPLES "/corpus.txt");

  const auto start = std::chrono::steady_clock::now();
  const glossa::Embeddings corpus = embedder.embed_passages(lines);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%zu lines embedded in %.2f s on %zu threads\n", lines.size(), seconds.count(), embedder.info().threads);

  if (argc > 3) {
    for (int i = 3; i < argc; ++i) answer(embedder, corpus, lines, argv[i]);
  } else if (argc == 3) {
    for (std::string query; std::getline(std::cin, query);) answer(embedder, corpus, lines, query);
  } else {
    for (const std::string& query : kQueries) answer(embedder, corpus, lines, query);
  }
} catch (const glossa::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
