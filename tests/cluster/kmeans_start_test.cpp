// Where k-means starts from.
#include "kmeans_cases.hpp"

#include <glossa/cluster/kmeans.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

using glossa::KMeansOptions;
using glossa::KMeansStart;
using glossa::Points;

namespace {

constexpr KMeansStart kStarts[] = {KMeansStart::plus_plus, KMeansStart::parallel, KMeansStart::random};

}  // namespace

TEMPLATE_TEST_CASE("every start finds clusters that are apart, and another seed another start", "", float, double) {
  for (const KMeansStart start : kStarts) {
    const bool is_random = start == KMeansStart::random;  // which seldom hits each of many clusters once
    const std::size_t clusters = is_random ? 3 : 12;
    const auto rows = test::blobs<TestType>(1200, 20, static_cast<unsigned>(clusters), 3, TestType(0.05));
    const auto result =
        glossa::kmeans(rows.points(), {.clusters = clusters, .start = start, .starts = is_random ? 50u : 1u});
    for (std::size_t i = 0; i < rows.count; ++i) REQUIRE(result.labels[i] == result.labels[i % clusters]);
    CHECK(std::set<std::int32_t>(result.labels.begin(), result.labels.end()).size() == clusters);
    std::set<std::vector<TestType>> different;
    for (const std::uint64_t seed : {1u, 2u, 3u})
      different.insert(
          glossa::kmeans(rows.points(), {.clusters = 3, .start = start, .max_iterations = 0, .seed = seed}).centers);
    CHECK(different.size() > 1);
    for (const auto& centers : different) {  // a start is made of the vectors themselves, all different ones
      const auto labels = glossa::nearest_centers(Points<TestType>(centers.data(), 3, 20), rows.points());
      CHECK(std::set<std::int32_t>(labels.begin(), labels.end()).size() == 3);
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(test::square_of(Points<TestType>(centers.data(), 3, 20), c, rows.points(),
                              static_cast<std::size_t>(labels[c])) == 0);
    }
  }
}

TEST_CASE("a start may be looked for among some of the vectors") {
  const auto rows = test::blobs<double>(5000, 8, 5, 3, 0.02);
  for (const KMeansStart start : {KMeansStart::plus_plus, KMeansStart::parallel})
    for (const std::size_t sample : {1u, 100u, 5000u}) {
      const KMeansOptions options{.clusters = 5, .start = start, .start_sample = sample};
      const auto result = glossa::kmeans(rows.points(), options);
      if (sample > 1) {
        for (std::size_t i = 0; i < rows.count; ++i) REQUIRE(result.labels[i] == result.labels[i % 5]);
      } else {  // fewer than clusters are taken for as many
        KMeansOptions as_many = options;
        as_many.start_sample = 5;
        CHECK(result.centers == glossa::kmeans(rows.points(), as_many).centers);
        as_many.max_iterations = 0;
        CHECK(glossa::kmeans(rows.points(), as_many).inertia > result.inertia);
      }
    }
}

TEST_CASE("of more starts the best counts") {
  const auto rows = test::blobs<double>(600, 2, 25, 3, 0.3);
  const auto inertia_of_starts = [&](std::size_t starts) {
    return glossa::kmeans(rows.points(), {.clusters = 25, .start = KMeansStart::random, .starts = starts}).inertia;
  };
  CHECK(inertia_of_starts(3) < inertia_of_starts(1));  // the first start is the same
  CHECK(inertia_of_starts(10) < inertia_of_starts(3));
}
