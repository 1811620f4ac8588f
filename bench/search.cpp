// Vectors, queries and their true neighbours come in; how fast and how well an index finds them goes out, as JSON.
//   bench_search --data FOLDER --kind flat|hnsw|ivf --vectors f32|bf16|f16|int8|binary [--rescore FORM] [--threads 2]
//                [--rows N] [--m 16] [--ef-construction 128] [--ef 16,32,…] [--probes 8,16,…] [--batch 1,64]
//                [--rescored N]
// FOLDER holds base.npy, queries.npy and truth.npy, as make_search_data.py writes them.
#include "npy.hpp"
#include "process_stats.hpp"
#include "samples.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Hits = std::vector<std::vector<glossa::Neighbor>>;

constexpr std::size_t kTop = 10;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Arguments {
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
  [[nodiscard]] std::size_t number(const std::string& name, std::size_t otherwise) const {
    return std::stoul(text(name, std::to_string(otherwise)));
  }
  [[nodiscard]] std::vector<std::size_t> numbers(const std::string& name, const std::string& otherwise) const {
    std::istringstream list(text(name, otherwise));
    std::vector<std::size_t> out;
    for (std::string item; std::getline(list, item, ',');) out.push_back(std::stoul(item));
    return out;
  }
};

glossa::VectorForm form_of(const std::string& name) {
  using enum glossa::VectorForm;
  for (const auto form : {f32, bf16, f16, int8, binary})
    if (name == to_string(form)) return form;
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--vectors", .found = name});
}

struct Data {
  bench::Npy base;
  bench::Npy queries;
  bench::Npy truth;
  std::size_t rows;

  [[nodiscard]] glossa::Embeddings some_queries(std::size_t first, std::size_t count) const {
    glossa::Embeddings out(count, queries.columns());
    std::copy_n(queries.floats() + first * queries.columns(), count * queries.columns(), out.values().data());
    return out;
  }

  [[nodiscard]] double recall(const Hits& hits) const {
    std::size_t found = 0;
    for (std::size_t q = 0; q < hits.size(); ++q)
      for (const glossa::Neighbor& hit : hits[q])
        for (std::size_t k = 0; k < kTop; ++k)
          found += static_cast<std::uint64_t>(truth.integer(q, k)) == hit.id ? 1 : 0;
    return static_cast<double>(found) / static_cast<double>(hits.size() * kTop);
  }
};

/// Adds all rows in parts; the seconds, without those of reading them.
template <class Index>
double build(Index& index, const Data& data) {
  constexpr std::size_t kPart = 100000;
  double seconds = 0;
  for (std::size_t first = 0; first < data.rows; first += kPart) {
    glossa::Embeddings part(std::min(kPart, data.rows - first), data.base.columns());
    std::copy_n(data.base.floats() + first * part.dims(), part.rows() * part.dims(), part.values().data());
    std::vector<std::uint64_t> ids(part.rows());
    std::iota(ids.begin(), ids.end(), first);
    const auto start = Clock::now();
    index.add(ids, part);
    seconds += seconds_since(start);
  }
  return seconds;
}

/// Queries in batches: recall, queries a second (median of five passes), and how long batches of one take.
template <class Index>
std::string run(const Index& index, const Data& data, const std::string& name, std::size_t value, std::size_t batch,
                const glossa::IndexSearchOptions& options) {
  const std::size_t count =
      batch == 1 ? std::min<std::size_t>(data.queries.rows(), 1000) : data.queries.rows() / batch * batch;
  bench::Samples passes;
  std::vector<double> times;
  Hits hits;
  const int rounds = 5;
  for (int round = 0; round < rounds; ++round) {
    hits.clear();
    double seconds = 0;
    const auto began = Clock::now();
    for (std::size_t first = 0; first < count; first += batch) {
      const glossa::Embeddings queries = data.some_queries(first, batch);
      const auto start = Clock::now();
      Hits part;
      if (batch == 1) {
        part.push_back(index.search(queries[0], kTop, options));
      } else {
        part = index.search(queries, kTop, options);
      }
      times.push_back(seconds_since(start));
      seconds += times.back();
      for (auto& one : part) hits.push_back(std::move(one));
    }
    passes.add(seconds);
    if (seconds_since(began) > 10) break;  // long enough to be sure
  }
  std::sort(times.begin(), times.end());
  const auto milliseconds = [&](double share) {
    return 1e3 * times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  char line[300];
  std::snprintf(line, sizeof line,
                "{\"%s\": %zu, \"batch\": %zu, \"recall10\": %.5f, \"qps\": %.2f, \"p50_ms\": %.4f, \"p99_ms\": %.4f}",
                name.c_str(), value, batch, data.recall(hits), static_cast<double>(count) / passes.median(),
                milliseconds(0.5), milliseconds(0.99));
  return line;
}

template <class Index>
void measure(Index index, const Data& data, const Arguments& arguments, const std::string& knob,
             const std::function<glossa::IndexSearchOptions(std::size_t)>& options_for) {
  const double build_seconds = build(index, data);
  const std::size_t memory = index.memory_bytes();
  std::string runs;
  for (const std::size_t value : arguments.numbers(knob, "0"))
    for (const std::size_t batch : arguments.numbers("batch", "1,64")) {
      glossa::IndexSearchOptions options = options_for(value);
      options.rescored = arguments.number("rescored", 0);
      runs += (runs.empty() ? "" : ", ") + run(index, data, knob, value, batch, options);
    }
  const auto& own = index.options();
  std::printf(
      "{\"kind\": \"%s\", \"vectors\": \"%s\", \"rescore\": \"%s\", \"rows\": %zu, \"dims\": %zu, \"build_s\": %.2f, "
      "\"memory_bytes\": %zu, \"peak_rss_bytes\": %.0f, \"runs\": [%s]}\n",
      arguments.text("kind", "flat").c_str(), to_string(own.vectors), own.rescore ? to_string(*own.rescore) : "",
      index.size(), index.dims(), build_seconds, memory, bench::peak_megabytes() * 1e6, runs.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) arguments.values[std::string(argv[i]).substr(2)] = argv[i + 1];
  const std::filesystem::path folder = arguments.text("data", "");
  Data data{bench::Npy(folder / "base.npy"), bench::Npy(folder / "queries.npy"), bench::Npy(folder / "truth.npy"), 0};
  data.rows = std::min(arguments.number("rows", data.base.rows()), data.base.rows());

  glossa::IndexOptions options;
  options.metric = glossa::Metric::dot;
  options.vectors = form_of(arguments.text("vectors", "f32"));
  if (arguments.values.count("rescore") != 0) options.rescore = form_of(arguments.text("rescore", ""));
  options.threads = arguments.number("threads", 2);
  const std::string kind = arguments.text("kind", "flat");
  if (kind == "hnsw") {
    measure(glossa::HnswIndex(options, {.connections = arguments.number("m", 16),
                                        .build_candidates = arguments.number("ef-construction", 128)}),
            data, arguments, "ef", [](std::size_t ef) { return glossa::IndexSearchOptions{.candidates = ef}; });
  } else {
    measure(glossa::FlatIndex(options), data, arguments, "rescored",
            [](std::size_t) { return glossa::IndexSearchOptions{}; });
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_search: %s\n", error.what());
  return 1;
}
