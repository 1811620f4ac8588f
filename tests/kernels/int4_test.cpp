// Products with 4-bit weights: every level expands them to the same numbers, those that the format states, and the
// product is that of the rounded operands, to the rounding of its sums.
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/core/half.hpp>
#include <glossa/kernels/int4_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::bfloat16_to_float;
using glossa::detail::Epilogue;
using glossa::detail::float_to_bfloat16;
using glossa::detail::half_to_float;
using glossa::detail::Int4Block;
using glossa::detail::Int4Matrix;
using glossa::detail::Kernels;
using glossa::detail::kInt4Block;
using glossa::detail::round_up;
using test::for_each_level;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

const std::vector<Shape> kShapes = {{1, 1, 1},     {1, 384, 16},  {5, 7, 3},     {6, 384, 48}, {7, 385, 17},
                                    {12, 16, 33},  {13, 100, 64}, {48, 33, 130}, {3, 2000, 5}, {2, 767, 65},
                                    {25, 768, 96}, {17, 769, 32}, {100, 64, 40}};

/// Blocks of any numbers, with scales of either sign, zero, the smallest and the largest among them.
Int4Matrix random_matrix(std::size_t depth, std::size_t columns, unsigned seed) {
  Int4Matrix matrix(depth, columns);
  const auto values = test::random_values<float>(columns * round_up(depth, kInt4Block), seed, 0.0F, 15.999F);
  const auto scales = test::random_values<float>(values.size() / kInt4Block, seed + 1, -0.25F, 0.25F);
  std::size_t at = 0;
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t k = 0; k < depth; k += kInt4Block, ++at) {
      Int4Block block;
      block.scale =
          at % 11 == 3 ? std::uint16_t(at % 2 == 0 ? 0x0001 : 0x8000) : glossa::detail::float_to_half(scales[at]);
      for (std::size_t i = 0; i < std::min(kInt4Block, depth - k); ++i)
        block.values[i] = static_cast<std::uint8_t>(values[at * kInt4Block + i]);
      matrix.set_block(k, j, block);
    }
  return matrix;
}

float weight(const Int4Matrix& matrix, std::size_t k, std::size_t column) {
  return matrix.block(k / kInt4Block * kInt4Block, column).number(k % kInt4Block);
}

/// A weight as the level reads it: where rows are bfloat16 numbers, weights are too.
double as_read(const Kernels<float>& kernels, float weight) {
  return static_cast<double>(kernels.bf16.value_bytes == 2 ? bfloat16_to_float(float_to_bfloat16(weight)) : weight);
}

struct Rows {
  std::vector<std::byte> bytes;
  std::size_t stride;
};

Rows round_rows(const Kernels<float>& kernels, const std::vector<float>& x, std::size_t rows, std::size_t depth) {
  const std::size_t stride = round_up(depth, glossa::detail::kWidestPanel) * kernels.bf16.value_bytes;
  Rows out{std::vector<std::byte>(rows * stride), stride};
  kernels.bf16.round({x.data(), depth, rows, depth, out.bytes.data(), stride});
  return out;
}

std::vector<float> product(const Kernels<float>& kernels, const Rows& a, const Int4Matrix& b, std::size_t rows,
                           std::size_t depth, const std::vector<float>& bias, Epilogue epilogue = Epilogue::none) {
  std::vector<float> c(rows * b.columns(), std::numeric_limits<float>::quiet_NaN());
  glossa::detail::Bf16Product<glossa::detail::Int4Weights> operands{
      a.bytes.data(), a.stride, rows, b.panel(0), depth, b.columns(), bias.data(), epilogue};
  operands.c = c.data();
  operands.c_stride = b.columns();
  kernels.bf16.multiply_int4(operands);
  return c;
}

}  // namespace

TEST_CASE("every level expands 4-bit weights to the numbers that they stand for, and the filling to zeros") {
  constexpr std::size_t kDepth = 450;
  constexpr std::size_t kColumns = 70;
  const Int4Matrix matrix = random_matrix(kDepth, kColumns, 1);
  const std::vector<float> bias(matrix.columns(), 0.0F);
  for_each_level<float>([&](const Kernels<float>& kernels) {
    // The rows of the unit matrix bring out one weight each.
    std::vector<float> unit(kDepth * kDepth, 0.0F);
    for (std::size_t k = 0; k < kDepth; ++k) unit[k * kDepth + k] = 1.0F;
    const auto c = product(kernels, round_rows(kernels, unit, kDepth, kDepth), matrix, kDepth, kDepth, bias);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < kDepth; ++k)
      for (std::size_t j = 0; j < matrix.columns(); ++j) {
        const double expected = j < kColumns ? as_read(kernels, weight(matrix, k, j)) : 0.0;
        wrong += static_cast<double>(c[k * matrix.columns() + j]) != expected;
      }
    CHECK(wrong == 0);
  });
}

TEST_CASE("the product with 4-bit weights is that of the rounded operands, at every level") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    for (const auto& [rows, depth, columns] : kShapes) {
      const auto a = test::random_values<float>(rows * depth, 2);
      const Int4Matrix b = random_matrix(depth, columns, 3);
      const auto bias = test::random_values<float>(b.columns(), 4);
      const auto c = product(kernels, round_rows(kernels, a, rows, depth), b, rows, depth, bias);
      double worst = 0;
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
          double sum = static_cast<double>(bias[j]);
          double size = 1;
          for (std::size_t k = 0; k < depth; ++k) {
            const double term = static_cast<double>(bfloat16_to_float(float_to_bfloat16(a[i * depth + k]))) *
                                as_read(kernels, weight(b, k, j));
            sum += term;
            size += std::abs(term);
          }
          worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * b.columns() + j])) / size);
        }
      INFO(rows << " x " << depth << " x " << columns);
      CHECK(worst < static_cast<double>(std::numeric_limits<float>::epsilon()) * 32);
    }
  });
}

TEST_CASE("a row's product with 4-bit weights does not depend on its neighbours") {
  constexpr std::size_t kRows = 129;
  constexpr std::size_t kDepth = 391;
  const Int4Matrix b = random_matrix(kDepth, 96, 5);
  const auto bias = test::random_values<float>(b.columns(), 6);
  const auto a = test::random_values<float>(kRows * kDepth, 7);
  for_each_level<float>([&](const Kernels<float>& kernels) {
    const auto all = product(kernels, round_rows(kernels, a, kRows, kDepth), b, kRows, kDepth, bias, Epilogue::gelu);
    for (std::size_t first = 0; first < kRows; first += 5) {
      const std::size_t rows = std::min<std::size_t>(first % 7 + 1, kRows - first);
      const auto begin = a.begin() + static_cast<std::ptrdiff_t>(first * kDepth);
      const std::vector<float> some(begin, begin + static_cast<std::ptrdiff_t>(rows * kDepth));
      const auto part =
          product(kernels, round_rows(kernels, some, rows, kDepth), b, rows, kDepth, bias, Epilogue::gelu);
      REQUIRE(std::memcmp(part.data(), all.data() + first * b.columns(), part.size() * sizeof(float)) == 0);
    }
  });
}

TEST_CASE("numbers that came out of 4-bit blocks go back to the same, and others to what is near them") {
  const Int4Matrix matrix = random_matrix(320, 32, 8);
  for (std::size_t j = 0; j < 32; ++j)
    for (std::size_t k = 0; k < 320; k += kInt4Block) {
      Int4Block block = matrix.block(k, j);
      block.values[k % 7 + j % 20] = 0;  // Q4_0 gives the number of the largest magnitude the lowest place
      std::vector<float> numbers(kInt4Block);
      for (std::size_t i = 0; i < kInt4Block; ++i) numbers[i] = block.number(i);
      const Int4Block again = glossa::detail::round_to_int4(numbers);
      for (std::size_t i = 0; i < kInt4Block; ++i) REQUIRE(again.number(i) == numbers[i]);
    }
  const auto any = test::random_values<float>(kInt4Block, 9);
  const Int4Block rounded = glossa::detail::round_to_int4(any);
  for (std::size_t i = 0; i < kInt4Block; ++i) CHECK(std::fabs(rounded.number(i) - any[i]) <= 0.15F);
}

TEST_CASE("blocks of zeros, of one number, and of the largest and smallest ones are rounded to finite numbers") {
  for (const float number : {0.0F, 1.0F, -3.25F, 1e-30F, 3e-8F, 500000.0F, 1e9F, -3e38F}) {
    const std::vector<float> numbers{number};
    const Int4Block block = glossa::detail::round_to_int4(numbers);
    INFO(number);
    CHECK(std::isfinite(half_to_float(block.scale)));
    for (std::size_t i = 1; i < kInt4Block; ++i) CHECK(block.number(i) == 0.0F);
    if (std::fabs(number) < 5e5F && std::fabs(number) > 0.1F)
      CHECK(std::fabs(block.number(0) - number) <= 1e-3F * std::fabs(number));
  }
}
