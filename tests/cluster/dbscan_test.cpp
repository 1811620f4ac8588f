// DBSCAN against scikit-learn's labels and against its definition.
#include "catch.hpp"
#include "density_goldens.hpp"
#include "error_of.hpp"

#include <glossa/cluster/dbscan.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

using glossa::DbscanOptions;
using glossa::DbscanResult;
using glossa::Labels;
using glossa::Metric;

namespace {

/// Ester et al. (1996), with all distances at hand.
template <class T>
Labels naive_dbscan(const test::Vectors<T>& vectors, const DbscanOptions& options) {
  std::vector<std::vector<std::size_t>> neighbors(vectors.rows);
  for (std::size_t i = 0; i < vectors.rows; ++i)
    for (std::size_t j = 0; j < vectors.rows; ++j)
      if (i == j || test::naive_distance(vectors, i, j, options.metric) <= options.eps) neighbors[i].push_back(j);
  Labels labels(vectors.rows, glossa::kNoise);
  std::int32_t cluster = 0;
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    if (labels[i] != glossa::kNoise || neighbors[i].size() < options.min_points) continue;
    std::vector<std::size_t> open{i};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (labels[at] != glossa::kNoise) continue;
      labels[at] = cluster;
      if (neighbors[at].size() >= options.min_points)
        open.insert(open.end(), neighbors[at].begin(), neighbors[at].end());
    }
    ++cluster;
  }
  return labels;
}

}  // namespace

TEMPLATE_TEST_CASE("DBSCAN gives scikit-learn's labels and core points", "", float, double) {
  const auto vectors = test::golden_vectors<TestType>();
  std::size_t cases = 0;
  for (const auto& golden : test::density_goldens().at("dbscan")) {
    INFO(golden.at("metric") << ", eps " << golden.at("eps") << ", " << golden.at("min_points"));
    const DbscanResult result = glossa::dbscan(vectors.points(), {.eps = golden.at("eps"),
                                                                  .min_points = golden.at("min_points"),
                                                                  .metric = test::metric_of(golden.at("metric"))});
    CHECK(result.labels == golden.at("labels").get<Labels>());
    CHECK(result.core_points == golden.at("core_points").get<std::vector<std::size_t>>());
    const std::int32_t most = *std::max_element(result.labels.begin(), result.labels.end());
    CHECK(result.clusters == static_cast<std::size_t>(most + 1));
    ++cases;
  }
  CHECK(cases == 10);
}

TEMPLATE_TEST_CASE("DBSCAN follows its definition where tiles end, from no neighbours to all", "", float, double) {
  for (const std::size_t rows : {1UL, 2UL, 255UL, 256UL, 257UL, 700UL}) {
    const auto vectors = test::clustered_vectors<TestType>(rows, rows % 2 == 0 ? 70 : 19, 12, 3);
    for (const Metric metric : {Metric::cosine, Metric::euclidean})
      for (const double eps : metric == Metric::cosine ? std::vector<double>{0.02, 0.1, 0.15, 0.3, 2.5}
                                                       : std::vector<double>{0.5, 1.2, 1.5, 2.9, 3.1, 30})
        for (const std::size_t min_points : {1UL, 2UL, 5UL, 40UL}) {
          INFO(rows << " rows, " << to_string(metric) << ", eps " << eps << ", " << min_points);
          const DbscanOptions options{.eps = eps, .min_points = min_points, .metric = metric};
          CHECK(glossa::dbscan(vectors.points(), options).labels == naive_dbscan(vectors, options));
        }
  }
}

TEST_CASE("DBSCAN does not depend on threads, executor or instructions") {
  const auto vectors = test::clustered_vectors<float>(900, 96, 9, 4);
  const DbscanOptions options{.eps = 0.2, .min_points = 6};
  const DbscanResult expected = glossa::dbscan(vectors.points(), options);
  REQUIRE(expected.clusters > 3);
  for (const std::size_t threads : {1UL, 2UL, 7UL}) {
    DbscanOptions other = options;
    other.run.threads = threads;
    CHECK(glossa::dbscan(vectors.points(), other).labels == expected.labels);
  }
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    DbscanOptions other = options;
    other.run.cpu_level = level;
    CHECK(glossa::dbscan(vectors.points(), other).labels == expected.labels);
  }
  DbscanOptions other = options;
  other.run.executor = std::make_shared<glossa::ThreadPool>(4);
  CHECK(glossa::dbscan(vectors.points(), other).labels == expected.labels);
}

TEST_CASE("pairs at exactly eps are neighbours, whatever floats say of them") {
  // 300 points on a line, one step apart, at an offset that float products lose the steps in.
  test::Vectors<float> vectors{{}, 300, 2};
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    vectors.values.push_back(4096.0F + static_cast<float>(i) / 64);
    vectors.values.push_back(4096.0F);
  }
  const DbscanOptions touching{.eps = 1.0 / 64, .min_points = 3, .metric = Metric::euclidean};
  const DbscanResult one = glossa::dbscan(vectors.points(), touching);
  CHECK(one.clusters == 1);
  CHECK(one.core_points.size() == 298);
  CHECK(one.labels == Labels(300, 0));
  const double below = std::nextafter(1.0 / 64, 0.0);
  CHECK(glossa::dbscan(vectors.points(), {.eps = below, .min_points = 2, .metric = Metric::euclidean}).clusters == 0);
}

TEST_CASE("vectors that floats cannot multiply are decided in double") {
  const auto plain = test::clustered_vectors<float>(300, 65, 8, 5);
  const Labels expected = glossa::dbscan(plain.points(), {.eps = 0.15, .min_points = 3}).labels;
  for (const float scale : {1e-25F, 1e-18F, 1e17F, 1e30F}) {
    INFO(scale);
    auto scaled = plain;
    for (float& value : scaled.values) value *= scale;
    CHECK(glossa::dbscan(scaled.points(), {.eps = 0.15, .min_points = 3}).labels == expected);
  }
}

TEST_CASE("eps = 0 joins vectors with the same elements") {
  auto vectors = test::clustered_vectors<float>(20, 384, 20, 6);
  std::copy_n(vectors.values.begin(), 384, vectors.values.begin() + 7 * 384);
  std::copy_n(vectors.values.begin(), 384, vectors.values.begin() + 19 * 384);
  Labels expected(20, glossa::kNoise);
  expected[0] = expected[7] = expected[19] = 0;
  for (const Metric metric : {Metric::cosine, Metric::euclidean})
    CHECK(glossa::dbscan(vectors.points(), {.eps = 0, .min_points = 2, .metric = metric}).labels == expected);
}

TEST_CASE("no vectors, one, equal ones, zero vectors, vectors of no elements") {
  CHECK(glossa::dbscan(glossa::Embeddings(), {}).labels.empty());
  const test::Vectors<float> one{{1, 2}, 1, 2};
  CHECK(glossa::dbscan(one.points(), {}).labels == Labels{glossa::kNoise});
  CHECK(glossa::dbscan(one.points(), {.min_points = 1}).labels == Labels{0});
  const test::Vectors<float> equal{std::vector<float>(600, 0.3F), 300, 2};
  for (const Metric metric : {Metric::cosine, Metric::euclidean})
    CHECK(glossa::dbscan(equal.points(), {.eps = 0.01, .metric = metric}).labels == Labels(300, 0));
  const test::Vectors<float> zero{std::vector<float>(600, 0), 300, 2};
  CHECK(glossa::dbscan(zero.points(), {.eps = 0.99, .metric = Metric::cosine}).labels == Labels(300, glossa::kNoise));
  CHECK(glossa::dbscan(zero.points(), {.eps = 1, .metric = Metric::cosine}).labels == Labels(300, 0));
  CHECK(glossa::dbscan(zero.points(), {.eps = 0, .metric = Metric::euclidean}).labels == Labels(300, 0));
  CHECK(glossa::dbscan(glossa::Points<float>(nullptr, 5, 0), {.metric = Metric::euclidean}).labels == Labels(5, 0));
}

TEST_CASE("more points than there are make no core") {
  const auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  CHECK(glossa::dbscan(vectors.points(), {.eps = 2, .min_points = 11}).clusters == 0);
  CHECK(glossa::dbscan(vectors.points(), {.eps = 2, .min_points = 10}).clusters == 1);
}

TEST_CASE("DBSCAN refuses what has no meaning") {
  auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  const auto message = [&](const DbscanOptions& options) {
    return test::error_of([&] { (void)glossa::dbscan(vectors.points(), options); });
  };
  CHECK(message({.eps = -0.1}).kind() == glossa::ErrorKind::invalid_argument);
  CHECK(message({.eps = std::numeric_limits<double>::quiet_NaN()}).field() == "DbscanOptions::eps");
  CHECK(message({.eps = std::numeric_limits<double>::infinity()}).field() == "DbscanOptions::eps");
  CHECK(message({.min_points = 0}).field() == "DbscanOptions::min_points");
  CHECK(test::says(message({.metric = Metric::dot}), "cosine or euclidean"));
  vectors.values[5] = std::numeric_limits<float>::quiet_NaN();
  CHECK(test::says(message({}), "vector 1"));
  const test::Vectors<double> huge{{1e200, 1}, 1, 2};
  CHECK(test::says(test::error_of([&] { (void)glossa::dbscan(huge.points(), {}); }), "too long"));
}

TEST_CASE("DBSCAN tells how far it is, and can be cancelled") {
  const auto vectors = test::clustered_vectors<float>(6000, 4, 5, 1);
  test::check_progress_and_cancelling([&](const glossa::ClusterRun& run) {
    (void)glossa::dbscan(vectors.points(), {.eps = 0.01, .min_points = 3, .run = run});
  });
  test::check_progress_and_cancelling([&](const glossa::ClusterRun& run) {
    (void)glossa::dbscan(test::clustered_vectors<float>(5000, 4, 5, 1).points(),
                         {.eps = 0.001, .min_points = 3, .approximation = glossa::DbscanApproximation{}, .run = run});
  });
}

TEMPLATE_TEST_CASE("an approximate index finds the same clusters, few neighbours or many", "", float, double) {
  const auto vectors = test::clustered_vectors<TestType>(600, 24, 10, 8);
  for (const Metric metric : {Metric::cosine, Metric::euclidean})
    for (const double eps : metric == Metric::cosine ? std::vector<double>{0.1, 0.15, 0.25, 0.3}
                                                     : std::vector<double>{1.5, 1.9, 2.2, 2.4}) {
      INFO(to_string(metric) << ", eps " << eps);
      DbscanOptions options{.eps = eps, .min_points = 4, .metric = metric};
      const DbscanResult exact = glossa::dbscan(vectors.points(), options);
      REQUIRE(exact.clusters >= 1);
      options.approximation = glossa::DbscanApproximation{};
      options.approximation->most_neighbors = 600;
      const DbscanResult approximate = glossa::dbscan(vectors.points(), options);
      CHECK((approximate.labels == exact.labels));
      options.run.threads = 1;
      CHECK((glossa::dbscan(vectors.points(), options).labels == approximate.labels));
      options.approximation->neighbors = 1;
      CHECK((glossa::dbscan(vectors.points(), options).labels == approximate.labels));
    }
}

TEST_CASE("an approximation that looks at fewer neighbours than make a core is refused") {
  const auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  glossa::DbscanApproximation few;
  few.most_neighbors = 4;
  const auto error =
      test::error_of([&] { (void)glossa::dbscan(vectors.points(), {.min_points = 5, .approximation = few}); });
  CHECK(error.field() == "DbscanApproximation::most_neighbors");
}
