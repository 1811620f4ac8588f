// The blocked product of every level against the textbook's, and the promise that a row does not depend on its
// neighbours.
#include "levels.hpp"
#include "random_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::Epilogue;
using glossa::detail::Kernels;
using glossa::detail::PackedMatrix;
using glossa::detail::round_up;
using test::for_each_level;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

const std::vector<Shape> kShapes = {{1, 1, 1},    {1, 384, 16},  {5, 7, 3},      {6, 384, 48},   {7, 385, 17},
                                    {12, 16, 33}, {13, 100, 64}, {23, 1536, 40}, {48, 33, 130},  {97, 384, 31},
                                    {3, 2000, 5}, {64, 64, 64},  {100, 1, 100},  {2, 767, 1025}, {25, 768, 96}};

template <class T>
std::vector<T> product(const Kernels<T>& kernels, const std::vector<T>& a, const PackedMatrix<T>& b, std::size_t rows,
                       const T* bias, Epilogue epilogue = Epilogue::none) {
  const std::size_t stride = round_up(b.columns(), kernels.panel);
  std::vector<T> c(rows * stride, std::numeric_limits<T>::quiet_NaN());
  kernels.multiply({a.data(), b.depth(), rows, b.panel(0), b.depth(), stride, c.data(), stride, bias, epilogue});
  return c;
}

}  // namespace

TEMPLATE_TEST_CASE("the blocked product equals the plain one to rounding, at every level", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    for (const auto& [rows, depth, columns] : kShapes) {
      const std::size_t stride = round_up(columns, kernels.panel);
      const auto a = test::random_values<TestType>(rows * depth, 1);
      const auto b = test::random_values<TestType>(depth * columns, 2);
      const auto bias = test::random_values<TestType>(stride, 3);
      const auto c = product<TestType>(kernels, a, test::pack(b, depth, columns, kernels.panel), rows, bias.data());
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
  });
}

TEST_CASE("weights packed in several steps are the same matrix") {
  const std::size_t depth = 37;
  const std::size_t columns = 45;
  const auto transposed = test::random_values<float>(depth * columns, 5);
  for (const std::size_t panel : {1u, 8u, 16u, 32u}) {
    PackedMatrix<float> whole(depth, columns, panel);
    whole.set_columns_from_rows(0, columns, transposed.data(), depth);
    PackedMatrix<float> parts(depth, columns, panel);
    parts.set_columns_from_rows(0, 20, transposed.data(), depth);
    parts.set_columns_from_rows(20, columns - 20, transposed.data() + 20 * depth, depth);
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t k = 0; k < depth; ++k) {
        const std::size_t place = k * panel + j % panel;
        REQUIRE(whole.panel(j - j % panel)[place] == transposed[j * depth + k]);
        REQUIRE(parts.panel(j - j % panel)[place] == transposed[j * depth + k]);
      }
  }
}

TEMPLATE_TEST_CASE("a row's product is bit-identical whichever rows it is computed with", "", float, double) {
  for_each_level<TestType>([](const Kernels<TestType>& kernels) {
    const std::size_t depth = 777;
    const std::size_t columns = 70;
    const std::size_t rows = 41;
    const auto a = test::random_values<TestType>(rows * depth, 7);
    const auto b = test::pack(test::random_values<TestType>(depth * columns, 8), depth, columns, kernels.panel);
    const auto together = product<TestType>(kernels, a, b, rows, nullptr);
    const std::size_t stride = round_up(columns, kernels.panel);
    for (std::size_t first = 0; first < rows; ++first)
      for (const std::size_t count : {1u, 2u, 3u, 5u, 6u, 7u, 11u, 12u, 13u}) {
        if (first + count > rows) break;
        const std::vector<TestType> part(a.begin() + static_cast<std::ptrdiff_t>(first * depth),
                                         a.begin() + static_cast<std::ptrdiff_t>((first + count) * depth));
        const auto alone = product<TestType>(kernels, part, b, count, nullptr);
        for (std::size_t r = 0; r < count; ++r)
          REQUIRE(std::memcmp(alone.data() + r * stride, together.data() + (first + r) * stride,
                              columns * sizeof(TestType)) == 0);
      }
  });
}

TEST_CASE("the epilogue sees every finished element once") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    const std::size_t depth = 900;  // more than one block of the depth
    const std::size_t columns = 50;
    const std::size_t rows = 9;
    const auto a = test::random_values<float>(rows * depth, 11);
    const auto b = test::pack(test::random_values<float>(depth * columns, 12), depth, columns, kernels.panel);
    const auto plain = product<float>(kernels, a, b, rows, nullptr);
    const auto cut = product<float>(kernels, a, b, rows, nullptr, Epilogue::relu);
    for (std::size_t i = 0; i < plain.size(); ++i) CHECK(cut[i] == std::max(plain[i], 0.0F));
  });
}

TEST_CASE("NaN, infinity and denormals go through a product as arithmetic has them") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> a{infinity, 1, 0, 1, std::numeric_limits<float>::quiet_NaN(), 0, 1e-40F, 0};
    const auto c = product<float>(kernels, a, test::pack<float>({1, 2}, 2, 1, kernels.panel), 4, nullptr);
    const std::size_t stride = round_up(1, kernels.panel);
    CHECK(c[0] == infinity);
    CHECK(c[stride] == 2);
    CHECK(std::isnan(c[2 * stride]));
    CHECK(c[3 * stride] == 1e-40F);
  });
}
