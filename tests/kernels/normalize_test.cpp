// Rows against plain loops in double, for all small sizes and every level.
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/kernels/row_kernels.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

using glossa::detail::Kernels;
using test::for_each_level;

TEMPLATE_TEST_CASE("the normalised sum equals its definition for every size", "", float, double) {
  const double tolerance = sizeof(TestType) == 4 ? 4e-6 : 1e-13;
  const auto check = [&](const Kernels<TestType>& kernels, std::size_t size, bool with_sum) {
    constexpr std::size_t kRows = 3;
    const std::size_t stride = size + 3;
    auto x = test::random_values<TestType>(kRows * stride, static_cast<unsigned>(size), TestType(-3), TestType(5));
    const auto y = test::random_values<TestType>(kRows * size, 77);
    const auto weight = test::random_values<TestType>(size, 1000);
    const auto bias = test::random_values<TestType>(size, 2000);
    const auto before = x;
    kernels.add_and_normalize({x.data(), stride, with_sum ? y.data() : nullptr, size, kRows, size, weight.data(),
                               bias.data(), TestType(1e-5)});
    for (std::size_t r = 0; r < kRows; ++r) {
      std::vector<double> sums(size);
      double mean = 0;
      for (std::size_t i = 0; i < size; ++i) {
        sums[i] = static_cast<double>(before[r * stride + i]) + (with_sum ? static_cast<double>(y[r * size + i]) : 0);
        mean += sums[i] / static_cast<double>(size);
      }
      double variance = 0;
      for (const double sum : sums) variance += (sum - mean) * (sum - mean) / static_cast<double>(size);
      for (std::size_t i = 0; i < size; ++i) {
        const double scale = static_cast<double>(weight[i]) / std::sqrt(variance + static_cast<double>(TestType(1e-5)));
        CHECK(static_cast<double>(x[r * stride + i]) ==
              Approx((sums[i] - mean) * scale + static_cast<double>(bias[i])).margin(tolerance));
      }
      for (std::size_t i = size; i < stride; ++i) CHECK(x[r * stride + i] == before[r * stride + i]);
    }
  };
  for_each_level<TestType>([&](const Kernels<TestType>& kernels) {
    for (std::size_t size = 1; size < 100; ++size)
      for (const bool with_sum : {false, true}) check(kernels, size, with_sum);
  });
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
    for (const TestType x : start) sum += static_cast<long double>(x) * static_cast<long double>(x);
    CHECK(static_cast<double>(glossa::detail::sum_of_squares<TestType>(start.data(), size)) ==
          Approx(static_cast<double>(sum)).margin(1e-5));
  }
}
