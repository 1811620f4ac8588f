// A vector against rows, at every level: the sums of double precision, to the rounding of float.
#include "levels.hpp"
#include "random_values.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using glossa::detail::Kernels;
using glossa::detail::RowSums;
using test::for_each_level;

namespace {

using Kernel = void (*)(const RowSums&);

struct Sums {
  std::vector<float> sums;
  std::vector<float> squares;
};

Sums run(Kernel kernel, const std::vector<float>& query, const std::vector<float>& rows, std::size_t stride,
         bool with_squares = true) {
  const std::size_t count = query.empty() ? 3 : rows.size() / stride;
  Sums result{std::vector<float>(count), std::vector<float>(count)};
  kernel({query.data(), rows.data(), stride, count, query.size(), result.sums.data(),
          with_squares ? result.squares.data() : nullptr});
  return result;
}

}  // namespace

TEST_CASE("sums of a vector and rows are those of double precision, whatever the length") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    unsigned seed = 0;
    for (const std::size_t size : {1u, 2u, 3u, 7u, 8u, 15u, 16u, 17u, 31u, 33u, 100u, 384u, 385u, 1024u})
      for (const std::size_t count : {1u, 3u, 4u, 5u, 9u}) {
        const std::size_t stride = size + seed % 3;
        const auto query = test::random_values<float>(size, ++seed);
        const auto rows = test::random_values<float>(count * stride, ++seed);
        const Sums products = run(kernels.row_sums.products, query, rows, stride);
        const Sums squared = run(kernels.row_sums.squared_differences, query, rows, stride);
        const Sums absolute = run(kernels.row_sums.absolute_differences, query, rows, stride);
        const Sums alone = run(kernels.row_sums.products, query, rows, stride, false);
        for (std::size_t r = 0; r < count; ++r) {
          double product = 0;
          double square = 0;
          double squares = 0;
          double difference = 0;
          for (std::size_t k = 0; k < size; ++k) {
            const double q = static_cast<double>(query[k]);
            const double x = static_cast<double>(rows[r * stride + k]);
            product += q * x;
            squares += x * x;
            square += (q - x) * (q - x);
            difference += std::abs(q - x);
          }
          const auto near = [&](float sum, double exact) {
            return std::abs(static_cast<double>(sum) - exact) <= 5e-7 * (squares + std::abs(exact)) + 1e-7;
          };
          INFO(size << " elements, row " << r << " of " << count);
          REQUIRE(near(products.sums[r], product));
          REQUIRE(near(products.squares[r], squares));
          REQUIRE(near(squared.sums[r], square));
          REQUIRE(near(absolute.sums[r], difference));
          REQUIRE(alone.sums[r] == products.sums[r]);
          REQUIRE(squared.squares[r] == products.squares[r]);
        }
      }
  });
}

TEST_CASE("a row's sums are the same wherever it stands") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    const std::size_t size = 83;
    const auto query = test::random_values<float>(size, 1);
    const auto row = test::random_values<float>(size, 2);
    std::vector<float> rows;
    for (int i = 0; i < 7; ++i) rows.insert(rows.end(), row.begin(), row.end());
    for (const Kernel kernel :
         {kernels.row_sums.products, kernels.row_sums.squared_differences, kernels.row_sums.absolute_differences}) {
      const Sums sums = run(kernel, query, rows, size);
      for (const float sum : sums.sums) CHECK(sum == sums.sums.front());
      for (const float sum : sums.squares) CHECK(sum == sums.squares.front());
    }
  });
}

TEST_CASE("sums with NaN are NaN, with infinity infinite, and of denormals what they are") {
  const float infinity = std::numeric_limits<float>::infinity();
  for_each_level<float>([&](const Kernels<float>& kernels) {
    for (const std::size_t place : {0u, 5u, 36u}) {  // in a whole vector, and in the rest
      std::vector<float> query(37, 1.0F);
      std::vector<float> rows(37, 2.0F);
      rows[place] = std::nanf("");
      CHECK(std::isnan(run(kernels.row_sums.products, query, rows, 37).sums[0]));
      CHECK(std::isnan(run(kernels.row_sums.products, query, rows, 37).squares[0]));
      CHECK(std::isnan(run(kernels.row_sums.squared_differences, query, rows, 37).sums[0]));
      CHECK(std::isnan(run(kernels.row_sums.absolute_differences, query, rows, 37).sums[0]));
      rows[place] = -infinity;
      CHECK(run(kernels.row_sums.products, query, rows, 37).sums[0] == -infinity);
      CHECK(run(kernels.row_sums.squared_differences, query, rows, 37).sums[0] == infinity);
      CHECK(run(kernels.row_sums.absolute_differences, query, rows, 37).sums[0] == infinity);
    }
    const std::vector<float> tiny(20, 1e-40F);
    CHECK(run(kernels.row_sums.absolute_differences, std::vector<float>(20, 0.0F), tiny, 20).sums[0] ==
          Approx(20 * 1e-40F));
  });
}
