// A NumPy file of vectors comes in; how long mining pairs of them takes goes out as JSON, and the pairs to a file.
//
//   bench_mining --vectors base.npy [--rows N] [--mode pairs|translation] [--search exact|graph] [--neighbors 100]
//                [--most 500000] [--threshold T] [--ef 64] [--m 16] [--ef-construction 96] [--languages FILE]
//                [--threads 2] [--pairs FILE]
//
// --languages: one number a line. --pairs: int32 a and b of each pair, one after another, as numpy.fromfile() reads
// them.
#include "npy.hpp"
#include "process_stats.hpp"

#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/translation_pairs.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

struct Arguments {
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string text(const std::string& name, const std::string& other) const {
    const auto found = values.find(name);
    return found == values.end() ? other : found->second;
  }
  [[nodiscard]] std::size_t number(const std::string& name, std::size_t other) const {
    return std::stoull(text(name, std::to_string(other)));
  }
};

std::vector<glossa::MinedPair> mined(const glossa::Points<float>& points, const Arguments& arguments) {
  const auto search =
      arguments.text("search", "exact") == "graph" ? glossa::NeighborSearch::graph : glossa::NeighborSearch::exact;
  glossa::NeighborGraphOptions graph;
  graph.candidates = arguments.number("ef", graph.candidates);
  graph.hnsw.connections = arguments.number("m", graph.hnsw.connections);
  graph.hnsw.build_candidates = arguments.number("ef-construction", graph.hnsw.build_candidates);
  glossa::ClusterRun run;
  run.threads = arguments.number("threads", 2);
  if (arguments.text("mode", "pairs") == "translation") {
    std::vector<std::int32_t> languages;
    std::ifstream file(arguments.text("languages", ""));
    for (std::int32_t language = 0; file >> language && languages.size() < points.rows();)
      languages.push_back(language);
    glossa::TranslationOptions options;
    options.languages = languages;
    options.search = search;
    options.graph = graph;
    options.run = run;
    return glossa::mine_translations(points, options);
  }
  glossa::PairMiningOptions options;
  options.threshold = std::stod(arguments.text("threshold", "-1"));
  options.max_pairs = arguments.number("most", 500'000);
  options.neighbors = arguments.number("neighbors", 100);
  options.search = search;
  options.graph = graph;
  options.run = run;
  return glossa::mine_pairs(points, options);
}

void write_pairs(const std::string& path, const std::vector<glossa::MinedPair>& pairs) {
  std::vector<std::int32_t> numbers;
  for (const glossa::MinedPair& pair : pairs) {
    numbers.push_back(static_cast<std::int32_t>(pair.a));
    numbers.push_back(static_cast<std::int32_t>(pair.b));
  }
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()),
             static_cast<std::streamsize>(numbers.size() * sizeof(std::int32_t)));
}

}  // namespace

int main(int argc, char** argv) try {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) arguments.values[std::string(argv[i]).substr(2)] = argv[i + 1];
  const bench::Npy file(arguments.text("vectors", ""));
  const std::size_t rows = std::min(arguments.number("rows", file.rows()), file.rows());
  // Read once, so that the time is not the disk's.
  const std::vector<float> values(file.floats(), file.floats() + rows * file.columns());
  const double before = bench::peak_megabytes();
  const auto start = std::chrono::steady_clock::now();
  const auto pairs = mined({values.data(), rows, file.columns()}, arguments);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf(
      "{\"rows\": %zu, \"dims\": %zu, \"seconds\": %.3f, \"pairs\": %zu, \"last_score\": %.6f, "
      "\"megabytes\": %.0f, \"vector_megabytes\": %.0f}\n",
      rows, file.columns(), seconds, pairs.size(), pairs.empty() ? 0.0 : static_cast<double>(pairs.back().score),
      bench::peak_megabytes() - before, static_cast<double>(values.size()) * sizeof(float) / 1e6);
  if (const std::string path = arguments.text("pairs", ""); !path.empty()) write_pairs(path, pairs);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_mining: %s\n", error.what());
  return 1;
}
