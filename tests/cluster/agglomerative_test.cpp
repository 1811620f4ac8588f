// Agglomerative clustering against SciPy's trees and scikit-learn's labels, and against its definition.
#include "catch.hpp"
#include "density_goldens.hpp"
#include "error_of.hpp"

#include <glossa/cluster/agglomerative.hpp>
#include <glossa/core/embeddings.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

using glossa::AgglomerativeOptions;
using glossa::AgglomerativeResult;
using glossa::Labels;
using glossa::Linkage;
using glossa::Merge;
using glossa::Metric;

namespace {

constexpr std::size_t kNoMatrix = 0;

Linkage linkage_of(const nlohmann::json& name) {
  for (const Linkage linkage : {Linkage::ward, Linkage::average, Linkage::complete, Linkage::single})
    if (name == to_string(linkage)) return linkage;
  throw std::runtime_error("no linkage");
}

bool needs_no_matrix(Linkage linkage, Metric metric) {
  return linkage == Linkage::ward || linkage == Linkage::single ||
         (linkage == Linkage::average && metric == Metric::cosine);
}

/// The distance of two clusters by the definition of the linkage, from the vectors.
template <class T>
double linkage_distance(const test::Vectors<T>& vectors, const std::vector<std::size_t>& a,
                        const std::vector<std::size_t>& b, Linkage linkage, Metric metric) {
  if (linkage == Linkage::ward) {
    double square = 0;
    for (std::size_t k = 0; k < vectors.dims; ++k) {
      double mean_a = 0;
      double mean_b = 0;
      for (const std::size_t i : a) mean_a += static_cast<double>(vectors.values[i * vectors.dims + k]);
      for (const std::size_t i : b) mean_b += static_cast<double>(vectors.values[i * vectors.dims + k]);
      const double difference = mean_a / static_cast<double>(a.size()) - mean_b / static_cast<double>(b.size());
      square += difference * difference;
    }
    const auto x = static_cast<double>(a.size());
    const auto y = static_cast<double>(b.size());
    return std::sqrt(2 * x * y / (x + y) * square);
  }
  double sum = 0;
  double most = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const std::size_t i : a)
    for (const std::size_t j : b) {
      const double distance = test::naive_distance(vectors, i, j, metric);
      sum += distance;
      most = std::max(most, distance);
      least = std::min(least, distance);
    }
  if (linkage == Linkage::complete) return most;
  return linkage == Linkage::single ? least : sum / static_cast<double>(a.size() * b.size());
}

/// Merges the two nearest of all clusters again and again.
template <class T>
std::vector<Merge> naive_merges(const test::Vectors<T>& vectors, Linkage linkage, Metric metric) {
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> clusters;
  for (std::size_t i = 0; i < vectors.rows; ++i) clusters.push_back({i, {i}});
  std::vector<std::vector<double>> distances;
  const auto measure = [&](std::size_t a, std::size_t b) {
    return linkage_distance(vectors, clusters[a].second, clusters[b].second, linkage, metric);
  };
  for (std::size_t a = 0; a < clusters.size(); ++a) {
    distances.emplace_back();
    for (std::size_t b = 0; b < a; ++b) distances[a].push_back(measure(a, b));
  }
  std::vector<Merge> merges;
  while (clusters.size() > 1) {
    std::size_t a = 1;
    std::size_t b = 0;
    for (std::size_t i = 1; i < clusters.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (distances[i][j] < distances[a][b]) std::tie(a, b) = std::pair(i, j);
    merges.push_back({std::min(clusters[a].first, clusters[b].first), std::max(clusters[a].first, clusters[b].first),
                      distances[a][b], clusters[a].second.size() + clusters[b].second.size()});
    clusters[b].first = vectors.rows + merges.size() - 1;
    clusters[b].second.insert(clusters[b].second.end(), clusters[a].second.begin(), clusters[a].second.end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(a));
    distances.erase(distances.begin() + static_cast<std::ptrdiff_t>(a));
    for (std::size_t i = a; i < distances.size(); ++i)
      distances[i].erase(distances[i].begin() + static_cast<std::ptrdiff_t>(a));
    for (std::size_t j = 0; j < b; ++j) distances[b][j] = measure(b, j);
    for (std::size_t i = b + 1; i < clusters.size(); ++i) distances[i][b] = measure(i, b);
  }
  return merges;
}

/// Whether two trees are the same but for the rounding of their distances.
void check_merges(const std::vector<Merge>& found, const std::vector<Merge>& expected, double rounding) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("merge " << i);
    REQUIRE(found[i].a == expected[i].a);
    REQUIRE(found[i].b == expected[i].b);
    CHECK(found[i].size == expected[i].size);
    CHECK(std::abs(found[i].distance - expected[i].distance) <= rounding * (1 + expected[i].distance));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("trees are SciPy's and labels scikit-learn's, with a matrix and without", "", float, double) {
  const auto vectors = test::golden_vectors<TestType>();
  std::size_t cases = 0;
  for (const auto& golden : test::density_goldens().at("agglomerative"))
    for (const bool with_matrix : {true, false}) {
      AgglomerativeOptions options{
          .linkage = linkage_of(golden.at("linkage")), .metric = test::metric_of(golden.at("metric")), .clusters = 25};
      if (!with_matrix && !needs_no_matrix(options.linkage, options.metric)) continue;
      if (!with_matrix) options.matrix_bytes = kNoMatrix;
      INFO(to_string(options.linkage) << ", " << to_string(options.metric) << (with_matrix ? "" : ", no matrix"));
      const AgglomerativeResult by_count = glossa::agglomerate(vectors.points(), options);
      CHECK(by_count.labels == test::renamed(golden.at("labels_of_25").get<Labels>()));
      CHECK(by_count.clusters == 25);
      options.clusters.reset();
      options.distance_threshold = golden.at("threshold");
      const AgglomerativeResult by_distance = glossa::agglomerate(vectors.points(), options);
      CHECK(by_distance.labels == test::renamed(golden.at("labels_at_threshold").get<Labels>()));

      const auto merges = golden.at("merges").get<std::vector<std::size_t>>();
      const auto distances = golden.at("distances").get<std::vector<double>>();
      REQUIRE(by_distance.dendrogram.merges.size() == distances.size());
      for (std::size_t i = 0; i < distances.size(); ++i) {
        INFO("merge " << i);
        const Merge& merge = by_distance.dendrogram.merges[i];
        CHECK(merge.a == merges[2 * i]);
        CHECK(merge.b == merges[2 * i + 1]);
        CHECK(std::abs(merge.distance - distances[i]) < 1e-6);
      }
      ++cases;
    }
  CHECK(cases == 11);
}

TEST_CASE("the two nearest clusters are merged again and again") {
  for (const std::size_t rows : {2UL, 3UL, 129UL, 200UL}) {
    const auto doubles = test::clustered_vectors<double>(rows, 21, 6, 11);
    const auto floats = test::clustered_vectors<float>(rows, 21, 6, 11);
    for (const Linkage linkage : {Linkage::ward, Linkage::average, Linkage::complete, Linkage::single})
      for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
        if (linkage == Linkage::ward && metric == Metric::cosine) continue;
        const auto expected = naive_merges(doubles, linkage, metric);
        for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
          if (bytes == kNoMatrix && !needs_no_matrix(linkage, metric)) continue;
          INFO(rows << " rows, " << to_string(linkage) << ", " << to_string(metric) << ", " << bytes << " bytes");
          const AgglomerativeOptions options{.linkage = linkage, .metric = metric, .matrix_bytes = bytes};
          const auto result = glossa::agglomerate(doubles.points(), options);
          CHECK(result.labels.empty());
          check_merges(result.dendrogram.merges, expected, 1e-12);
          check_merges(glossa::agglomerate(floats.points(), options).dendrogram.merges, expected, 2e-6);
        }
      }
  }
}

TEMPLATE_TEST_CASE("means and matrix give the same tree of more vectors than stay together", "", float, double) {
  const auto vectors = test::clustered_vectors<TestType>(1100, 24, 15, 12);
  for (const auto& [linkage, metric] :
       {std::pair(Linkage::ward, Metric::euclidean), std::pair(Linkage::average, Metric::cosine)}) {
    const auto expected = glossa::agglomerate(test::clustered_vectors<double>(1100, 24, 15, 12).points(),
                                              {.linkage = linkage, .metric = metric});
    const auto result =
        glossa::agglomerate(vectors.points(), {.linkage = linkage, .metric = metric, .matrix_bytes = kNoMatrix});
    check_merges(result.dendrogram.merges, expected.dendrogram.merges, 1e-12);
  }
}

TEST_CASE("single linkage of more vectors than stay together is that of double's matrix of distances") {
  // A minimum spanning tree by Kruskal's algorithm, from all distances.
  const auto vectors = test::clustered_vectors<float>(1100, 24, 15, 13);
  for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
    std::vector<std::pair<double, std::pair<std::size_t, std::size_t>>> pairs;
    for (std::size_t i = 0; i < vectors.rows; ++i)
      for (std::size_t j = i + 1; j < vectors.rows; ++j)
        pairs.push_back({test::naive_distance(vectors, i, j, metric), {i, j}});
    std::sort(pairs.begin(), pairs.end());
    std::vector<std::size_t> set(vectors.rows);
    std::iota(set.begin(), set.end(), std::size_t{0});
    std::vector<double> expected;
    for (const auto& [distance, pair] : pairs) {
      const std::size_t a = set[pair.first];
      const std::size_t b = set[pair.second];
      if (a == b) continue;
      expected.push_back(distance);
      std::replace(set.begin(), set.end(), b, a);
    }
    const auto result = glossa::agglomerate(vectors.points(), {.linkage = Linkage::single, .metric = metric});
    REQUIRE(result.dendrogram.merges.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(result.dendrogram.merges[i].distance == Approx(expected[i]).epsilon(1e-12));
  }
}

TEST_CASE("trees do not depend on threads") {
  const auto vectors = test::clustered_vectors<float>(900, 33, 9, 4);
  for (const Linkage linkage : {Linkage::ward, Linkage::average, Linkage::complete, Linkage::single})
    for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
      const Metric metric = linkage == Linkage::ward ? Metric::euclidean : Metric::cosine;
      if (bytes == kNoMatrix && !needs_no_matrix(linkage, metric)) continue;
      AgglomerativeOptions options{.linkage = linkage, .metric = metric, .matrix_bytes = bytes};
      options.run.threads = 1;
      const auto expected = glossa::agglomerate(vectors.points(), options).dendrogram.merges;
      for (const std::size_t threads : {2UL, 5UL}) {
        options.run.threads = threads;
        CHECK(glossa::agglomerate(vectors.points(), options).dendrogram.merges == expected);
      }
    }
}

TEST_CASE("vectors that floats cannot square are decided in double") {
  const auto plain = test::clustered_vectors<float>(150, 16, 8, 5);
  for (const Linkage linkage : {Linkage::average, Linkage::complete, Linkage::single})
    for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
      if (bytes == kNoMatrix && !needs_no_matrix(linkage, Metric::cosine)) continue;
      const AgglomerativeOptions options{
          .linkage = linkage, .metric = Metric::cosine, .clusters = 8, .matrix_bytes = bytes};
      const Labels expected = glossa::agglomerate(plain.points(), options).labels;
      for (const float scale : {1e-25F, 1e17F, 1e30F}) {
        auto scaled = plain;
        for (float& value : scaled.values) value *= scale;
        CHECK(glossa::agglomerate(scaled.points(), options).labels == expected);
      }
    }
  auto long_ones = plain;
  for (float& value : long_ones.values) value *= 1e17F;
  for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
    AgglomerativeOptions options{.clusters = 8, .matrix_bytes = bytes};
    CHECK(glossa::agglomerate(long_ones.points(), options).labels ==
          glossa::agglomerate(plain.points(), options).labels);
  }
}

TEMPLATE_TEST_CASE("a tree's distances grow with the vectors, to where squares are no numbers", "", float, double) {
  const int far = std::is_same_v<TestType, float> ? 100 : 900;
  const auto plain = test::clustered_vectors<TestType>(150, 16, 8, 5);
  for (const Linkage linkage : {Linkage::ward, Linkage::average, Linkage::complete, Linkage::single})
    for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
      if (bytes == kNoMatrix && !needs_no_matrix(linkage, Metric::euclidean)) continue;
      const AgglomerativeOptions options{.linkage = linkage, .matrix_bytes = bytes};
      const auto expected = glossa::agglomerate(plain.points(), options).dendrogram.merges;
      for (const int power : {-far, -30, 50, far}) {
        INFO(to_string(linkage) << ", " << bytes << " bytes, 2^" << power);
        auto scaled = plain;
        for (TestType& value : scaled.values) value = std::ldexp(value, power);
        auto found = glossa::agglomerate(scaled.points(), options).dendrogram.merges;
        for (Merge& merge : found) merge.distance = std::ldexp(merge.distance, -power);
        CHECK(found == expected);
      }
    }
}

TEST_CASE("vectors of ward that are far apart, beside equal ones and beside short ones, are a tree") {
  const test::Vectors<float> apart{{-1e30F, 0, 1e30F, 0, 1e30F, 0}, 3, 2};
  const test::Vectors<double> doubles{{-1e154, 0, 1e154, 0, 1e154, 0}, 3, 2};
  const test::Vectors<float> mixed{{1e30F, 0, 0, 1, 0, 2, 0, 4}, 4, 2};
  for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
    const AgglomerativeOptions options{.clusters = 2, .matrix_bytes = bytes};
    const auto check = [&](const AgglomerativeResult& found, double length) {
      CHECK(found.labels == Labels{0, 1, 1});
      REQUIRE(found.dendrogram.merges.size() == 2);
      CHECK(found.dendrogram.merges[0].distance == 0);
      CHECK(found.dendrogram.merges[1].distance == Approx(std::sqrt(4.0 / 3) * 2 * length));
    };
    check(glossa::agglomerate(apart.points(), options), 1e30);
    check(glossa::agglomerate(doubles.points(), options), 1e154);
    const AgglomerativeResult found = glossa::agglomerate(mixed.points(), options);
    CHECK(found.labels == Labels{0, 1, 1, 1});
    CHECK(found.dendrogram.merges[0].distance == Approx(1));
  }
}

TEST_CASE("no vectors, one, equal ones and zero vectors can be merged") {
  CHECK(glossa::agglomerate(glossa::Embeddings(), {.clusters = 3}).labels.empty());
  const test::Vectors<float> one{{3, 4}, 1, 2};
  const test::Vectors<float> equal{std::vector<float>(1200, 0.3F), 300, 4};
  const test::Vectors<float> zero{std::vector<float>(1200, 0), 300, 4};
  for (const Linkage linkage : {Linkage::ward, Linkage::average, Linkage::complete, Linkage::single}) {
    CHECK(glossa::agglomerate(one.points(), {.linkage = linkage, .clusters = 1}).labels == Labels{0});
    CHECK(glossa::agglomerate(one.points(), {.linkage = linkage, .distance_threshold = 1}).labels == Labels{0});
    for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
      if (bytes == kNoMatrix && !needs_no_matrix(linkage, Metric::euclidean)) continue;
      AgglomerativeOptions options{.linkage = linkage, .distance_threshold = 1e-6, .matrix_bytes = bytes};
      CHECK(glossa::agglomerate(equal.points(), options).labels == Labels(300, 0));
      CHECK(glossa::agglomerate(zero.points(), options).labels == Labels(300, 0));
      options.distance_threshold = 0;
      CHECK(glossa::agglomerate(zero.points(), options).clusters == 300);
    }
  }
  for (const std::size_t bytes : {std::size_t{1} << 30, kNoMatrix}) {
    const auto found = glossa::agglomerate(
        equal.points(),
        {.linkage = Linkage::average, .metric = Metric::cosine, .distance_threshold = 0, .matrix_bytes = bytes});
    CHECK(found.clusters == 300);
    for (const Merge& merge : found.dendrogram.merges) CHECK((merge.distance >= 0 && merge.distance < 1e-15));
  }
  const auto apart = glossa::agglomerate(zero.points(), {.linkage = Linkage::average, .metric = Metric::cosine});
  for (const Merge& merge : apart.dendrogram.merges) CHECK(merge.distance == 1);
}

TEST_CASE("agglomerate refuses what has no meaning, and a matrix that is too large") {
  auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  const auto field = [&](const AgglomerativeOptions& options) {
    return test::error_of([&] { (void)glossa::agglomerate(vectors.points(), options); }).field();
  };
  CHECK(field({.metric = Metric::cosine}) == "AgglomerativeOptions::metric");
  CHECK(field({.clusters = 11}) == "AgglomerativeOptions::clusters");
  CHECK(field({.clusters = 0}) == "AgglomerativeOptions::clusters");
  CHECK(field({.clusters = 2, .distance_threshold = 1}) == "AgglomerativeOptions");
  CHECK(field({.distance_threshold = std::numeric_limits<double>::quiet_NaN()}) ==
        "AgglomerativeOptions::distance_threshold");
  CHECK(field({.linkage = Linkage::average, .metric = Metric::manhattan}) == "agglomerate.metric");
  CHECK(field({.linkage = Linkage::complete, .matrix_bytes = 179}) == "AgglomerativeOptions::matrix_bytes");
  CHECK(glossa::agglomerate(vectors.points(), {.linkage = Linkage::complete, .matrix_bytes = 180})
            .dendrogram.merges.size() == 9);
  vectors.values[7] = std::numeric_limits<float>::infinity();
  CHECK(field({}) == "agglomerate");
}

TEST_CASE("a tree can be cut anywhere, and one that is none is refused") {
  const auto vectors = test::clustered_vectors<float>(40, 4, 5, 1);
  const glossa::Dendrogram tree = glossa::agglomerate(vectors.points()).dendrogram;
  Labels own(40);
  std::iota(own.begin(), own.end(), 0);
  CHECK(tree.cut_into(40) == own);
  CHECK(tree.cut_into(1) == Labels(40, 0));
  CHECK(tree.cut_at(-1) == own);
  CHECK(tree.cut_at(std::numeric_limits<double>::infinity()) == Labels(40, 0));
  CHECK(tree.cut_at(tree.merges[20].distance) == tree.cut_into(20));
  CHECK_THROWS_AS(tree.cut_into(0), glossa::Error);
  CHECK_THROWS_AS(tree.cut_into(41), glossa::Error);
  glossa::Dendrogram broken = tree;
  broken.merges[3].b = 43;
  CHECK_THROWS_AS(broken.cut_into(2), glossa::Error);
  broken = tree;
  broken.merges.pop_back();
  CHECK_THROWS_AS(broken.cut_into(2), glossa::Error);
}

TEST_CASE("merging tells how far it is, and can be cancelled") {
  const auto vectors = test::clustered_vectors<float>(1500, 4, 20, 1);
  for (const auto& [linkage, bytes] : {std::pair(Linkage::ward, std::size_t{1} << 30),
                                       std::pair(Linkage::ward, kNoMatrix), std::pair(Linkage::single, kNoMatrix)})
    test::check_progress_and_cancelling([&, how = linkage, most = bytes](const glossa::ClusterRun& run) {
      (void)glossa::agglomerate(vectors.points(), {.linkage = how, .clusters = 2, .matrix_bytes = most, .run = run});
    });
}
