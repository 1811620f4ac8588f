// Scores and bounds of centres, at every level: what double precision has.
#include "levels.hpp"
#include "random_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using glossa::detail::Kernels;
using glossa::detail::kScoreColumns;
using test::for_each_level;

TEMPLATE_TEST_CASE("the two best scores of a row are found, of equal ones the first", "", float, double) {
  constexpr TestType kLeast = -std::numeric_limits<TestType>::infinity();
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    for (const std::size_t count : {1u, 2u, 7u, 16u, 17u, 32u, 47u, 100u}) {
      const std::size_t columns = glossa::detail::round_up(count, kScoreColumns);
      const std::size_t stride = columns + 3;
      const std::size_t rows = 9;
      std::vector<TestType> scores = test::random_values<TestType>(rows * stride, static_cast<unsigned>(count));
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t j = 0; j < columns; ++j) {
          TestType& score = scores[r * stride + j];
          if (r % 2 == 1) score = std::round(4 * score);  // many equal ones
          if (j >= count) score = kLeast;
        }
      }
      std::vector<std::uint32_t> best(rows);
      std::vector<TestType> first(rows);
      std::vector<TestType> second(rows);
      kernels.centers.best_two({scores.data(), stride, rows, columns, best.data(), first.data(), second.data()});
      for (std::size_t r = 0; r < rows; ++r) {
        const TestType* row = scores.data() + r * stride;
        const auto most = static_cast<std::size_t>(std::max_element(row, row + count) - row);
        TestType next = kLeast;
        for (std::size_t j = 0; j < count; ++j)
          if (j != most) next = std::max(next, row[j]);
        REQUIRE(best[r] == most);
        REQUIRE(first[r] == row[most]);
        REQUIRE(second[r] == next);
      }
    }
  });
}

TEST_CASE("scores that are no numbers lead nowhere else") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    const std::vector<float> scores(kScoreColumns, std::nanf(""));
    std::uint32_t best = 7;
    float first = 0;
    float second = 0;
    kernels.centers.best_two({scores.data(), kScoreColumns, 1, kScoreColumns, &best, &first, &second});
    CHECK(best == 0);
  });
}

TEMPLATE_TEST_CASE("bounds are distances and ways, and tell which centres are within a limit", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    const std::size_t columns = 3 * kScoreColumns;
    auto scores = test::random_values<TestType>(columns, 1);
    const auto drift = test::random_values<TestType>(columns, 2, TestType(0), TestType(1));
    scores[40] = -std::numeric_limits<TestType>::infinity();
    scores[3] = 2;  // beyond the square: no distance
    std::vector<TestType> bounds(columns);
    const TestType square = TestType(1.5);
    kernels.centers.bounds({scores.data(), columns, square, drift.data(), bounds.data()});
    for (std::size_t j = 0; j < columns; ++j) {
      if (j == 40) continue;
      const double expected =
          std::sqrt(std::max(0.0, static_cast<double>(square) - 2 * static_cast<double>(scores[j])));
      REQUIRE(static_cast<double>(bounds[j]) == Approx(expected + static_cast<double>(drift[j])).epsilon(1e-6));
    }
    CHECK(bounds[40] == std::numeric_limits<TestType>::infinity());
    std::vector<TestType> same = scores;
    kernels.centers.bounds({same.data(), columns, square, drift.data(), same.data()});
    CHECK(same == bounds);

    const auto way = test::random_values<TestType>(columns, 3, TestType(0), TestType(1));
    for (const TestType limit : {TestType(-1), TestType(0), TestType(0.7), bounds[11] - way[11], TestType(5)}) {
      std::vector<std::uint32_t> expected;
      for (std::uint32_t j = 0; j < columns; ++j)
        if (bounds[j] - way[j] <= limit) expected.push_back(j);
      std::vector<std::uint32_t> found(columns);
      found.resize(kernels.centers.within({bounds.data(), way.data(), columns, limit, found.data()}));
      CHECK(found == expected);
    }
  });
}

TEMPLATE_TEST_CASE("distances to chosen rows are those of double precision, whatever the length", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    unsigned seed = 0;
    for (const std::size_t size : {1u, 3u, 8u, 15u, 16u, 17u, 33u, 384u, 385u})
      for (const std::size_t count : {0u, 1u, 3u, 4u, 5u, 9u}) {
        const std::size_t stride = size + seed % 3;
        const auto query = test::random_values<TestType>(size, ++seed);
        const auto rows = test::random_values<TestType>(12 * stride, ++seed);
        std::vector<std::uint32_t> chosen;
        for (std::uint32_t i = 0; i < count; ++i) chosen.push_back(i * 7 % 12);
        std::vector<TestType> sums(count);
        kernels.centers.squared_distances({query.data(), rows.data(), stride, size, chosen.data(), count, sums.data()});
        for (std::size_t i = 0; i < count; ++i) {
          double expected = 0;
          for (std::size_t k = 0; k < size; ++k) {
            const double difference = static_cast<double>(query[k]) - static_cast<double>(rows[chosen[i] * stride + k]);
            expected += difference * difference;
          }
          REQUIRE(static_cast<double>(sums[i]) == Approx(expected).epsilon(2e-6));
        }
      }
  });
}

TEMPLATE_TEST_CASE("of centres with rough products those are kept that may be the best", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    constexpr TestType kLeast = -std::numeric_limits<TestType>::infinity();
    unsigned seed = 0;
    for (const std::size_t count : {1u, 15u, 16u, 17u, 100u})
      for (const TestType width : {TestType(0), TestType(0.01), TestType(0.2), TestType(4)}) {
        const std::size_t columns = glossa::detail::round_up(count, kScoreColumns);
        const auto products = test::random_values<TestType>(columns, ++seed);
        auto biases = test::random_values<TestType>(columns, ++seed);
        std::fill(biases.begin() + static_cast<std::ptrdiff_t>(count), biases.end(), kLeast);
        const auto lengths = test::random_values<TestType>(columns, ++seed, TestType(0), width);
        const auto errors = test::random_values<TestType>(columns, ++seed, TestType(0), width);
        const TestType row_error = TestType(0.5);
        const TestType row_length = TestType(0.25);
        const auto slacks = test::random_values<TestType>(columns, ++seed, TestType(0), width / 8);
        const TestType row_slack = width / 16;
        const auto off = [&](std::size_t j) {
          return row_error * lengths[j] + row_length * errors[j] + slacks[j] + row_slack;
        };
        const TestType floor = count % 2 == 0 ? TestType(0.9) : kLeast;
        TestType most = floor;
        for (std::size_t j = 0; j < count; ++j) most = std::max(most, products[j] + biases[j] - off(j));
        std::vector<std::uint32_t> found(columns);
        TestType least = 0;
        TestType next = 0;
        found.resize(kernels.centers.contenders({products.data(), biases.data(), lengths.data(), errors.data(),
                                                 slacks.data(), columns, row_error, row_length, row_slack, floor,
                                                 found.data(), &least, &next}));
        REQUIRE(static_cast<double>(least) == Approx(static_cast<double>(most)).margin(1e-6));
        TestType others = kLeast;
        std::size_t kept = 0;
        for (std::uint32_t j = 0; j < count; ++j) {
          const TestType upper = products[j] + biases[j] + off(j);
          const bool is_kept = std::find(found.begin(), found.end(), j) != found.end();
          kept += is_kept ? 1 : 0;
          if (std::abs(upper - most) > TestType(1e-5)) REQUIRE(is_kept == (upper > most));
          if (!is_kept) others = std::max(others, upper);
        }
        REQUIRE(kept == found.size());
        REQUIRE(std::is_sorted(found.begin(), found.end()));
        if (others == kLeast) {
          REQUIRE(next == kLeast);
        } else {
          REQUIRE(static_cast<double>(next) == Approx(static_cast<double>(others)).margin(1e-6));
        }
      }
  });
}

TEMPLATE_TEST_CASE("rows enter and leave sums of double precision", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    unsigned seed = 0;
    for (const std::size_t size : {1u, 7u, 16u, 33u, 384u}) {
      const auto row = test::random_values<TestType>(size, ++seed);
      auto sum = test::random_values<double>(size + 1, ++seed);
      std::vector<double> expected = sum;
      kernels.centers.add_to_sum({row.data(), size, false, sum.data()});
      for (std::size_t i = 0; i < size; ++i) expected[i] += static_cast<double>(row[i]);
      REQUIRE(sum == expected);
      kernels.centers.add_to_sum({row.data(), size, true, sum.data()});
      for (std::size_t i = 0; i < size; ++i) expected[i] -= static_cast<double>(row[i]);
      REQUIRE(sum == expected);
    }
  });
}
