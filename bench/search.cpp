// Vectors, queries and their true neighbours come in; how fast and how well an index finds them goes out, as JSON.
//   bench_search --data FOLDER --kind flat|hnsw|ivf --vectors f32|bf16|f16|int8|binary [--rescore FORM] [--threads 2]
//                [--rows N] [--m 16] [--ef-construction 128] [--ef 16,32,…] [--probes 8,16,…] [--batch 1,64]
//                [--rescored N]
// FOLDER holds base.npy, queries.npy and truth.npy, as make_search_data.py writes them. With fewer rows than base.npy
// has, the first ones are taken, and their true neighbours found here.
#include "arguments.hpp"
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
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace {

using bench::Arguments;
using Clock = std::chrono::steady_clock;
using Hits = std::vector<std::vector<glossa::Neighbor>>;

constexpr std::size_t kTop = 10;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

glossa::VectorForm form_of(const std::string& name) {
  using enum glossa::VectorForm;
  for (const auto form : {f32, bf16, f16, int8, binary})
    if (name == to_string(form)) return form;
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--vectors", .found = name});
}

struct Data {
  bench::Npy base;
  bench::Npy queries;
  std::size_t rows = 0;
  std::vector<std::vector<std::uint64_t>> truth;  // of each query

  [[nodiscard]] glossa::Embeddings some_queries(std::size_t first, std::size_t count) const {
    glossa::Embeddings out(count, queries.columns());
    std::copy_n(queries.floats() + first * queries.columns(), count * queries.columns(), out.values().data());
    return out;
  }

  [[nodiscard]] double recall(const Hits& hits) const {
    std::size_t found = 0;
    for (std::size_t q = 0; q < hits.size(); ++q)
      for (const glossa::Neighbor& hit : hits[q])
        found += std::count(truth[q].begin(), truth[q].end(), hit.id) > 0 ? 1 : 0;
    return static_cast<double>(found) / static_cast<double>(hits.size() * std::min(kTop, rows));
  }

  void read_truth(const std::filesystem::path& path) {
    const bench::Npy file(path);
    if (file.rows() != queries.rows() || file.columns() < kTop)
      throw glossa::Error(glossa::ErrorKind::corrupt_file,
                          {.file = path.string(),
                           .expected = "ten rows of each query",
                           .found = std::to_string(file.rows()) + " x " + std::to_string(file.columns())});
    for (std::size_t q = 0; q < file.rows(); ++q) {
      truth.emplace_back();
      for (std::size_t k = 0; k < kTop; ++k) truth.back().push_back(static_cast<std::uint64_t>(file.integer(q, k)));
    }
  }
  void find_truth() {
    glossa::TopK best(some_queries(0, queries.rows()), kTop);
    best.add({base.floats(), rows * base.columns()}, 0);
    for (const auto& hits : best.hits()) {
      truth.emplace_back();
      for (const glossa::Hit& hit : hits) truth.back().push_back(hit.index);
    }
  }
};

/// Seconds to save an index, and to open it again with all checks.
template <class Index>
std::pair<double, double> save_and_load(const Index& index) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "bench_search.index";
  auto start = Clock::now();
  index.save(path);
  const double saved = seconds_since(start);
  start = Clock::now();
  const auto loaded = Index::load(path);
  const double opened = seconds_since(start);
  std::filesystem::remove(path);
  return {saved, opened};
}

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
  if (count == 0)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--batch",
                         .expected = "at most " + std::to_string(data.queries.rows()),
                         .found = std::to_string(batch)});
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
  const auto [saved, opened] = arguments.number("files", 0) != 0 ? save_and_load(index) : std::pair(0.0, 0.0);
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
      "\"save_s\": %.3f, \"load_s\": %.3f, \"memory_bytes\": %zu, \"peak_rss_bytes\": %.0f, \"runs\": [%s]}\n",
      arguments.text("kind", "flat").c_str(), to_string(own.vectors), own.rescore ? to_string(*own.rescore) : "",
      index.size(), index.dims(), build_seconds, saved, opened, memory, bench::peak_megabytes() * 1e6, runs.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv);
  const std::filesystem::path folder = arguments.text("data", "");
  Data data{bench::Npy(folder / "base.npy"), bench::Npy(folder / "queries.npy"), 0, {}};
  data.rows = std::min(arguments.number("rows", data.base.rows()), data.base.rows());
  if (data.rows == data.base.rows() && std::filesystem::exists(folder / "truth.npy")) {
    data.read_truth(folder / "truth.npy");
  } else {
    data.find_truth();
  }

  glossa::IndexOptions options;
  options.metric = glossa::Metric::dot;
  options.vectors = form_of(arguments.text("vectors", "f32"));
  if (arguments.has("rescore")) options.rescore = form_of(arguments.text("rescore", ""));
  options.threads = arguments.number("threads", 2);
  const std::string kind = arguments.text("kind", "flat");
  if (kind == "hnsw") {
    measure(glossa::HnswIndex(options, {.connections = arguments.number("m", 16),
                                        .build_candidates = arguments.number("ef-construction", 128)}),
            data, arguments, "ef", [](std::size_t ef) { return glossa::IndexSearchOptions{.candidates = ef}; });
  } else if (kind == "ivf") {
    measure(glossa::IvfIndex(options, {.lists = arguments.number("lists", 0)}), data, arguments, "probes",
            [](std::size_t probes) { return glossa::IndexSearchOptions{.probes = probes}; });
  } else {
    measure(glossa::FlatIndex(options), data, arguments, "rescored",
            [](std::size_t) { return glossa::IndexSearchOptions{}; });
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_search: %s\n", error.what());
  return 1;
}
