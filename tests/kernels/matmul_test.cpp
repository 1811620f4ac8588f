// The blocked product against the textbook's, and the promise that a row does not depend on its neighbours.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/kernels/matmul.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::kPanel;
using glossa::detail::PackedMatrix;
using glossa::detail::round_up;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

const std::vector<Shape> kShapes = {{1, 1, 1},    {1, 384, 16},  {5, 7, 3},      {6, 384, 48},   {7, 385, 17},
                                    {12, 16, 33}, {13, 100, 64}, {23, 1536, 40}, {48, 33, 130},  {97, 384, 31},
                                    {3, 2000, 5}, {64, 64, 64},  {100, 1, 100},  {2, 767, 1025}, {25, 768, 96}};

template <class T>
PackedMatrix<T> pack(const std::vector<T>& b, std::size_t depth, std::size_t columns) {
  PackedMatrix<T> packed;
  packed.reset(depth, columns);
  packed.set_rows(b.data(), columns);
  return packed;
}

template <class T>
std::vector<T> product(const std::vector<T>& a, const PackedMatrix<T>& b, std::size_t rows, const T* bias) {
  const std::size_t stride = round_up(b.columns(), kPanel<T>);
  std::vector<T> c(rows * stride, std::numeric_limits<T>::quiet_NaN());
  glossa::detail::multiply<T>(a.data(), b.depth(), rows, b, c.data(), stride, bias);
  return c;
}

}  // namespace

TEMPLATE_TEST_CASE("the blocked product equals the plain one to rounding", "", float, double) {
  for (const auto& [rows, depth, columns] : kShapes) {
    const auto a = test::random_values<TestType>(rows * depth, 1);
    const auto b = test::random_values<TestType>(depth * columns, 2);
    const auto bias = test::random_values<TestType>(round_up(columns, kPanel<TestType>), 3);
    const auto c = product<TestType>(a, pack(b, depth, columns), rows, bias.data());
    const std::size_t stride = round_up(columns, kPanel<TestType>);
    double worst = 0;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        long double sum = static_cast<long double>(bias[j]);
        for (std::size_t k = 0; k < depth; ++k)
          sum += static_cast<long double>(a[i * depth + k]) * static_cast<long double>(b[k * columns + j]);
        worst = std::max(worst, static_cast<double>(std::abs(sum - static_cast<long double>(c[i * stride + j]))));
      }
    INFO(rows << " x " << depth << " x " << columns);
    CHECK(worst < static_cast<double>(std::numeric_limits<TestType>::epsilon()) * static_cast<double>(depth + 8));
  }
}

TEMPLATE_TEST_CASE("weights packed from rows of the transposed matrix are the same matrix", "", float, double) {
  const std::size_t depth = 37;
  const std::size_t columns = 45;
  const auto b = test::random_values<TestType>(depth * columns, 5);
  std::vector<TestType> transposed(b.size());
  for (std::size_t k = 0; k < depth; ++k)
    for (std::size_t j = 0; j < columns; ++j) transposed[j * depth + k] = b[k * columns + j];
  PackedMatrix<TestType> packed;
  packed.reset(depth, columns);
  packed.set_columns_from_rows(0, 20, transposed.data(), depth);
  packed.set_columns_from_rows(20, columns - 20, transposed.data() + 20 * depth, depth);
  const auto other = pack(b, depth, columns);
  for (std::size_t j = 0; j < columns; j += kPanel<TestType>)
    for (std::size_t i = 0; i < kPanel<TestType> * depth; ++i) REQUIRE(packed.panel(j, 0)[i] == other.panel(j, 0)[i]);
}

TEMPLATE_TEST_CASE("a row's product is bit-identical whichever rows it is computed with", "", float, double) {
  const std::size_t depth = 777;
  const std::size_t columns = 70;
  const std::size_t rows = 41;
  const auto a = test::random_values<TestType>(rows * depth, 7);
  const auto b = pack(test::random_values<TestType>(depth * columns, 8), depth, columns);
  const auto together = product<TestType>(a, b, rows, nullptr);
  const std::size_t stride = round_up(columns, kPanel<TestType>);
  for (std::size_t first = 0; first < rows; ++first)
    for (const std::size_t count : {1u, 2u, 3u, 5u, 6u, 7u, 11u, 12u, 13u}) {
      if (first + count > rows) break;
      const std::vector<TestType> part(a.begin() + static_cast<std::ptrdiff_t>(first * depth),
                                       a.begin() + static_cast<std::ptrdiff_t>((first + count) * depth));
      const auto alone = product<TestType>(part, b, count, nullptr);
      for (std::size_t r = 0; r < count; ++r)
        REQUIRE(std::memcmp(alone.data() + r * stride, together.data() + (first + r) * stride,
                            columns * sizeof(TestType)) == 0);
    }
}

TEST_CASE("what runs at the end of the product sees every finished element once") {
  const std::size_t depth = 900;  // more than one block of the depth
  const std::size_t columns = 50;
  const std::size_t rows = 9;
  const auto a = test::random_values<float>(rows * depth, 11);
  const auto b = pack(test::random_values<float>(depth * columns, 12), depth, columns);
  const auto plain = product<float>(a, b, rows, nullptr);
  const std::size_t stride = round_up(columns, kPanel<float>);
  std::vector<float> doubled(rows * stride);
  glossa::detail::multiply<float>(a.data(), depth, rows, b, doubled.data(), stride, nullptr,
                                  [](float* values, std::size_t count) {
                                    for (std::size_t i = 0; i < count; ++i) values[i] *= 2;
                                  });
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) CHECK(doubled[i * stride + j] == 2 * plain[i * stride + j]);
}

TEST_CASE("NaN and infinity go through a product as arithmetic has them") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> a{infinity, 1, 0, 1, std::numeric_limits<float>::quiet_NaN(), 0};
  const auto c = product<float>(a, pack<float>({1, 2}, 2, 1), 3, nullptr);
  const std::size_t stride = round_up(1, kPanel<float>);
  CHECK(c[0] == infinity);
  CHECK(c[stride] == 2);
  CHECK(std::isnan(c[2 * stride]));
}
