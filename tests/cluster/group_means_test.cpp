// Vectors without what their group has in common.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"

#include <glossa/cluster/group_means.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace {

using glossa::Points;
using glossa::subtract_group_means;

}  // namespace

TEMPLATE_TEST_CASE("without their means, groups that say the same things lie together", "", float, double) {
  // What is said, of length 1, and a language's own direction, much longer: as it is with e5.
  constexpr std::size_t kSaid = 60, kDims = 24;
  const auto said = test::random_values<TestType>(kSaid * kDims, 1, TestType(-0.1), TestType(0.1));
  const std::vector<std::string_view> names{"de", "th", "sw"};
  std::vector<TestType> values;
  std::vector<std::string_view> groups;
  for (std::size_t g = 0; g < names.size(); ++g)
    for (std::size_t i = 0; i < kSaid; ++i) {
      groups.push_back(names[g]);
      for (std::size_t j = 0; j < kDims; ++j)
        values.push_back(said[i * kDims + j] + TestType(j == g ? 1 : 0) + TestType(j == 20 ? 2 : 0));
    }
  const Points<TestType> points(values.data(), groups.size(), kDims);
  const auto nearest = [&](const TestType* rows, std::size_t i) {
    std::size_t best = i;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < groups.size(); ++k) {
      double square = 0;
      for (std::size_t j = 0; j < kDims; ++j)
        square += std::pow(static_cast<double>(rows[i * kDims + j] - rows[k * kDims + j]), 2);
      if (k != i && square < least) least = square, best = k;
    }
    return best;
  };
  const auto found = subtract_group_means(points, groups);
  REQUIRE(found.size() == values.size());
  std::size_t before = 0;
  std::size_t after = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    before += nearest(values.data(), i) % kSaid == i % kSaid;
    after += nearest(found.data(), i) % kSaid == i % kSaid;
    double square = 0;
    for (std::size_t j = 0; j < kDims; ++j) square += std::pow(static_cast<double>(found[i * kDims + j]), 2);
    CHECK(square == Approx(1));
  }
  CHECK(before < groups.size() / 10);
  CHECK(after == groups.size());
}

TEST_CASE("a group's mean gives way to the mean of all where it is of few") {
  const std::vector<double> values{1, 0, 3, 0, 0, 8};
  const Points<double> points(values.data(), 3, 2);
  const std::vector<std::string_view> groups{"a", "a", "b"};
  CHECK(subtract_group_means(points, groups, {.weight_of_all = 0, .unit_length = false}) ==
        std::vector<double>{-1, 0, 1, 0, 0, 0});
  // The mean of all is (4/3, 8/3).
  const auto found = subtract_group_means(points, groups, {.weight_of_all = 3, .unit_length = false});
  CHECK(found[0] == Approx(1 - (4.0 + 4) / 5));
  CHECK(found[1] == Approx(0 - 8.0 / 5));
  CHECK(found[4] == Approx(0 - 4.0 / 4));
  CHECK(found[5] == Approx(8 - (8.0 + 8) / 4));
}

TEST_CASE("how much of the mean of all is taken is told by the variances") {
  // Groups at -3 and 3, each of four vectors that are 1 away from there: the variance within is 4/3 (of 4 vectors, 3
  // degrees of freedom each), that between (8·9 - 4/3) / 4.
  const std::vector<double> values{-4, -2, -4, -2, 2, 4, 2, 4};
  const std::vector<std::string_view> groups{"a", "a", "a", "a", "b", "b", "b", "b"};
  const auto found = subtract_group_means(Points<double>(values.data(), 8, 1), groups, {.unit_length = false});
  const double weight = (4.0 / 3) / ((8 * 9 - 4.0 / 3) / 4);
  CHECK(found[0] == Approx(-4 + 4 * 3 / (4 + weight)));
  CHECK(found[5] == Approx(4 - 4 * 3 / (4 + weight)));
  // Groups of one vector tell nothing of what is within them; and neither does one group alone.
  const std::vector<std::string_view> single{"a", "b", "c", "d", "e", "f", "g", "h"};
  CHECK(subtract_group_means(Points<double>(values.data(), 8, 1), single, {.unit_length = false}) == values);
  const std::vector<std::string_view> same(8, "a");
  CHECK(subtract_group_means(Points<double>(values.data(), 8, 1), same, {.unit_length = false}) == values);
}

TEST_CASE("zero vectors, equal ones and no vectors have no direction left") {
  const std::vector<float> zeros(6);
  CHECK(subtract_group_means(Points<float>(zeros.data(), 3, 2), std::vector<std::string_view>{"a", "", "a"}) == zeros);
  const std::vector<float> equal(6, 1.0F);
  for (const float value :
       subtract_group_means(Points<float>(equal.data(), 3, 2), std::vector<std::string_view>{"a", "a", "a"}))
    CHECK(std::isfinite(value));
  CHECK(subtract_group_means(Points<float>(), {}).empty());
}

TEST_CASE("groups that do not fit are refused") {
  const std::vector<float> values{1, 2};
  const Points<float> points(values.data(), 1, 2);
  const std::vector<std::string_view> one{"a"};
  CHECK(test::error_of([&] { (void)subtract_group_means(points, {}); }).field() == "groups");
  CHECK(test::error_of([&] { (void)subtract_group_means(points, one, {.weight_of_all = -1}); }).field() ==
        "weight_of_all");
  CHECK(test::error_of([&] { (void)subtract_group_means(points, one, {.weight_of_all = std::nan("")}); }).field() ==
        "weight_of_all");
  const std::vector<float> bad{1, std::nanf("")};
  CHECK(test::error_of([&] { (void)subtract_group_means(Points<float>(bad.data(), 1, 2), one); }).field() == "points");
}
