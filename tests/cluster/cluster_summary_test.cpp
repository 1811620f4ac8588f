// What a cluster is summed up to, against the definitions.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"

#include <glossa/cluster/cluster_summary.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

namespace {

using glossa::ClusterSummary;
using glossa::kNoise;
using glossa::Labels;
using glossa::Points;
using glossa::summarize_clusters;

}  // namespace

TEMPLATE_TEST_CASE("the medoid has the least squared distances to its cluster, and the nearest come first", "", float,
                   double) {
  constexpr std::size_t kRows = 90, kDims = 7;
  const auto values = test::random_values<TestType>(kRows * kDims, 1);
  const Points<TestType> points(values.data(), kRows, kDims);
  Labels labels;
  for (std::size_t i = 0; i < kRows; ++i) labels.push_back(static_cast<int>(i * i % 5) - 1);
  const auto square = [&](std::size_t i, auto&& other) {
    double sum = 0;
    for (std::size_t j = 0; j < kDims; ++j) {
      const double difference = static_cast<double>(points[i][j]) - static_cast<double>(other[j]);
      sum += difference * difference;
    }
    return sum;
  };
  const auto found = summarize_clusters(points, labels, {.representatives = 4});
  REQUIRE(found.size() == 4);
  for (std::size_t c = 0; c < found.size(); ++c) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < kRows; ++i)
      if (labels[i] == static_cast<int>(c)) members.push_back(i);
    const ClusterSummary<TestType>& summary = found[c];
    CHECK(summary.size == members.size());
    if (members.empty()) {  // i² mod 5 is never 3
      CHECK(summary.medoid == ClusterSummary<TestType>::kNone);
      CHECK(summary.representatives.empty());
      CHECK(summary.center == std::vector<TestType>(kDims));
      continue;
    }
    double mean = 0;
    for (const std::size_t member : members)
      mean += square(member, summary.center) / static_cast<double>(members.size());
    CHECK(summary.mean_square == Approx(mean));
    const auto all_squares = [&](std::size_t i) {
      double sum = 0;
      for (const std::size_t other : members) sum += square(i, points[other]);
      return sum;
    };
    for (const std::size_t member : members) CHECK(all_squares(summary.medoid) <= all_squares(member) + 1e-9);
    CHECK(summary.representatives.size() == std::min<std::size_t>(4, members.size()));
    CHECK(summary.representatives.front() == summary.medoid);
    CHECK(std::is_sorted(summary.representatives.begin(), summary.representatives.end(),
                         [&](auto a, auto b) { return square(a, summary.center) < square(b, summary.center); }));
    const double last = square(summary.representatives.back(), summary.center);
    CHECK(std::count_if(members.begin(), members.end(), [&](std::size_t i) {
            return square(i, summary.center) < last;
          }) == static_cast<std::ptrdiff_t>(summary.representatives.size()) - 1);
  }
  const auto threaded = summarize_clusters(points, labels, {.representatives = 4, .run = {.threads = 3}});
  REQUIRE(threaded.size() == found.size());
  for (std::size_t c = 0; c < found.size(); ++c) {
    CHECK(found[c].size == threaded[c].size);
    CHECK(found[c].center == threaded[c].center);
    CHECK(found[c].medoid == threaded[c].medoid);
    CHECK(found[c].representatives == threaded[c].representatives);
    CHECK(found[c].mean_square == threaded[c].mean_square);
  }
}

TEST_CASE("diverse representatives are no repetitions of each other") {
  // Three equal vectors in the middle, and two beside them.
  const std::vector<float> values{1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0.5F, 0, 1, -0.5F, 0.1F};
  const Points<float> points(values.data(), 5, 3);
  const Labels labels(5, 0);
  CHECK(summarize_clusters(points, labels, {.representatives = 3})[0].representatives ==
        std::vector<std::size_t>{0, 1, 2});
  CHECK(summarize_clusters(points, labels, {.representatives = 3, .diversity = 0.6})[0].representatives ==
        std::vector<std::size_t>{0, 4, 3});
  CHECK(summarize_clusters(points, labels, {.representatives = 9, .diversity = 1})[0].representatives.size() == 5);
  CHECK(summarize_clusters(points, labels, {.representatives = 0})[0].representatives.empty());
  CHECK(summarize_clusters(points, labels, {.representatives = 0})[0].medoid == 0);
}

TEST_CASE("no vectors, noise alone, one vector, equal and zero vectors are summed up") {
  CHECK(summarize_clusters(Points<float>(), Labels{}).empty());
  const std::vector<float> zeros(6);
  const Points<float> points(zeros.data(), 3, 2);
  CHECK(summarize_clusters(points, Labels{kNoise, kNoise, kNoise}).empty());
  const auto one = summarize_clusters(points, Labels{kNoise, 1, kNoise}, {.diversity = 0.5});
  REQUIRE(one.size() == 2);
  CHECK(one[0].size == 0);
  CHECK(one[1].medoid == 1);
  CHECK(one[1].mean_square == 0);
  CHECK(summarize_clusters(points, Labels{0, 0, 0})[0].medoid == 0);
}

TEST_CASE("labels that cannot be are refused, and a callback ends the work") {
  const std::vector<float> values{1, 2, 3, 4};
  const Points<float> points(values.data(), 2, 2);
  const auto field = [&](const Labels& labels, const glossa::SummaryOptions& options = {}) {
    return test::error_of([&] { (void)summarize_clusters(points, labels, options); }).field();
  };
  CHECK(field({0}) == "labels");
  CHECK(field({0, -2}) == "labels[1]");
  CHECK(field({2, 0}) == "labels[0]");
  CHECK(field({0, 0}, {.diversity = 1.1}) == "diversity");
  CHECK(field({0, 0}, {.diversity = std::nan("")}) == "diversity");
  const std::vector<float> bad{1, std::nanf("")};
  CHECK(test::error_of([&] { (void)summarize_clusters(Points<float>(bad.data(), 1, 2), Labels{0}); }).field() ==
        "points");
  const std::vector<double> far{1e200, 2e200};
  CHECK(test::error_of([&] { (void)summarize_clusters(Points<double>(far.data(), 1, 2), Labels{0}); }).field() ==
        "points");
  glossa::SummaryOptions options;
  options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(summarize_clusters(points, Labels{0, 0}, options), std::runtime_error);
}
