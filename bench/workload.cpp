// The workload comes in (single queries, sentences, passages); one JSON line with this library's speed goes out.
//   bench_workload MODEL_DIR WORKLOAD.json [THREADS [PRECISION [VECTORS]]]
// The workload is an object of three lists of texts: Q single queries, S sentences, P passages. The measures are the
// p50 of single queries, sentences/s and passage tokens/s in bulk (the best of three runs), peak memory, and the time
// from process start to the first vector. Texts that stand there twice are left out: encoding them once, as the
// library does, would flatter the rate. VECTORS is a file to write the vectors of S and P to, as bare floats.
#include "precision_names.hpp"
#include "process_stats.hpp"

#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Bulk {
  double seconds = 1e30;
  std::size_t tokens = 0;
  glossa::Embeddings vectors;
};

/// The best of three runs over all texts.
Bulk best_of_three(const glossa::Embedder& embedder, const std::vector<std::string>& texts) {
  Bulk bulk;
  for (int run = 0; run < 3; ++run) {
    const auto start = Clock::now();
    bulk.vectors = embedder.embed(texts);
    bulk.seconds = std::min(bulk.seconds, seconds_since(start));
  }
  for (const glossa::Receipt& receipt : bulk.vectors.receipts()) bulk.tokens += receipt.used_tokens;
  return bulk;
}

/// The p50 of three rounds of single queries, in seconds.
double median_latency(const glossa::Embedder& embedder, const std::vector<std::string>& queries) {
  std::vector<double> times;
  for (int round = 0; round < 3; ++round)
    for (const std::string& query : queries) {
      const auto begin = Clock::now();
      (void)embedder.embed(query);
      times.push_back(seconds_since(begin));
    }
  if (times.empty()) return 0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

void write_vectors(const std::string& path, const Bulk& sentences, const Bulk& passages) {
  std::ofstream file(path, std::ios::binary);
  for (const Bulk* bulk : {&sentences, &passages}) {
    const std::span<const float> values = bulk->vectors.values();
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  }
  if (!file.flush()) throw std::runtime_error(path + ": cannot write the vectors");
}

std::vector<std::string> without_repeats(const std::vector<std::string>& texts) {
  std::set<std::string> seen;
  std::vector<std::string> out;
  for (const std::string& text : texts)
    if (seen.insert(text).second) out.push_back(text);
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  const double age = bench::process_age_seconds();
  const auto start = Clock::now();
  if (argc < 3) {
    std::cerr << "usage: bench_workload MODEL_DIR WORKLOAD.json [THREADS [PRECISION [VECTORS]]]\n";
    return 2;
  }
  const std::size_t threads = argc > 3 ? std::stoul(argv[3]) : 0;
  const glossa::Precision precision = bench::precision_named(argc > 4 ? argv[4] : "f32");
  const glossa::Embedder embedder(argv[1], {.precision = precision, .threads = threads});
  (void)embedder.embed("query: hello");
  const double cold_start = age + seconds_since(start);
  const nlohmann::json workload =
      glossa::detail::parse_json(glossa::detail::view(glossa::detail::read_bytes(argv[2], 1u << 30)), argv[2]);
  const auto queries = workload.at("Q").get<std::vector<std::string>>();
  const auto sentences = without_repeats(workload.at("S").get<std::vector<std::string>>());
  const auto passages = without_repeats(workload.at("P").get<std::vector<std::string>>());

  const double latency = median_latency(embedder, queries);
  const Bulk short_texts = best_of_three(embedder, sentences);
  const Bulk long_texts = best_of_three(embedder, passages);
  const double peak_memory = bench::peak_megabytes();
  if (argc > 5) write_vectors(argv[5], short_texts, long_texts);
  std::printf(
      "{\"engine\":\"glossa %s %s\",\"threads\":%zu,\"Q_p50_ms\":%.2f,\"S_per_s\":%.1f,\"S_tokens_per_s\":%.0f,"
      "\"P_tokens_per_s\":%.0f,\"peak_MB\":%.0f,\"cold_start_s\":%.2f}\n",
      to_string(embedder.info().precision), embedder.info().instruction_set.c_str(), embedder.info().threads,
      latency * 1e3, static_cast<double>(sentences.size()) / short_texts.seconds,
      static_cast<double>(short_texts.tokens) / short_texts.seconds,
      static_cast<double>(long_texts.tokens) / long_texts.seconds, peak_memory, cold_start);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
