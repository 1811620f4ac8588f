// Products with bfloat16 weights: rounding is to the nearest number at every level, and the product is that of the
// rounded operands, to the rounding of its sums.
#include "bf16_levels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using glossa::detail::Bf16Product;
using glossa::detail::Bf16Weights;
using glossa::detail::Epilogue;
using glossa::detail::kWidestPanel;
using test::Bf16Kernels;
using test::Bf16Matrix;
using test::Bf16Rows;
using test::for_each_bf16_level;
using test::pack_bf16;
using test::round_rows;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

/// Corners, and random ones.
std::vector<Shape> shapes() {
  std::vector<Shape> shapes{{1, 1, 1},    {1, 384, 16},  {5, 7, 3},      {6, 384, 48},  {7, 385, 17},
                            {12, 16, 33}, {13, 100, 64}, {23, 1536, 40}, {48, 33, 130}, {3, 2000, 5},
                            {2, 767, 65}, {25, 768, 96}, {17, 769, 32},  {97, 64, 32},  {193, 31, 70}};
  std::mt19937 engine(12);
  for (int i = 0; i < 30; ++i) shapes.push_back({1 + engine() % 30, 1 + engine() % 500, 1 + engine() % 200});
  return shapes;
}

const std::vector<Epilogue> kEpilogues{Epilogue::none, Epilogue::gelu, Epilogue::gelu_rounded, Epilogue::gelu_tanh,
                                       Epilogue::relu};

/// The product without its result's place.
Bf16Product<Bf16Weights> operands(const Bf16Rows& a, const Bf16Matrix& b, const std::vector<float>& bias,
                                  std::size_t first_row, std::size_t rows, std::size_t depth, std::size_t first_column,
                                  std::size_t columns, Epilogue epilogue) {
  return {a.values.data() + first_row * a.stride,
          a.stride,
          rows,
          b.panel(first_column),
          depth,
          columns,
          bias.data() + first_column,
          epilogue};
}

std::vector<float> product(const Bf16Kernels& kernels, const Bf16Rows& a, const Bf16Matrix& b, std::size_t rows,
                           std::size_t depth, const std::vector<float>& bias, Epilogue epilogue = Epilogue::none) {
  std::vector<float> c(rows * b.columns(), std::numeric_limits<float>::quiet_NaN());
  Bf16Product<Bf16Weights> p = operands(a, b, bias, 0, rows, depth, 0, b.columns(), epilogue);
  p.c = c.data();
  p.c_stride = b.columns();
  kernels.multiply(p);
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
  for_each_bf16_level([&](const Bf16Kernels& kernels) {
    for (std::size_t size : {values.size(), std::size_t{1}, std::size_t{7}, std::size_t{17}}) {
      const std::vector<float> x(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
      const Bf16Rows rows = round_rows(kernels, x, 1, size);
      for (std::size_t i = 0; i < size; ++i) {
        INFO("value " << i << ": " << x[i]);
        const float expected = test::round_to_bf16(x[i]);
        const float got = rows(0, i);
        REQUIRE(std::isnan(got) == std::isnan(x[i]));
        if (std::isnan(x[i])) continue;
        REQUIRE(std::memcmp(&got, &expected, sizeof expected) == 0);
        if (std::isfinite(x[i]) && std::fabs(x[i]) < Limits::max())
          REQUIRE(std::fabs(got - x[i]) <= std::fabs(x[i]) / 256 + Limits::min() / 128);
      }
    }
  });
}

TEST_CASE("the product with bfloat16 weights is that of the rounded operands, at every level") {
  for_each_bf16_level([](const Bf16Kernels& kernels) {
    for (const auto& [rows, depth, columns] : shapes()) {
      const Bf16Rows a = round_rows(kernels, test::random_values<float>(rows * depth, 2), rows, depth);
      const auto b = test::random_values<float>(columns * depth, 3);
      const Bf16Matrix packed = pack_bf16(b, depth, columns);
      const auto bias = test::random_values<float>(packed.columns(), 4);
      const auto c = product(kernels, a, packed, rows, depth, bias);
      double worst = 0;
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
          double sum = static_cast<double>(bias[j]);
          for (std::size_t k = 0; k < depth; ++k)
            sum += static_cast<double>(a(i, k)) * static_cast<double>(test::round_to_bf16(b[j * depth + k]));
          worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * packed.columns() + j])));
        }
      INFO(rows << " x " << depth << " x " << columns);
      CHECK(worst < static_cast<double>(std::numeric_limits<float>::epsilon()) * static_cast<double>(depth + 8));
    }
  });
}

TEST_CASE("the epilogue sees every finished element of a product in bfloat16 once") {
  const auto exact = [](Epilogue epilogue, double x) {
    switch (epilogue) {
      case Epilogue::gelu:
      case Epilogue::gelu_rounded: return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
      case Epilogue::gelu_tanh:
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
      case Epilogue::relu: return x > 0 ? x : 0.0;
      default: return x;
    }
  };
  for_each_bf16_level([&](const Bf16Kernels& kernels) {
    for (const auto& [rows, depth, columns] : {Shape{9, 901, 50}, {14, 30, 130}}) {
      const Bf16Rows a = round_rows(kernels, test::random_values<float>(rows * depth, 2), rows, depth);
      const Bf16Matrix b = pack_bf16(test::random_values<float>(columns * depth, 3, -0.3F, 0.3F), depth, columns);
      const auto bias = test::random_values<float>(b.columns(), 4);
      const auto plain = product(kernels, a, b, rows, depth, bias);
      for (const Epilogue epilogue : kEpilogues) {
        const auto c = product(kernels, a, b, rows, depth, bias, epilogue);
        for (std::size_t i = 0; i < c.size(); ++i)
          REQUIRE(static_cast<double>(c[i]) == Approx(exact(epilogue, static_cast<double>(plain[i])))
                                                   .epsilon(1e-6)
                                                   .margin(epilogue == Epilogue::gelu_rounded ? 5e-5 : 1e-6));
      }
    }
  });
}

TEST_CASE("the result as rows for the next product, and as bfloat16 numbers, is the rounded result") {
  for_each_bf16_level([](const Bf16Kernels& kernels) {
    for (const auto& [rows, depth, columns] : {Shape{1, 64, 128}, {7, 385, 400}, {13, 33, 96}, {99, 40, 16}})
      for (const Epilogue epilogue : kEpilogues) {
        const Bf16Rows a = round_rows(kernels, test::random_values<float>(rows * depth, 5), rows, depth);
        const Bf16Matrix b = pack_bf16(test::random_values<float>(columns * depth, 6), depth, columns);
        const auto bias = test::random_values<float>(b.columns(), 7);
        const auto c = product(kernels, a, b, rows, depth, bias, epilogue);
        Bf16Rows next(kernels, rows, b.columns());
        for (std::size_t first = 0; first < b.columns(); first += 64) {  // by several calls
          const std::size_t count = std::min<std::size_t>(64, b.columns() - first);
          Bf16Product<Bf16Weights> p = operands(a, b, bias, 0, rows, depth, first, count, epilogue);
          p.next = next.values.data() + first * kernels.value_bytes;
          p.next_stride = next.stride;
          kernels.multiply(p);
        }
        std::vector<std::uint16_t> rounded(rows * b.columns());
        if (kernels.attention != nullptr) {
          Bf16Product<Bf16Weights> p = operands(a, b, bias, 0, rows, depth, 0, b.columns(), epilogue);
          p.rounded = rounded.data();
          p.c_stride = b.columns();
          kernels.multiply(p);
        }
        for (std::size_t r = 0; r < rows; ++r)
          for (std::size_t j = 0; j < b.columns(); ++j) {
            const float expected = test::round_to_bf16(c[r * b.columns() + j]);
            REQUIRE(next(r, j) == expected);
            if (kernels.attention != nullptr)
              REQUIRE(glossa::detail::bfloat16_to_float(rounded[r * b.columns() + j]) == expected);
          }
      }
  });
}

TEST_CASE("a row's product with bfloat16 weights is bit-identical whichever rows and columns it is computed with") {
  constexpr std::size_t kRows = 29;
  constexpr std::size_t kDepth = 391;
  const auto x = test::random_values<float>(kRows * kDepth, 7);
  for_each_bf16_level([&](const Bf16Kernels& kernels) {
    const Bf16Matrix b = pack_bf16(test::random_values<float>(180 * kDepth, 5), kDepth, 180);
    const std::size_t columns = b.columns();
    const auto bias = test::random_values<float>(columns, 6);
    const Bf16Rows a = round_rows(kernels, x, kRows, kDepth);
    const auto all = product(kernels, a, b, kRows, kDepth, bias, Epilogue::gelu);
    std::vector<float> part(kRows * columns);
    for (std::size_t first = 0; first < kRows; ++first)
      for (std::size_t rows = 1; rows <= 13 && first + rows <= kRows; ++rows) {
        Bf16Product<Bf16Weights> p = operands(a, b, bias, first, rows, kDepth, 0, columns, Epilogue::gelu);
        p.c = part.data();
        p.c_stride = columns;
        kernels.multiply(p);
        REQUIRE(std::memcmp(part.data(), all.data() + first * columns, rows * columns * sizeof(float)) == 0);
      }
    for (std::size_t first = 0; first < columns; first += kWidestPanel)
      for (std::size_t count = kWidestPanel; first + count <= columns; count += kWidestPanel) {
        Bf16Product<Bf16Weights> p = operands(a, b, bias, 0, kRows, kDepth, first, count, Epilogue::gelu);
        p.c = part.data();
        p.c_stride = count;
        kernels.multiply(p);
        for (std::size_t r = 0; r < kRows; ++r)
          REQUIRE(std::memcmp(part.data() + r * count, all.data() + r * columns + first, count * sizeof(float)) == 0);
      }
  });
}

TEST_CASE("NaN and infinity in a row stay in that row's product with bfloat16 weights") {
  constexpr std::size_t kRows = 29;
  constexpr std::size_t kDepth = 391;
  auto x = test::random_values<float>(kRows * kDepth, 7);
  x[3 * kDepth + 100] = std::numeric_limits<float>::quiet_NaN();
  x[9 * kDepth + 5] = std::numeric_limits<float>::infinity();
  for_each_bf16_level([&](const Bf16Kernels& kernels) {
    const Bf16Matrix b = pack_bf16(test::random_values<float>(48 * kDepth, 5), kDepth, 48);
    const auto bias = test::random_values<float>(b.columns(), 6);
    const auto c = product(kernels, round_rows(kernels, x, kRows, kDepth), b, kRows, kDepth, bias);
    for (std::size_t i = 0; i < kRows; ++i)
      for (std::size_t j = 0; j < 48; ++j) {
        INFO("row " << i << ", column " << j);
        REQUIRE(std::isfinite(c[i * b.columns() + j]) == (i != 3 && i != 9));
      }
  });
}
