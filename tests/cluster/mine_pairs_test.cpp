// Paraphrase mining against comparing all with all in double.
#include "catch.hpp"
#include "error_of.hpp"
#include "mining_points.hpp"

#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using glossa::MinedPair;
using glossa::PairMiningOptions;
using glossa::Points;
using test::PointSet;

double cosine(const PointSet<float>& set, std::size_t a, std::size_t b) {
  double product = 0;
  double own = 0;
  double other = 0;
  for (std::size_t d = 0; d < set.dims; ++d) {
    const auto x = static_cast<double>(set.values[a * set.dims + d]);
    const auto y = static_cast<double>(set.values[b * set.dims + d]);
    product += x * y;
    own += x * x;
    other += y * y;
  }
  return own == 0 || other == 0 ? 0 : product / std::sqrt(own) / std::sqrt(other);
}

/// The definition. Of equal cosines the lower index is the nearer one.
std::vector<MinedPair> by_comparing_all(const PointSet<float>& set, const PairMiningOptions& options) {
  std::set<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < set.rows; ++i) {
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t j = 0; j < set.rows; ++j)
      if (j != i) others.emplace_back(-cosine(set, i, j), j);
    std::sort(others.begin(), others.end());
    others.resize(std::min(others.size(), options.neighbors));
    for (const auto& [score, j] : others)
      if (static_cast<double>(static_cast<float>(-score)) >= options.threshold)
        found.emplace(std::min(i, j), std::max(i, j));
  }
  std::vector<MinedPair> pairs;
  for (const auto& [a, b] : found) {
    const auto score = static_cast<float>(cosine(set, a, b));
    pairs.push_back({a, b, score, score});
  }
  std::sort(pairs.begin(), pairs.end(), glossa::detail::is_better_pair);
  if (options.max_pairs != 0 && pairs.size() > options.max_pairs) pairs.resize(options.max_pairs);
  return pairs;
}

/// Every pair is right, and none is missing but for those at the border, where float and double may disagree: `border`
/// of them, as a share.
void check_same(const std::vector<MinedPair>& found, const std::vector<MinedPair>& expected, double border = 0.005) {
  REQUIRE(found.size() == expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].score == Approx(expected[i].score).margin(1e-5));
    CHECK(found[i].cosine == found[i].score);
    CHECK(found[i].a < found[i].b);
    different += std::pair(found[i].a, found[i].b) != std::pair(expected[i].a, expected[i].b);
  }
  CHECK(static_cast<double>(different) <= border * static_cast<double>(found.size()));
}

}  // namespace

TEST_CASE("mined pairs are those that comparing all with all in double finds") {
  const PointSet<float> set = test::clustered_rows(700, 48, 3);  // three tiles, the last one partly filled
  for (const std::size_t neighbors : {1u, 5u, 100u, 699u, 5000u})
    for (const double threshold : {-1.0, 0.5, 0.9}) {
      const PairMiningOptions options{.threshold = threshold, .max_pairs = 0, .neighbors = neighbors};
      CAPTURE(neighbors, threshold);
      if (neighbors > 100 && threshold < 0) continue;  // all pairs: a quarter of a million checks
      const std::vector<MinedPair> expected = by_comparing_all(set, options);
      check_same(glossa::mine_pairs(set.points(), options), expected);
      check_same(glossa::mine_pairs(test::as_double(set).points(), options), expected, 0);
    }
}

TEST_CASE("the best pairs are the same, though entries that cannot be among them were left out on the way") {
  const PointSet<float> set = test::clustered_rows(1500, 16, 4);
  for (const std::size_t most : {1u, 1000u, 20000u}) {
    const PairMiningOptions options{.max_pairs = most, .neighbors = 500};  // enough entries for the limit to rise
    CAPTURE(most);
    check_same(glossa::mine_pairs(set.points(), options), by_comparing_all(set, options));
  }
}

TEST_CASE("pairs do not depend on the number of threads, nor on whose they are") {
  const PointSet<float> set = test::clustered_rows(1300, 24, 5);
  PairMiningOptions options{.max_pairs = 3000, .neighbors = 300};
  options.run.threads = 1;
  const std::vector<MinedPair> one = glossa::mine_pairs(set.points(), options);
  REQUIRE(one.size() == 3000);
  for (const std::size_t threads : {2u, 3u, 8u}) {
    options.run.threads = threads;
    CHECK(glossa::mine_pairs(set.points(), options) == one);
  }
  options.run.executor = std::make_shared<glossa::ThreadPool>(4);
  CHECK(glossa::mine_pairs(set.points(), options) == one);
}

TEST_CASE("all levels of instructions find the same pairs") {
  const PointSet<float> set = test::clustered_rows(600, 40, 6);
  PairMiningOptions options{.threshold = 0.6, .max_pairs = 0, .neighbors = 20};
  const std::vector<MinedPair> expected = by_comparing_all(set, options);
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    CAPTURE(to_string(level));
    options.run.cpu_level = level;
    check_same(glossa::mine_pairs(set.points(), options), expected);
  }
}

TEST_CASE("a graph finds nearly all pairs above a threshold, the same ones each time") {
  const PointSet<float> set = test::clustered_rows(3000, 64, 7);
  PairMiningOptions options{.threshold = 0.8, .max_pairs = 0, .neighbors = 100};  // no crowd of copies is larger
  const std::vector<MinedPair> exact = glossa::mine_pairs(set.points(), options);
  options.search = glossa::NeighborSearch::graph;
  const std::vector<MinedPair> found = glossa::mine_pairs(set.points(), options);
  std::set<std::pair<std::size_t, std::size_t>> known;
  for (const MinedPair& pair : exact) known.emplace(pair.a, pair.b);
  REQUIRE(known.size() > 500);
  std::size_t hits = 0;
  for (const MinedPair& pair : found) hits += known.count({pair.a, pair.b});
  CHECK(static_cast<double>(hits) >= 0.99 * static_cast<double>(exact.size()));
  options.run.threads = 3;
  CHECK(glossa::mine_pairs(set.points(), options) == found);
}

TEST_CASE("no vectors and one have no pairs; equal and zero ones have theirs") {
  CHECK(glossa::mine_pairs(Points<float>()).empty());
  CHECK(glossa::mine_pairs(glossa::Embeddings()).empty());
  const PointSet<float> one = test::clustered_rows(1, 8, 1);
  CHECK(glossa::mine_pairs(one.points()).empty());
  PointSet<float> same{5, 8, std::vector<float>(40, 0.25F)};
  const auto pairs = glossa::mine_pairs(same.points(), {.threshold = 1});
  REQUIRE(pairs.size() == 10);
  CHECK(pairs.front() == MinedPair{0, 1, 1, 1});
  CHECK(pairs.back() == MinedPair{3, 4, 1, 1});
  std::fill_n(same.row(2), 8, 0.0F);
  CHECK(glossa::mine_pairs(same.points(), {.threshold = 0.5}).size() == 6);
  CHECK(glossa::mine_pairs(same.points(), {.threshold = 0}).size() == 10);
  CHECK(glossa::mine_pairs(Points<float>(nullptr, 3, 0), {.threshold = 0.5}).empty());
}

TEMPLATE_TEST_CASE("vectors may be so long or short that their products are no numbers", "", float, double) {
  const PointSet<float> set = test::clustered_rows(300, 16, 9);
  for (const auto search : {glossa::NeighborSearch::exact, glossa::NeighborSearch::graph}) {
    PairMiningOptions options{.threshold = 0.6, .max_pairs = 0, .neighbors = 20, .search = search};
    const auto expected = glossa::mine_pairs(set.points(), options);
    REQUIRE(expected.size() > 100);
    for (const double length : std::is_same_v<TestType, float>
                                   ? std::vector<double>{1e-25, 1e25}
                                   : std::vector<double>{1e-310, 1e-200, 1e-25, 1e25, 1e200}) {
      PointSet<TestType> scaled{set.rows, set.dims, {}};
      for (std::size_t i = 0; i < set.values.size(); ++i)  // some are ordinary
        scaled.values.push_back(
            static_cast<TestType>(static_cast<double>(set.values[i]) * (i / set.dims % 3 == 0 ? 1 : length)));
      CAPTURE(length);
      const auto found = glossa::mine_pairs(scaled.points(), options);
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].score == Approx(expected[i].score).margin(1e-5));
    }
  }
}

TEST_CASE("numbers that are none, and options that say nothing, are refused") {
  PointSet<float> set = test::clustered_rows(10, 4, 2);
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_pairs(set.points(), {.neighbors = 0}); }), "neighbors"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_pairs(set.points(), {.threshold = nan}); }), "NaN"));
  set.row(7)[2] = std::numeric_limits<float>::quiet_NaN();
  const glossa::Error error = test::error_of([&] { (void)glossa::mine_pairs(set.points()); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "vector 7"));
}

TEST_CASE("what a progress function throws ends the mining") {
  const PointSet<float> set = test::clustered_rows(2000, 16, 8);
  for (const auto search : {glossa::NeighborSearch::exact, glossa::NeighborSearch::graph})
    for (const std::size_t threads : {1u, 3u}) {
      PairMiningOptions options;
      options.search = search;
      options.run.threads = threads;
      std::size_t calls = 0;
      std::size_t last = 0;
      options.run.progress = [&](const glossa::Progress& progress) {
        CHECK(progress.done <= progress.total);
        last = progress.done;
        if (++calls == 2) throw std::runtime_error("enough");
      };
      CHECK_THROWS_WITH(glossa::mine_pairs(set.points(), options), "enough");
      CHECK(calls == 2);
      CHECK(last > 0);
    }
}
