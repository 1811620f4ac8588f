// Communities against those of sentence-transformers and against their definition.
#include "catch.hpp"
#include "density_goldens.hpp"
#include "error_of.hpp"

#include <glossa/cluster/communities.hpp>
#include <glossa/core/embeddings.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

using glossa::Communities;
using glossa::CommunityOptions;
using glossa::Labels;
using Lists = std::vector<std::vector<std::size_t>>;

namespace {

/// With all cosines at hand.
Lists naive_communities(const test::NaiveDistances& distances, double threshold, std::size_t min_size) {
  Lists around;
  for (std::size_t i = 0; i < distances.rows; ++i) {
    std::vector<std::pair<double, std::size_t>> near;
    for (std::size_t j = 0; j < distances.rows; ++j)
      if (distances(i, j) <= 1 - threshold) near.emplace_back(distances(i, j), j);
    std::sort(near.begin(), near.end());
    if (near.size() < min_size) continue;
    around.push_back({i});
    for (const auto& [distance, j] : near) around.back().push_back(j);
  }
  std::stable_sort(around.begin(), around.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<bool> taken(distances.rows);
  Lists found;
  for (const auto& list : around) {
    std::vector<std::size_t> left;
    for (std::size_t at = 1; at < list.size(); ++at)
      if (!taken[list[at]]) left.push_back(list[at]);
    if (taken[list.front()] || left.size() < min_size) continue;
    left.erase(std::find(left.begin(), left.end(), list.front()));
    left.insert(left.begin(), list.front());
    for (const std::size_t i : left) taken[i] = true;
    found.push_back(left);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return found;
}

void check_labels(const Communities& result) {
  Labels expected(result.labels.size(), glossa::kNoise);
  for (std::size_t c = 0; c < result.communities.size(); ++c)
    for (const std::size_t i : result.communities[c]) expected[i] = static_cast<std::int32_t>(c);
  CHECK(result.labels == expected);
}

}  // namespace

TEMPLATE_TEST_CASE("communities are those of sentence-transformers", "", float, double) {
  const auto vectors = test::golden_vectors<TestType>();
  std::size_t cases = 0;
  for (const auto& golden : test::density_goldens().at("communities")) {
    INFO("threshold " << golden.at("threshold") << ", " << golden.at("min_size"));
    const Communities result = glossa::detect_communities(
        vectors.points(), {.threshold = golden.at("threshold"), .min_size = golden.at("min_size")});
    CHECK(result.communities == golden.at("communities").get<Lists>());
    check_labels(result);
    ++cases;
  }
  CHECK(cases == 7);
}

TEST_CASE("communities follow their definition, from none to one") {
  for (const std::size_t rows : {1UL, 2UL, 255UL, 257UL, 520UL}) {
    const std::size_t dims = rows == 520 ? 70 : 19;
    const auto doubles = test::clustered_vectors<double>(rows, dims, 30, 3);
    const auto floats = test::clustered_vectors<float>(rows, dims, 30, 3);
    const test::NaiveDistances distances(doubles, glossa::Metric::cosine);
    for (const double threshold : {-1.0, -0.2, 0.4, 0.7, 0.85, 0.95, 1.0})
      for (const std::size_t min_size : {1UL, 2UL, 5UL, 40UL}) {
        INFO(rows << " rows, threshold " << threshold << ", " << min_size);
        const Lists expected = naive_communities(distances, threshold, min_size);
        const CommunityOptions options{.threshold = threshold, .min_size = min_size};
        const Communities result = glossa::detect_communities(doubles.points(), options);
        CHECK(result.communities == expected);
        check_labels(result);
        CHECK(glossa::detect_communities(floats.points(), options).communities == expected);
      }
  }
}

TEST_CASE("many centres that come to nothing are tried in turn") {
  // On a circle every vector has the same number of others in reach, and each community leaves too few to the next.
  test::Vectors<double> vectors{{}, 1000, 2};
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    const double angle =
        2 * 3.14159265358979323846 * static_cast<double>(i * i % 1009) / 1009 + 1e-5 * static_cast<double>(i);
    vectors.values.push_back(std::cos(angle));
    vectors.values.push_back(std::sin(angle));
  }
  const test::NaiveDistances distances(vectors, glossa::Metric::cosine);
  for (const double threshold : {0.999, 0.9999, 0.99999})
    for (const std::size_t min_size : {2UL, 4UL, 8UL, 13UL}) {
      INFO(threshold << ", " << min_size);
      CHECK(glossa::detect_communities(vectors.points(), {.threshold = threshold, .min_size = min_size}).communities ==
            naive_communities(distances, threshold, min_size));
    }
}

TEST_CASE("communities do not depend on threads or instructions") {
  const auto vectors = test::clustered_vectors<float>(900, 96, 40, 4);
  const CommunityOptions options{.threshold = 0.7, .min_size = 4};
  const Communities expected = glossa::detect_communities(vectors.points(), options);
  REQUIRE(expected.communities.size() > 20);
  for (const std::size_t threads : {1UL, 2UL, 7UL}) {
    CommunityOptions other = options;
    other.run.threads = threads;
    CHECK(glossa::detect_communities(vectors.points(), other).communities == expected.communities);
  }
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    CommunityOptions other = options;
    other.run.cpu_level = level;
    CHECK(glossa::detect_communities(vectors.points(), other).communities == expected.communities);
  }
}

TEST_CASE("no vectors, one, equal ones and zero vectors make what they can") {
  CHECK(glossa::detect_communities(glossa::Embeddings(), {}).communities.empty());
  const test::Vectors<float> one{{3, 4}, 1, 2};
  CHECK(glossa::detect_communities(one.points(), {.min_size = 2}).communities.empty());
  CHECK(glossa::detect_communities(one.points(), {.threshold = 1, .min_size = 1}).communities == Lists{{0}});
  const test::Vectors<float> equal{std::vector<float>(1200, 0.3F), 300, 4};
  const Communities all = glossa::detect_communities(equal.points(), {.threshold = 1});
  REQUIRE(all.communities.size() == 1);
  CHECK(all.communities[0].size() == 300);
  CHECK(std::is_sorted(all.communities[0].begin(), all.communities[0].end()));
  const test::Vectors<float> zero{std::vector<float>(80, 0), 20, 4};
  CHECK(glossa::detect_communities(zero.points(), {.threshold = 0.1, .min_size = 1}).communities.empty());
  CHECK(glossa::detect_communities(zero.points(), {.threshold = 0, .min_size = 1}).communities.size() == 1);
}

TEST_CASE("communities refuse what has no meaning") {
  auto vectors = test::clustered_vectors<float>(10, 4, 2, 1);
  const auto field = [&](const CommunityOptions& options) {
    return test::error_of([&] { (void)glossa::detect_communities(vectors.points(), options); }).field();
  };
  CHECK(field({.threshold = 1.01}) == "CommunityOptions::threshold");
  CHECK(field({.threshold = std::numeric_limits<double>::quiet_NaN()}) == "CommunityOptions::threshold");
  CHECK(field({.min_size = 0}) == "CommunityOptions::min_size");
  vectors.values[7] = std::numeric_limits<float>::infinity();
  CHECK(field({}) == "detect_communities");
}

TEST_CASE("detecting communities tells how far it is, and can be cancelled") {
  const auto vectors = test::clustered_vectors<float>(3000, 4, 20, 1);
  test::check_progress_and_cancelling([&](const glossa::ClusterRun& run) {
    (void)glossa::detect_communities(vectors.points(), {.threshold = 0.95, .min_size = 3, .run = run});
  });
}
