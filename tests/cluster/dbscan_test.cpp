// DBSCAN against scikit-learn's labels and against its definition.
#include "catch.hpp"
#include "density_goldens.hpp"
#include "error_of.hpp"

#include <glossa/cluster/dbscan.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/cluster/points.hpp>
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
Labels naive_dbscan(const test::NaiveDistances& distances, const DbscanOptions& options) {
  std::vector<std::vector<std::size_t>> neighbors(distances.rows);
  for (std::size_t i = 0; i < distances.rows; ++i)
    for (std::size_t j = 0; j < distances.rows; ++j)
      if (i == j || distances(i, j) <= options.eps) neighbors[i].push_back(j);
  Labels labels(distances.rows, glossa::kNoise);
  std::int32_t cluster = 0;
  for (std::size_t i = 0; i < distances.rows; ++i) {
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

TEST_CASE("DBSCAN follows its definition where tiles end, from no neighbours to all") {
  for (const std::size_t rows : {1UL, 2UL, 255UL, 256UL, 257UL, 520UL}) {
    const std::size_t dims = rows % 2 == 0 ? 70 : 19;
    const auto doubles = test::clustered_vectors<double>(rows, dims, 12, 3);
    const auto floats = test::clustered_vectors<float>(rows, dims, 12, 3);
    for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
      const test::NaiveDistances distances(doubles, metric);
      for (const double eps : metric == Metric::cosine ? std::vector<double>{0.02, 0.1, 0.15, 0.3, 2.5}
                                                       : std::vector<double>{0.5, 1.2, 1.5, 2.9, 3.1, 30})
        for (const std::size_t min_points : {1UL, 2UL, 5UL, 40UL}) {
          INFO(rows << " rows, " << to_string(metric) << ", eps " << eps << ", " << min_points);
          const DbscanOptions options{.eps = eps, .min_points = min_points, .metric = metric};
          const Labels expected = naive_dbscan(distances, options);
          CHECK(glossa::dbscan(doubles.points(), options).labels == expected);
          CHECK(glossa::dbscan(floats.points(), options).labels == expected);
        }
    }
  }
}

TEST_CASE("each two blocks of vectors are one tile, however many there are") {
  using Tiles = glossa::detail::PairTiles<float>;
  for (const std::size_t blocks : {0UL, 1UL, 2UL, 16UL, 17UL, 18UL, 33UL, 34UL, 50UL}) {
    INFO(blocks);
    const std::vector<float> values(blocks * Tiles::kSide);
    std::size_t told = 0;
    glossa::ClusterRun run;
    run.threads = 1;
    run.progress = [&](const glossa::Progress& tiles) {
      CHECK(tiles.total == blocks * (blocks + 1) / 2);
      told = tiles.done;
    };
    std::vector<int> seen(blocks * blocks);
    const auto note = [&](const auto& tile, std::size_t) {
      ++seen[tile.first_row / Tiles::kSide * blocks + tile.first_column / Tiles::kSide];
      return true;
    };
    Tiles({values.data(), values.size(), 1}, run).for_each(note, [](const auto&, std::size_t) {});
    CHECK(told == blocks * (blocks + 1) / 2);
    for (std::size_t row = 0; row < blocks; ++row)
      for (std::size_t column = 0; column < blocks; ++column)
        if (seen[row * blocks + column] != (row <= column ? 1 : 0)) FAIL("block " << row << ", " << column);
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

TEST_CASE("an approximate index finds neighbours among vectors that floats cannot hold or square") {
  const auto plain = test::clustered_vectors<double>(300, 24, 8, 8);
  for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
    DbscanOptions options{.eps = metric == Metric::cosine ? 0.15 : 1.9, .min_points = 4, .metric = metric};
    const Labels expected = glossa::dbscan(plain.points(), options).labels;
    options.approximation = glossa::DbscanApproximation{};
    options.approximation->most_neighbors = 300;
    for (const double scale : {1e-100, 1e-50, 1e25, 1e100}) {
      INFO(to_string(metric) << ", " << scale);
      auto scaled = plain;
      for (double& value : scaled.values) value *= scale;
      DbscanOptions other = options;
      if (metric == Metric::euclidean) other.eps *= scale;
      CHECK(glossa::dbscan(scaled.points(), other).labels == expected);
    }
  }
}

TEST_CASE("eps = 0 joins vectors with the same elements, and cosines those of the same direction") {
  auto vectors = test::clustered_vectors<float>(20, 384, 20, 6);
  std::copy_n(vectors.values.begin(), 384, vectors.values.begin() + 7 * 384);
  std::copy_n(vectors.values.begin(), 384, vectors.values.begin() + 19 * 384);
  Labels expected(20, glossa::kNoise);
  expected[0] = expected[7] = expected[19] = 0;
  for (const Metric metric : {Metric::cosine, Metric::euclidean})
    CHECK(glossa::dbscan(vectors.points(), {.eps = 0, .min_points = 2, .metric = metric}).labels == expected);
  const test::Vectors<float> along{{1, 0, 2, 0}, 2, 2};
  CHECK(glossa::dbscan(along.points(), {.eps = 0, .min_points = 2, .metric = Metric::cosine}).clusters == 1);
  CHECK(glossa::dbscan(along.points(), {.eps = 0, .min_points = 2, .metric = Metric::euclidean}).clusters == 0);
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
  const test::Vectors<double> tiny{{1, 0, 1e-200, 1e-200, 0, 0}, 3, 2};
  CHECK(test::says(test::error_of([&] { (void)glossa::dbscan(tiny.points(), {}); }), "vector 1 is too short"));
  const DbscanOptions near{.eps = 0.5, .min_points = 2, .metric = Metric::euclidean};
  CHECK(glossa::dbscan(tiny.points(), near).labels == Labels{glossa::kNoise, 0, 0});
  const glossa::Points<double> no_longer(tiny.values.data() + 2, 2, 2);
  CHECK(test::says(test::error_of([&] { (void)glossa::dbscan(no_longer, near); }), "vector 0 is too short"));
}

TEST_CASE("DBSCAN tells how far it is, and can be cancelled") {
  const auto vectors = test::clustered_vectors<float>(6000, 4, 5, 1);
  test::check_progress_and_cancelling([&](const glossa::ClusterRun& run) {
    (void)glossa::dbscan(vectors.points(), {.eps = 0.01, .min_points = 3, .run = run});
  });
  const glossa::DbscanApproximation quick{.hnsw = {.connections = 4, .build_candidates = 16}};
  test::check_progress_and_cancelling([&](const glossa::ClusterRun& run) {
    (void)glossa::dbscan(glossa::Points<float>(vectors.values.data(), 4200, 4),
                         {.eps = 0.001, .min_points = 3, .approximation = quick, .run = run});
  });
}

TEMPLATE_TEST_CASE("an approximate index finds the same clusters, few neighbours or many", "", float, double) {
  const auto vectors = test::clustered_vectors<TestType>(300, 24, 6, 8);
  for (const Metric metric : {Metric::cosine, Metric::euclidean})
    for (const double eps : metric == Metric::cosine ? std::vector<double>{0.1, 0.15, 0.25, 0.3}
                                                     : std::vector<double>{1.5, 1.9, 2.2, 2.4}) {
      INFO(to_string(metric) << ", eps " << eps);
      DbscanOptions options{.eps = eps, .min_points = 4, .metric = metric};
      const DbscanResult exact = glossa::dbscan(vectors.points(), options);
      REQUIRE(exact.clusters >= 1);
      options.approximation = glossa::DbscanApproximation{};
      options.approximation->most_neighbors = 300;
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
