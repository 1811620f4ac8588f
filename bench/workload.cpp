// The shared workload comes in (single queries, sentences, passages); one JSON line with this library's speed goes out.
//   bench_workload MODEL_DIR WORKLOAD.json [THREADS [f32|bf16|int8|int4]]
// The workload is an object of three lists of texts: Q single queries, S sentences, P passages. The measures are the
// p50 of single queries, sentences/s and passage tokens/s in bulk (the best of three runs), peak memory, and the time
// from process start to the first vector. Texts that stand there twice are left out: encoding them once, as the
// library does, would flatter the rate.
#include "process_stats.hpp"

#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The best of three runs over all texts, in seconds, and the tokens they hold.
std::pair<double, std::size_t> best_of_three(const glossa::Embedder& embedder, const std::vector<std::string>& texts) {
  double best = 1e30;
  std::size_t tokens = 0;
  for (int run = 0; run < 3; ++run) {
    const auto start = Clock::now();
    const glossa::Embeddings vectors = embedder.embed(texts);
    best = std::min(best, seconds_since(start));
    tokens = 0;
    for (const glossa::Receipt& receipt : vectors.receipts()) tokens += receipt.used_tokens;
  }
  return {best, tokens};
}

std::vector<std::string> without_repeats(const std::vector<std::string>& texts) {
  std::set<std::string> seen;
  std::vector<std::string> out;
  for (const std::string& text : texts)
    if (seen.insert(text).second) out.push_back(text);
  return out;
}

/// Errors: Error for a name that no precision has.
glossa::Precision precision_from(std::string_view name) {
  using enum glossa::Precision;
  for (const auto precision : {f32, bf16, int8})
    if (name == to_string(precision)) return precision;
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "precision", .found = std::string(name)});
}

}  // namespace

int main(int argc, char** argv) try {
  const double age = bench::process_age_seconds();
  const auto start = Clock::now();
  if (argc < 3) {
    std::cerr << "usage: bench_workload MODEL_DIR WORKLOAD.json [THREADS [f32|bf16|int8|int4]]\n";
    return 2;
  }
  const std::size_t threads = argc > 3 ? std::stoul(argv[3]) : 0;
  const glossa::Embedder embedder(argv[1],
                                  {.precision = precision_from(argc > 4 ? argv[4] : "f32"), .threads = threads});
  (void)embedder.embed("query: hello");
  const double cold_start = age + seconds_since(start);
  const nlohmann::json workload =
      glossa::detail::parse_json(glossa::detail::view(glossa::detail::read_bytes(argv[2], 1u << 30)), argv[2]);
  const auto queries = workload.at("Q").get<std::vector<std::string>>();
  const auto sentences = without_repeats(workload.at("S").get<std::vector<std::string>>());
  const auto passages = without_repeats(workload.at("P").get<std::vector<std::string>>());

  std::vector<double> times;
  for (const std::string& query : queries) {
    const auto begin = Clock::now();
    (void)embedder.embed(query);
    times.push_back(seconds_since(begin));
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  const auto [sentence_seconds, sentence_tokens] = best_of_three(embedder, sentences);
  const auto [passage_seconds, passage_tokens] = best_of_three(embedder, passages);
  std::printf(
      "{\"engine\":\"glossa %s %s\",\"threads\":%zu,\"Q_p50_ms\":%.2f,\"S_per_s\":%.1f,\"S_tokens_per_s\":%.0f,"
      "\"P_tokens_per_s\":%.0f,\"peak_MB\":%.0f,\"cold_start_s\":%.2f}\n",
      to_string(embedder.info().precision), embedder.info().instruction_set.c_str(), embedder.info().threads,
      times[times.size() / 2] * 1e3, static_cast<double>(sentences.size()) / sentence_seconds,
      static_cast<double>(sentence_tokens) / sentence_seconds, static_cast<double>(passage_tokens) / passage_seconds,
      bench::peak_megabytes(), cold_start);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
