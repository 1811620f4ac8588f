// k-means of vectors that numbers hardly hold, or of which it can make nothing.
#include "error_of.hpp"
#include "kmeans_cases.hpp"

#include <glossa/cluster/kmeans.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <vector>

using glossa::KMeansOptions;
using glossa::KMeansStart;
using glossa::Points;
using test::inertia_of;
using test::some_rows;

namespace {

constexpr KMeansStart kStarts[] = {KMeansStart::plus_plus, KMeansStart::parallel, KMeansStart::random};

}  // namespace

TEST_CASE("k-means of vectors with few different ones") {
  for (const KMeansStart start : kStarts) {
    const std::vector<float> same(30 * 5, 0.1F);
    const auto equal = glossa::kmeans(Points<float>(same.data(), 30, 5), {.clusters = 4, .start = start});
    CHECK(equal.labels == glossa::Labels(30, 0));
    CHECK(equal.inertia == 0);
    CHECK(equal.converged);
    CHECK(equal.centers == std::vector<float>(4 * 5, 0.1F));

    std::vector<double> two(20);
    for (std::size_t i = 0; i < 20; i += 2) two[i] = 1;
    const auto halves = glossa::kmeans(Points<double>(two.data(), 20, 1), {.clusters = 5, .start = start});
    CHECK(halves.inertia == 0);
    for (std::size_t i = 0; i < 20; ++i) CHECK(halves.labels[i] == halves.labels[i % 2]);
    CHECK(halves.labels[0] != halves.labels[1]);

    const auto one = glossa::kmeans(Points<float>(same.data(), 1, 5), {.clusters = 1, .start = start});
    CHECK(one.labels == glossa::Labels{0});
    CHECK(one.inertia == 0);

    const auto rows = test::blobs<float>(9, 3, 9, 1, 0.1F);  // as many clusters as vectors
    const auto all = glossa::kmeans(rows.points(), {.clusters = 9, .start = start});
    CHECK(all.inertia == 0);
    CHECK(std::set<std::int32_t>(all.labels.begin(), all.labels.end()).size() == 9);
  }
}

TEST_CASE("vectors that crowd far from zero are told apart as double precision does") {
  auto rows = test::blobs<float>(400, 30, 8, 2, 0.4F);
  for (float& x : rows.values) x = 1000 + x / 16;
  const auto start = some_rows(rows.points(), 8);
  const auto result = glossa::kmeans(rows.points(), Points<float>(start.data(), 8, 30), {.tolerance = 0});
  CHECK(result.labels == test::naive_labels(rows.points(), result.center_points()));
  CHECK(result.inertia == Approx(inertia_of(rows.points(), result)).epsilon(1e-12));
}

TEST_CASE("squares that float cannot hold, and those that it rounds to zero, do not confuse k-means") {
  for (const double scale : {3e37, 1e30, 1e20, 3e18, 1e-19, 1e-23, 1e-30}) {
    // As many rounds as it takes for bounds to be set, of overlapping clusters.
    auto rows = test::blobs<double>(400, 3, 12, 5, 1.0);
    for (double& x : rows.values) x = static_cast<double>(static_cast<float>(x * scale));
    const auto floats = test::as<double, float>(rows);
    const auto start = some_rows(floats.points(), 12);
    const Points<float> centers(start.data(), 12, 3);
    for (const std::size_t bounds : {std::size_t{0}, std::size_t{1} << 30}) {
      const auto result = glossa::kmeans(floats.points(), centers, {.tolerance = 0, .bounds_bytes = bounds});
      INFO(scale << ", " << bounds << " bytes for bounds, " << result.iterations << " iterations");
      CHECK(result.iterations > 5);
      CHECK(result.converged);
      REQUIRE(result.labels == test::naive_labels(floats.points(), result.center_points()));
      const auto lloyd = test::naive_lloyd(floats.points(), start, result.iterations);
      REQUIRE(result.labels == test::naive_labels(floats.points(), Points<float>(lloyd.data(), 12, 3)));
    }
    for (const KMeansStart one : {KMeansStart::plus_plus, KMeansStart::parallel}) {
      const KMeansOptions options{.clusters = 12, .start = one, .max_iterations = 0};
      CHECK(glossa::kmeans(floats.points(), options).labels == glossa::kmeans(rows.points(), options).labels);
    }
  }
  const std::vector<float> tiny{2.5e-23F, -2.5e-23F};
  const std::vector<float> near{3e-23F, 2.5e-23F};
  CHECK(glossa::nearest_centers(Points<float>(tiny.data(), 2, 1), Points<float>(near.data(), 2, 1)) ==
        glossa::Labels{1, 1});
}

TEST_CASE("a vector that hides all others of its cluster takes no digits from them when it leaves") {
  std::vector<double> values;
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    values.push_back(1 + i % 5 * 0.5);
    sum += values.back();
  }
  values.insert(values.end(), {1e20, 1.9e20});
  const std::vector<double> start{0, 2.1e20};
  const auto result = glossa::kmeans(Points<double>(values.data(), 102, 1), Points<double>(start.data(), 2, 1));
  CHECK(std::count(result.labels.begin(), result.labels.end(), 0) == 100);
  CHECK(result.centers == std::vector<double>{sum / 100, 1.45e20});
}

TEST_CASE("k-means says what it cannot work with") {
  const std::vector<float> values(12, 1.0F);
  const Points<float> points(values.data(), 4, 3);
  const auto field_of = [&](const Points<float>& rows, const KMeansOptions& options) {
    return test::error_of([&] { (void)glossa::kmeans(rows, options); }).field();
  };
  CHECK(field_of(Points<float>(), {.clusters = 1}) == "clusters");
  CHECK(field_of(points, {.clusters = 0}) == "clusters");
  CHECK(field_of(points, {.clusters = 5}) == "clusters");
  CHECK(field_of(points, {.clusters = 2, .tolerance = -1}) == "tolerance");
  CHECK(field_of(points, {.clusters = 2, .tolerance = std::nan("")}) == "tolerance");
  CHECK(field_of(Points<float>(values.data(), 4, 0), {.clusters = 2}) == "points");
  const Points<float> no_dimensions(values.data(), 4, 0);
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(no_dimensions, no_dimensions); }).field() == "points");
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    std::vector<float> bad = values;
    bad[7] = wrong;
    CHECK(field_of(Points<float>(bad.data(), 4, 3), {.clusters = 2}) == "points");
    CHECK(test::error_of([&] { (void)glossa::kmeans(points, Points<float>(bad.data(), 3, 3)); }).field() == "centers");
  }
  CHECK(test::error_of([&] { (void)glossa::kmeans(points, Points<float>(values.data(), 3, 2)); }).field() == "centers");
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(points, Points<float>()); }).field() == "centers");
  CHECK(glossa::nearest_centers(Points<float>(), points).empty());

  // Sums of these squares are no numbers in double precision.
  const std::vector<double> far{1e200, 1.1e200, -1e200, -1.1e200};
  const std::vector<double> near{1, 2, 3, 4};
  const Points<double> long_ones(far.data(), 4, 1);
  const Points<double> short_ones(near.data(), 4, 1);
  CHECK(test::error_of([&] { (void)glossa::kmeans(long_ones, {.clusters = 2}); }).field() == "points");
  CHECK(test::error_of([&] { (void)glossa::kmeans(short_ones, long_ones); }).field() == "centers");
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(long_ones, short_ones); }).field() == "points");
}

TEMPLATE_TEST_CASE("of centres that are equally near, the first is the nearest", "", float, double) {
  const auto rows = test::blobs<TestType>(300, 17, 5, 1, TestType(1));
  std::vector<TestType> centers = some_rows(rows.points(), 20);
  std::copy_n(centers.begin(), 10 * 17, centers.begin() + 10 * 17);  // each twice
  const Points<TestType> all(centers.data(), 20, 17);
  const auto labels = glossa::nearest_centers(rows.points(), all);
  CHECK(labels == test::naive_labels(rows.points(), all));
  CHECK(*std::max_element(labels.begin(), labels.end()) < 10);
}
