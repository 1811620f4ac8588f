// HDBSCAN* against scikit-learn's labels and probabilities, and its spanning tree against its definition.
#include "catch.hpp"
#include "density_goldens.hpp"
#include "error_of.hpp"

#include <glossa/cluster/hdbscan.hpp>
#include <glossa/core/embeddings.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using glossa::HdbscanOptions;
using glossa::HdbscanResult;
using glossa::Labels;
using glossa::Metric;

namespace {

template <class T>
std::vector<double> naive_core_distances(const test::Vectors<T>& vectors, std::size_t min_samples, Metric metric) {
  std::vector<double> core;
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    std::vector<double> distances;
    for (std::size_t j = 0; j < vectors.rows; ++j)
      distances.push_back(i == j ? 0 : test::naive_distance(vectors, i, j, metric));
    std::sort(distances.begin(), distances.end());
    core.push_back(distances[min_samples - 1]);
  }
  return core;
}

/// The lengths of the edges of a minimum spanning tree of the mutual reachability distances, by Prim's algorithm.
template <class T>
std::vector<double> naive_edges(const test::Vectors<T>& vectors, const std::vector<double>& core, Metric metric) {
  std::vector<double> nearest(vectors.rows, std::numeric_limits<double>::infinity());
  std::vector<bool> in_tree(vectors.rows);
  std::vector<double> edges;
  for (std::size_t at = 0; edges.size() + 1 < vectors.rows;) {
    in_tree[at] = true;
    std::size_t next = vectors.rows;
    for (std::size_t j = 0; j < vectors.rows; ++j) {
      if (in_tree[j]) continue;
      nearest[j] = std::min(nearest[j], std::max({core[at], core[j], test::naive_distance(vectors, at, j, metric)}));
      if (next == vectors.rows || nearest[j] < nearest[next]) next = j;
    }
    edges.push_back(nearest[next]);
    at = next;
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace

TEMPLATE_TEST_CASE("HDBSCAN* gives scikit-learn's labels and probabilities", "", float, double) {
  const auto vectors = test::golden_vectors<TestType>();
  std::size_t cases = 0;
  for (const auto& golden : test::density_goldens().at("hdbscan")) {
    HdbscanOptions options{.min_cluster_size = golden.at("min_cluster_size"),
                           .min_samples = golden.at("min_samples"),
                           .metric = test::metric_of(golden.at("metric"))};
    if (golden.at("selection") == "leaf") options.selection = glossa::ClusterSelection::leaf;
    options.epsilon = golden.at("epsilon");
    options.max_cluster_size = golden.at("max_cluster_size");
    options.allow_single_cluster = golden.at("allow_single_cluster");
    INFO(golden.at("metric") << ", " << options.min_cluster_size << ", " << options.min_samples << ", "
                             << to_string(options.selection) << ", epsilon " << options.epsilon);
    const HdbscanResult result = glossa::hdbscan(vectors.points(), options);
    const auto labels = golden.at("labels").get<Labels>();
    CHECK(test::renamed(result.labels) == test::renamed(labels));
    if (options.metric == Metric::euclidean) CHECK(result.labels == labels);
    CHECK(result.clusters == static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end()) + 1));
    CHECK(result.stabilities.size() == result.clusters);
    const auto probabilities = golden.at("probabilities").get<std::vector<double>>();
    for (std::size_t i = 0; i < probabilities.size(); ++i)
      CHECK(std::abs(result.probabilities[i] - probabilities[i]) < 2e-6);
    ++cases;
  }
  CHECK(cases == 15);
}

TEMPLATE_TEST_CASE("core distances and the spanning tree follow their definition", "", float, double) {
  for (const std::size_t rows : {2UL, 30UL, 257UL, 900UL}) {
    const auto vectors = test::clustered_vectors<TestType>(rows, 19, 12, 3);
    for (const Metric metric : {Metric::cosine, Metric::euclidean})
      for (const std::size_t min_samples : {1UL, 2UL, 5UL, 29UL, 280UL}) {
        if (min_samples > rows) continue;
        INFO(rows << " rows, " << to_string(metric) << ", " << min_samples);
        const HdbscanResult result =
            glossa::hdbscan(vectors.points(), {.min_cluster_size = 5, .min_samples = min_samples, .metric = metric});
        const auto core = naive_core_distances(vectors, min_samples, metric);
        REQUIRE(result.core_distances.size() == rows);
        for (std::size_t i = 0; i < rows; ++i) CHECK(result.core_distances[i] == Approx(core[i]).margin(1e-14));
        const auto edges = naive_edges(vectors, core, metric);
        REQUIRE(result.dendrogram.merges.size() == edges.size());
        for (std::size_t i = 0; i < edges.size(); ++i)
          CHECK(result.dendrogram.merges[i].distance == Approx(edges[i]).margin(1e-14));
      }
  }
}

TEST_CASE("the condensed tree holds every vector once, and clusters of the least size") {
  const auto vectors = test::clustered_vectors<float>(500, 12, 9, 7);
  const HdbscanResult result = glossa::hdbscan(vectors.points(), {.min_cluster_size = 6});
  std::vector<int> seen(500);
  std::size_t clusters = 0;
  for (const glossa::CondensedEdge& edge : result.condensed_tree) {
    CHECK(edge.parent >= 500);
    if (edge.child < 500) {
      ++seen[edge.child];
      CHECK(edge.size == 1);
    } else {
      CHECK(edge.child == 501 + clusters++);
      CHECK(edge.size >= 6);
    }
  }
  CHECK(seen == std::vector<int>(500, 1));
  CHECK(clusters > 4);
}

TEST_CASE("HDBSCAN* does not depend on threads or instructions") {
  const auto vectors = test::clustered_vectors<float>(1500, 33, 9, 4);
  for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
    HdbscanOptions options{.min_cluster_size = 6, .metric = metric};
    options.run.threads = 1;
    const HdbscanResult expected = glossa::hdbscan(vectors.points(), options);
    REQUIRE(expected.clusters > 3);
    const auto check = [&](const HdbscanOptions& other) {
      const HdbscanResult result = glossa::hdbscan(vectors.points(), other);
      CHECK(result.labels == expected.labels);
      CHECK(result.probabilities == expected.probabilities);
      CHECK(result.dendrogram.merges == expected.dendrogram.merges);
    };
    for (const std::size_t threads : {2UL, 5UL}) {
      options.run.threads = threads;
      check(options);
    }
    for (const glossa::CpuLevel level : glossa::supported_levels()) {
      options.run.cpu_level = level;
      check(options);
    }
  }
}

TEST_CASE("vectors that float products cannot hold are decided in double, too") {
  const auto plain = test::clustered_vectors<float>(300, 16, 8, 5);
  const HdbscanOptions options{.min_cluster_size = 4, .metric = Metric::cosine};
  const Labels expected = glossa::hdbscan(plain.points(), options).labels;
  for (const float scale : {1e-25F, 1e17F, 1e30F}) {
    auto scaled = plain;
    for (float& value : scaled.values) value *= scale;
    CHECK(glossa::hdbscan(scaled.points(), options).labels == expected);
  }
}

TEST_CASE("no vectors, one, too few, equal ones and zero vectors have labels") {
  CHECK(glossa::hdbscan(glossa::Embeddings(), {}).labels.empty());
  const auto few = test::clustered_vectors<float>(7, 4, 2, 1);
  const HdbscanResult noise = glossa::hdbscan(few.points(), {.min_cluster_size = 8});
  CHECK(noise.labels == Labels(7, glossa::kNoise));
  CHECK(noise.dendrogram.cut_into(7).size() == 7);
  CHECK(glossa::hdbscan(few.points(), {.min_cluster_size = 7}).labels == Labels(7, glossa::kNoise));
  const test::Vectors<float> one{{3, 4}, 1, 2};
  CHECK(glossa::hdbscan(one.points(), {.min_samples = 1}).labels == Labels{glossa::kNoise});
  const test::Vectors<float> equal{std::vector<float>(1200, 0.3F), 300, 4};
  for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
    const HdbscanResult all = glossa::hdbscan(equal.points(), {.metric = metric, .allow_single_cluster = true});
    CHECK(all.labels == Labels(300, 0));
    CHECK(all.probabilities == std::vector<double>(300, 1));
    CHECK(glossa::hdbscan(equal.points(), {.metric = metric}).labels.size() == 300);
  }
  const test::Vectors<float> zero{std::vector<float>(1200, 0), 300, 4};
  CHECK(glossa::hdbscan(zero.points(), {.metric = Metric::cosine}).core_distances == std::vector<double>(300, 1));
}

TEST_CASE("HDBSCAN* refuses what has no meaning") {
  auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  const auto field = [&](const HdbscanOptions& options) {
    return test::error_of([&] { (void)glossa::hdbscan(vectors.points(), options); }).field();
  };
  CHECK(field({.min_cluster_size = 1}) == "HdbscanOptions::min_cluster_size");
  CHECK(field({.epsilon = -1}) == "HdbscanOptions::epsilon");
  CHECK(field({.epsilon = std::numeric_limits<double>::quiet_NaN()}) == "HdbscanOptions::epsilon");
  CHECK(field({.metric = Metric::manhattan}) == "hdbscan.metric");
  vectors.values[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK(field({}) == "hdbscan");
}

TEST_CASE("HDBSCAN* tells how far it is, and can be cancelled") {
  const auto vectors = test::clustered_vectors<float>(2500, 4, 20, 1);
  test::check_progress_and_cancelling(
      [&](const glossa::ClusterRun& run) { (void)glossa::hdbscan(vectors.points(), {.run = run}); });
  test::check_progress_and_cancelling(
      [&](const glossa::ClusterRun& run) { (void)glossa::hdbscan(vectors.points(), {.min_samples = 1, .run = run}); });
}
