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

std::vector<double> naive_core_distances(const test::NaiveDistances& distances, std::size_t min_samples) {
  std::vector<double> core;
  for (std::size_t i = 0; i < distances.rows; ++i) {
    std::vector<double> own;
    for (std::size_t j = 0; j < distances.rows; ++j) own.push_back(distances(i, j));
    std::nth_element(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(min_samples - 1), own.end());
    core.push_back(own[min_samples - 1]);
  }
  return core;
}

/// The lengths of the edges of a minimum spanning tree of the mutual reachability distances, by Prim's algorithm.
std::vector<double> naive_edges(const test::NaiveDistances& distances, const std::vector<double>& core) {
  std::vector<double> nearest(distances.rows, std::numeric_limits<double>::infinity());
  std::vector<bool> in_tree(distances.rows);
  std::vector<double> edges;
  for (std::size_t at = 0; edges.size() + 1 < distances.rows;) {
    in_tree[at] = true;
    std::size_t next = distances.rows;
    for (std::size_t j = 0; j < distances.rows; ++j) {
      if (in_tree[j]) continue;
      nearest[j] = std::min(nearest[j], std::max({core[at], core[j], distances(at, j)}));
      if (next == distances.rows || nearest[j] < nearest[next]) next = j;
    }
    edges.push_back(nearest[next]);
    at = next;
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

void check_tree(const HdbscanResult& result, const std::vector<double>& core, const std::vector<double>& edges) {
  REQUIRE(result.core_distances.size() == core.size());
  for (std::size_t i = 0; i < core.size(); ++i) CHECK(result.core_distances[i] == Approx(core[i]).margin(1e-14));
  REQUIRE(result.dendrogram.merges.size() == edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    CHECK(result.dendrogram.merges[i].distance == Approx(edges[i]).margin(1e-14));
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
    if (options.metric == Metric::euclidean || options.min_samples == 1) CHECK(result.labels == labels);
    CHECK(result.clusters == static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end()) + 1));
    CHECK(result.stabilities.size() == result.clusters);
    const auto probabilities = golden.at("probabilities").get<std::vector<double>>();
    for (std::size_t i = 0; i < probabilities.size(); ++i)
      CHECK(std::abs(result.probabilities[i] - probabilities[i]) < 2e-6);
    ++cases;
  }
  CHECK(cases == 21);
}

TEST_CASE("goldens tell the excess of mass from leaves") {
  const auto& goldens = test::density_goldens().at("hdbscan");
  std::size_t different = 0;
  for (const auto& leaf : goldens) {
    if (leaf.at("selection") != "leaf") continue;
    for (const auto& other : goldens) {
      if (other.at("selection") == "leaf") continue;
      bool is_same = true;
      for (const char* key :
           {"metric", "min_cluster_size", "min_samples", "epsilon", "max_cluster_size", "allow_single_cluster"})
        is_same = is_same && other.at(key) == leaf.at(key);
      different += is_same && other.at("labels") != leaf.at("labels");
    }
  }
  CHECK(different == 3);
}

TEST_CASE("core distances and the spanning tree follow their definition") {
  for (const std::size_t rows : {2UL, 30UL, 257UL, 600UL}) {
    const auto doubles = test::clustered_vectors<double>(rows, 19, 12, 3);
    const auto floats = test::clustered_vectors<float>(rows, 19, 12, 3);
    for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
      const test::NaiveDistances distances(doubles, metric);
      for (const std::size_t min_samples : {1UL, 2UL, 5UL, 29UL, 280UL}) {
        if (min_samples > rows) continue;
        INFO(rows << " rows, " << to_string(metric) << ", " << min_samples);
        const auto core = naive_core_distances(distances, min_samples);
        const auto edges = naive_edges(distances, core);
        const HdbscanOptions options{.min_cluster_size = 5, .min_samples = min_samples, .metric = metric};
        check_tree(glossa::hdbscan(doubles.points(), options), core, edges);
        check_tree(glossa::hdbscan(floats.points(), options), core, edges);
      }
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
