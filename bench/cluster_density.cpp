// Vectors come in; how long a clustering of them takes goes out, as JSON, and its labels as a file.
//   bench_cluster_density --data X.npy --kind dbscan|hdbscan|agglomerative|communities [--rows N] [--threads 2]
//                         [--runs 1] [--labels FILE] [--metric cosine|euclidean]
//     dbscan:        --eps 0.35 --min-points 5 [--ann 1]
//     hdbscan:       --min-cluster-size 5 [--min-samples N]
//     agglomerative: --linkage ward|average|complete|single --clusters 100 [--matrix 0]
//     communities:   --threshold 0.7 --min-size 10
// The time is the least of the runs'. FILE gets a label a line or, with communities, a community a line.
#include "npy.hpp"
#include "process_stats.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::map<std::string, std::string> values;

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
  [[nodiscard]] std::size_t number(const std::string& name, std::size_t otherwise) const {
    return std::stoul(text(name, std::to_string(otherwise)));
  }
  [[nodiscard]] double real(const std::string& name, double otherwise) const {
    return std::stod(text(name, std::to_string(otherwise)));
  }
};

[[noreturn]] void refuse(const std::string& argument, const std::string& value) {
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = argument, .found = value});
}

struct Outcome {
  std::size_t clusters = 0;
  glossa::Labels labels;
  std::vector<std::vector<std::size_t>> communities;
};

Outcome cluster(const glossa::Points<float>& points, const Arguments& arguments) {
  glossa::ClusterRun run;
  run.threads = arguments.number("threads", 2);
  const std::string kind = arguments.text("kind", "");
  const bool by_cosine = arguments.text("metric", kind == "dbscan" ? "cosine" : "euclidean") == "cosine";
  const glossa::Metric metric = by_cosine ? glossa::Metric::cosine : glossa::Metric::euclidean;
  if (kind == "dbscan") {
    glossa::DbscanOptions options{.eps = arguments.real("eps", 0.35),
                                  .min_points = arguments.number("min-points", 5),
                                  .metric = metric,
                                  .run = run};
    if (arguments.number("ann", 0) != 0) options.approximation = glossa::DbscanApproximation{};
    auto result = glossa::dbscan(points, options);
    return {result.clusters, std::move(result.labels), {}};
  }
  if (kind == "hdbscan") {
    auto result = glossa::hdbscan(points, {.min_cluster_size = arguments.number("min-cluster-size", 5),
                                           .min_samples = arguments.number("min-samples", 0),
                                           .metric = metric,
                                           .run = run});
    return {result.clusters, std::move(result.labels), {}};
  }
  if (kind == "communities") {
    auto result = glossa::detect_communities(
        points,
        {.threshold = arguments.real("threshold", 0.7), .min_size = arguments.number("min-size", 10), .run = run});
    return {result.communities.size(), std::move(result.labels), std::move(result.communities)};
  }
  if (kind != "agglomerative") refuse("--kind", kind);
  glossa::AgglomerativeOptions options{.metric = metric, .clusters = arguments.number("clusters", 100), .run = run};
  const std::string name = arguments.text("linkage", "ward");
  bool is_known = false;
  for (const auto linkage :
       {glossa::Linkage::ward, glossa::Linkage::average, glossa::Linkage::complete, glossa::Linkage::single})
    if (name == to_string(linkage)) {
      options.linkage = linkage;
      is_known = true;
    }
  if (!is_known) refuse("--linkage", name);
  options.matrix_bytes = arguments.number("matrix", std::numeric_limits<std::size_t>::max());
  auto result = glossa::agglomerate(points, options);
  return {result.clusters, std::move(result.labels), {}};
}

}  // namespace

int main(int argc, char** argv) try {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) arguments.values[std::string(argv[i]).substr(2)] = argv[i + 1];
  const bench::Npy data(arguments.text("data", ""));
  const std::size_t rows = std::min(arguments.number("rows", data.rows()), data.rows());
  const glossa::Points<float> points(data.floats(), rows, data.columns());
  double best = std::numeric_limits<double>::infinity();
  Outcome outcome;
  for (std::size_t run = 0; run < arguments.number("runs", 1); ++run) {
    const auto start = Clock::now();
    outcome = cluster(points, arguments);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  if (arguments.values.count("labels") != 0) {
    std::ofstream file(arguments.text("labels", ""));
    if (arguments.text("kind", "") == "communities") {
      for (const auto& community : outcome.communities) {
        for (const std::size_t i : community) file << i << ' ';
        file << '\n';
      }
    } else {
      for (const std::int32_t label : outcome.labels) file << label << '\n';
    }
  }
  std::printf("{\"rows\": %zu, \"seconds\": %.3f, \"clusters\": %zu, \"peak_rss_bytes\": %.0f}\n", rows, best,
              outcome.clusters, bench::peak_megabytes() * 1e6);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_cluster_density: %s\n", error.what());
  return 1;
}
