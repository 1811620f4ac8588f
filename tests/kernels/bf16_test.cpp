// Products with bfloat16 weights: rounding is to the nearest number at every level, and the product is that of the
// rounded operands, to the rounding of its sums.
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/core/half.hpp>
#include <glossa/kernels/bf16_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::Bf16Matrix;
using glossa::detail::bfloat16_to_float;
using glossa::detail::Epilogue;
using glossa::detail::float_to_bfloat16;
using glossa::detail::Kernels;
using test::for_each_level;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

const std::vector<Shape> kShapes = {{1, 1, 1},    {1, 384, 16},  {5, 7, 3},      {6, 384, 48},  {7, 385, 17},
                                    {12, 16, 33}, {13, 100, 64}, {23, 1536, 40}, {48, 33, 130}, {3, 2000, 5},
                                    {2, 767, 65}, {25, 768, 96}, {17, 769, 32}};

Bf16Matrix pack(const std::vector<float>& b, std::size_t depth, std::size_t columns) {
  Bf16Matrix packed(depth, columns);
  packed.set_columns_from_rows(0, columns, b.data(), depth, depth);
  return packed;
}

std::vector<float> rounded(const Kernels<float>& kernels, const std::vector<float>& x, std::size_t rows,
                           std::size_t depth) {
  std::vector<float> out(rows * depth, -1.0F);
  kernels.small.round({x.data(), depth, rows, depth, out.data(), depth});
  return out;
}

std::vector<float> product(const Kernels<float>& kernels, const std::vector<float>& a, const Bf16Matrix& b,
                           std::size_t rows, std::size_t depth, const std::vector<float>& bias,
                           Epilogue epilogue = Epilogue::none) {
  std::vector<float> c(rows * b.columns(), std::numeric_limits<float>::quiet_NaN());
  kernels.small.multiply_bf16(
      {a.data(), depth, rows, b.panel(0), depth, b.columns(), c.data(), b.columns(), bias.data(), epilogue});
  return c;
}

}  // namespace

TEST_CASE("every level rounds rows to the nearest bfloat16 numbers, ties to even, and keeps NaN and infinity") {
  using Limits = std::numeric_limits<float>;
  std::vector<float> values{0.0F,
                            -0.0F,
                            1.0F,
                            1.00390625F,   // half-way between two numbers, the lower one even
                            1.01171875F,   // the upper one even
                            -1.00390626F,  // just behind half-way
                            Limits::max(),
                            -Limits::max(),
                            Limits::min(),
                            Limits::denorm_min(),
                            -Limits::denorm_min(),
                            1e-40F,
                            Limits::infinity(),
                            -Limits::infinity(),
                            Limits::quiet_NaN(),
                            -Limits::quiet_NaN(),
                            Limits::signaling_NaN()};
  const auto more = test::random_values<float>(1000, 1, -3.0F, 3.0F);
  values.insert(values.end(), more.begin(), more.end());
  for_each_level<float>([&](const Kernels<float>& kernels) {
    for (std::size_t size : {values.size(), std::size_t{1}, std::size_t{7}, std::size_t{17}}) {
      const std::vector<float> x(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
      const std::vector<float> got = rounded(kernels, x, 1, size);
      for (std::size_t i = 0; i < size; ++i) {
        INFO("value " << i << ": " << x[i]);
        const float expected = bfloat16_to_float(float_to_bfloat16(x[i]));
        REQUIRE(std::isnan(got[i]) == std::isnan(x[i]));
        if (std::isnan(x[i])) continue;
        REQUIRE(std::memcmp(&got[i], &expected, sizeof expected) == 0);
        if (std::isfinite(x[i]) && std::fabs(x[i]) < Limits::max())
          REQUIRE(std::fabs(got[i] - x[i]) <= std::fabs(x[i]) / 256 + Limits::min() / 128);
      }
    }
  });
}

TEST_CASE("the product with bfloat16 weights is that of the rounded operands, at every level") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    for (const auto& [rows, depth, columns] : kShapes) {
      const auto a = rounded(kernels, test::random_values<float>(rows * depth, 2), rows, depth);
      const auto b = test::random_values<float>(columns * depth, 3);
      const Bf16Matrix packed = pack(b, depth, columns);
      const auto bias = test::random_values<float>(packed.columns(), 4);
      const auto c = product(kernels, a, packed, rows, depth, bias);
      double worst = 0;
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
          double sum = static_cast<double>(bias[j]);
          for (std::size_t k = 0; k < depth; ++k)
            sum += static_cast<double>(a[i * depth + k]) *
                   static_cast<double>(bfloat16_to_float(float_to_bfloat16(b[j * depth + k])));
          worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * packed.columns() + j])));
        }
      INFO(rows << " x " << depth << " x " << columns);
      CHECK(worst < static_cast<double>(std::numeric_limits<float>::epsilon()) * static_cast<double>(depth + 8));
    }
  });
}

TEST_CASE("a row's product with bfloat16 weights does not depend on its neighbours, and NaN stays in its row") {
  constexpr std::size_t kRows = 29;
  constexpr std::size_t kDepth = 391;
  for_each_level<float>([&](const Kernels<float>& kernels) {
    const Bf16Matrix b = pack(test::random_values<float>(48 * kDepth, 5), kDepth, 48);
    const auto bias = test::random_values<float>(b.columns(), 6);
    auto a = rounded(kernels, test::random_values<float>(kRows * kDepth, 7), kRows, kDepth);
    const auto all = product(kernels, a, b, kRows, kDepth, bias, Epilogue::gelu);
    for (std::size_t first = 0; first < kRows; first += 5) {
      const std::size_t rows = std::min<std::size_t>(first % 7 + 1, kRows - first);
      const auto begin = a.begin() + static_cast<std::ptrdiff_t>(first * kDepth);
      const std::vector<float> some(begin, begin + static_cast<std::ptrdiff_t>(rows * kDepth));
      const auto part = product(kernels, some, b, rows, kDepth, bias, Epilogue::gelu);
      REQUIRE(std::memcmp(part.data(), all.data() + first * b.columns(), part.size() * sizeof(float)) == 0);
    }
    a[3 * kDepth + 100] = std::numeric_limits<float>::quiet_NaN();
    a[9 * kDepth + 5] = std::numeric_limits<float>::infinity();
    const auto spoiled = product(kernels, a, b, kRows, kDepth, bias);
    for (std::size_t i = 0; i < kRows; ++i)
      for (std::size_t j = 0; j < 48; ++j) {
        INFO("row " << i << ", column " << j);
        REQUIRE(std::isfinite(spoiled[i * b.columns() + j]) == (i != 3 && i != 9));
      }
  });
}
