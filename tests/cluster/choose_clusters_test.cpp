// How many clusters there are, by silhouettes and by the elbow of the inertia.
#include "error_of.hpp"
#include "kmeans_cases.hpp"

#include <glossa/cluster/choose_clusters.hpp>
#include <glossa/cluster/elbow.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using glossa::ClusterCriterion;
using glossa::Points;

TEMPLATE_TEST_CASE("as many clusters are chosen as there are blobs", "", float, double) {
  for (const std::size_t blobs : {3u, 7u, 12u}) {
    const auto rows = test::blobs<TestType>(360, 12, blobs, 4, TestType(0.3));
    for (const ClusterCriterion criterion : {ClusterCriterion::silhouette, ClusterCriterion::elbow}) {
      // For a range up to 20 the bend at 12 is too round.
      const std::size_t most = criterion == ClusterCriterion::elbow && blobs == 12 ? 40 : 20;
      const auto chosen = glossa::choose_clusters(
          rows.points(), {.most = most, .criterion = criterion, .kmeans = {.starts = 4, .run = {.threads = 1}}});
      INFO(blobs << " blobs");
      CHECK(chosen.result.clusters() == blobs);
      for (std::size_t i = 0; i < rows.count; ++i) REQUIRE(chosen.result.labels[i] == chosen.result.labels[i % blobs]);
      REQUIRE(chosen.tried.size() == most - 1);
      CHECK(chosen.has_elbow == (criterion == ClusterCriterion::elbow));
      for (std::size_t i = 0; i < most - 1; ++i) {
        const auto& tried = chosen.tried[i];
        CHECK(tried.clusters == i + 2);
        CHECK(tried.silhouette.has_value() == (criterion == ClusterCriterion::silhouette));
        if (i % 6 != 0 && i + 2 != blobs) continue;
        const auto result = glossa::kmeans(rows.points(), {.clusters = i + 2, .starts = 4});
        CHECK(tried.inertia == result.inertia);
        if (tried.silhouette) CHECK(*tried.silhouette == glossa::silhouette(rows.points(), result.labels));
        if (i + 2 == blobs) CHECK(chosen.result.labels == result.labels);
      }
    }
  }
}

TEST_CASE("a range of numbers may have steps") {
  const auto rows = test::blobs<float>(200, 5, 10, 4, 0.1F);
  const auto chosen = glossa::choose_clusters(rows.points(), {.least = 4, .most = 15, .step = 3});
  std::vector<std::size_t> clusters;
  for (const auto& tried : chosen.tried) clusters.push_back(tried.clusters);
  CHECK(clusters == std::vector<std::size_t>{4, 7, 10, 13});
  CHECK(chosen.result.clusters() == 10);
}

TEST_CASE("an elbow is where a curve is farthest from its chord, once it comes back") {
  // Satopää et al.'s example, y = -1/x + 5 turned upside down, has its knee at the third point.
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 10; ++i) {
    x.push_back(0.1 + 0.1 * i);
    y.push_back(1 / x.back() - 5);
  }
  const auto elbow = glossa::detail::find_elbow(x, y, 1);
  CHECK(elbow.at == 2);
  CHECK(elbow.confirmed);
  CHECK_FALSE(glossa::detail::find_elbow(x, y, 20).confirmed);
  CHECK(glossa::detail::find_elbow(x, y, 20).at == 2);
  std::vector<double> line(10);
  for (std::size_t i = 0; i < 10; ++i) line[i] = 10 - static_cast<double>(i);
  CHECK_FALSE(glossa::detail::find_elbow(x, line, 1).confirmed);
  const std::vector<double> flat(10, 3.0);
  CHECK(glossa::detail::find_elbow(x, flat, 1).at == 0);
  CHECK(glossa::detail::find_elbow({}, {}, 1).at == 0);
}

TEST_CASE("choosing clusters of vectors that are all equal") {
  const std::vector<float> same(40, 0.5F);
  const auto chosen =
      glossa::choose_clusters(Points<float>(same.data(), 20, 2), {.most = 5, .criterion = ClusterCriterion::elbow});
  CHECK(chosen.result.clusters() == 2);
  CHECK_FALSE(chosen.has_elbow);
  // With one cluster in fact, there is no silhouette.
  const auto by_silhouette = glossa::choose_clusters(Points<float>(same.data(), 20, 2), {.most = 5});
  CHECK(by_silhouette.result.clusters() == 2);
  CHECK(by_silhouette.result.labels == glossa::Labels(20, 0));
  REQUIRE(by_silhouette.tried.size() == 4);
  for (const auto& tried : by_silhouette.tried) CHECK_FALSE(tried.silhouette.has_value());
}

TEST_CASE("as many clusters as vectors have no silhouette, and are not chosen") {
  const auto rows = test::blobs<float>(6, 2, 3, 4, 0.01F);
  const auto chosen = glossa::choose_clusters(rows.points(), {.most = 6});
  CHECK(chosen.result.clusters() < 6);
  CHECK(chosen.tried.back().clusters == 6);
  CHECK_FALSE(chosen.tried.back().silhouette.has_value());
}

TEST_CASE("one vector far from all others does not end the choice, though no sample has it") {
  auto rows = test::blobs<float>(5000, 2, 1, 4, 0.1F);
  rows.values[0] = 40;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const auto chosen = glossa::choose_clusters(rows.points(), {.most = 4, .silhouette = {.sample = 50, .seed = seed}});
    CHECK(chosen.result.clusters() == 2);
    CHECK(std::count(chosen.result.labels.begin(), chosen.result.labels.end(), chosen.result.labels[0]) == 1);
  }
}

TEST_CASE("choosing clusters says what it cannot work with") {
  const auto rows = test::blobs<float>(20, 2, 4, 4, 0.1F);
  const auto field_of = [&](const Points<float>& points, const glossa::ChooseClustersOptions& options) {
    return test::error_of([&] { (void)glossa::choose_clusters(points, options); }).field();
  };
  CHECK(field_of(rows.points(), {.least = 1, .most = 5}) == "least");
  CHECK(field_of(rows.points(), {.least = 6, .most = 5}) == "least");
  CHECK(field_of(rows.points(), {.most = 5, .step = 0}) == "step");
  CHECK(field_of(rows.points(), {.most = 21}) == "clusters");
  CHECK(field_of(rows.points(), {.least = 0, .most = 5, .criterion = ClusterCriterion::elbow}) == "least");
  CHECK(field_of(Points<float>(), {.most = 5}) == "clusters");
  for (const double wrong : {-1.0, std::nan("")})
    CHECK(field_of(rows.points(), {.most = 5, .sensitivity = wrong}) == "sensitivity");
  const auto one = glossa::choose_clusters(rows.points(), {.most = 5, .step = std::numeric_limits<std::size_t>::max()});
  CHECK(one.tried.size() == 1);
}

TEST_CASE("choosing clusters ends when it is told to, wherever it is") {
  const auto rows = test::blobs<float>(20, 2, 4, 4, 0.1F);
  struct Enough {};
  for (const ClusterCriterion criterion : {ClusterCriterion::silhouette, ClusterCriterion::elbow}) {
    glossa::ChooseClustersOptions options{.most = 5, .criterion = criterion};
    int calls = 0;
    int last = 0;
    std::size_t done = 0;
    bool is_silhouette = false;  // told again, with nothing more done
    options.kmeans.run.progress = [&](const glossa::Progress& progress) {
      if (++calls == last) throw Enough();
      is_silhouette = is_silhouette || (progress.done > 0 && progress.done == done);
      done = progress.done;
    };
    (void)glossa::choose_clusters(rows.points(), options);
    CHECK(is_silhouette);
    const int all = calls;
    for (last = 1; last <= all; ++last) {
      calls = 0;
      REQUIRE_THROWS_AS(glossa::choose_clusters(rows.points(), options), Enough);
    }
  }
}
