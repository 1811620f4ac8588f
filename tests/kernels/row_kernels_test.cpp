// Row kernels against plain loops in double, for all small sizes.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/row_kernels.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

TEMPLATE_TEST_CASE("layer norm equals its definition for every size", "", float, double) {
  const double tolerance = sizeof(TestType) == 4 ? 4e-6 : 1e-13;
  for (std::size_t size = 1; size < 100; ++size) {
    auto row = test::random_values<TestType>(size, static_cast<unsigned>(size), TestType(-3), TestType(5));
    const auto weight = test::random_values<TestType>(size, 1000);
    const auto bias = test::random_values<TestType>(size, 2000);
    std::vector<double> expected(row.begin(), row.end());
    double mean = 0;
    for (const double x : expected) mean += x / static_cast<double>(size);
    double variance = 0;
    for (const double x : expected) variance += (x - mean) * (x - mean) / static_cast<double>(size);
    glossa::detail::layer_norm<TestType>(row.data(), size, weight.data(), bias.data(), TestType(1e-5));
    for (std::size_t i = 0; i < size; ++i) {
      const double scale = static_cast<double>(weight[i]) / std::sqrt(variance + static_cast<double>(TestType(1e-5)));
      CHECK(static_cast<double>(row[i]) ==
            Approx((expected[i] - mean) * scale + static_cast<double>(bias[i])).margin(tolerance));
    }
  }
}

TEMPLATE_TEST_CASE("exponentials and their sum make a softmax for every length", "", float, double) {
  const double tolerance = sizeof(TestType) == 4 ? 3e-7 : 1e-15;
  for (std::size_t size = 1; size < 100; ++size) {
    auto row = test::random_values<TestType>(glossa::detail::round_up(size, glossa::detail::kLanes<TestType>),
                                             static_cast<unsigned>(size), TestType(-20), TestType(20));
    const std::vector<double> scores(row.begin(), row.end());
    const double largest = *std::max_element(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(size));
    double total = 0;
    for (std::size_t i = 0; i < size; ++i) total += std::exp(0.25 * (scores[i] - largest));
    const TestType sum = glossa::detail::exponentials<TestType>(row.data(), size, TestType(0.25));
    for (std::size_t i = 0; i < size; ++i)
      CHECK(std::abs(static_cast<double>(row[i] / sum) - std::exp(0.25 * (scores[i] - largest)) / total) < tolerance);
    for (std::size_t i = size; i < row.size(); ++i) CHECK(row[i] == 0);
  }
}

TEST_CASE("scores far apart overflow nothing") {
  std::vector<float> row(glossa::detail::kLanes<float>, -1e30F);
  row[0] = 1e30F;
  const float sum = glossa::detail::exponentials<float>(row.data(), row.size(), 1.0F);
  CHECK(sum == 1.0F);
  CHECK(row[0] == 1.0F);
}

TEMPLATE_TEST_CASE("sums, scaled sums and maxima equal plain loops", "", float, double) {
  for (const std::size_t size : {1u, 2u, 7u, 8u, 9u, 31u, 32u, 33u, 384u}) {
    const auto other = test::random_values<TestType>(size, 5);
    const auto start = test::random_values<TestType>(size, 6);
    auto added = start;
    glossa::detail::add_row<TestType>(added.data(), other.data(), size);
    auto scaled = start;
    glossa::detail::add_scaled_row<TestType>(scaled.data(), TestType(0.5), other.data(), size);
    auto most = start;
    glossa::detail::max_row<TestType>(most.data(), other.data(), size);
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(added[i] == start[i] + other[i]);
      CHECK(scaled[i] == Approx(start[i] + TestType(0.5) * other[i]).margin(1e-7));
      CHECK(most[i] == std::max(start[i], other[i]));
    }
    long double sum = 0;
    for (const TestType x : start) sum += static_cast<long double>(x);
    CHECK(static_cast<double>(glossa::detail::sum_of<TestType>(start.data(), size)) ==
          Approx(static_cast<double>(sum)).margin(1e-5));
  }
}
