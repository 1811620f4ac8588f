// Training's products in bfloat16: at every level they are those of the rounded operands, to the rounding of their
// sums, and bit-identical however they are shared out.
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/core/half.hpp>
#include <glossa/kernels/training_dispatch.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

using glossa::detail::Bf16Sums;
using glossa::detail::Bf16TrainingKernels;
using glossa::detail::kBf16Depth;
using glossa::detail::round_up;

constexpr double kEpsilon = static_cast<double>(std::numeric_limits<float>::epsilon());

template <class Check>
void for_each_training_level(Check&& check) {
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    INFO("level " << to_string(level));
    check(glossa::detail::training_kernels_of<float>(level).bf16);
  }
}

double rounded(float value) {
  return static_cast<double>(glossa::detail::bfloat16_to_float(glossa::detail::float_to_bfloat16(value)));
}

/// Floats with rows that are filled up to whole tiles, as those of training are.
struct Matrix {
  Matrix(std::size_t row_count, std::size_t column_count, unsigned seed)
      : rows(row_count), columns(column_count), stride(round_up(column_count, kBf16Depth)), values(rows * stride) {
    const auto random = test::random_values<float>(rows * columns, seed);
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(random.data() + r * columns, columns, values.data() + r * stride);
  }
  [[nodiscard]] float operator()(std::size_t r, std::size_t c) const { return values[r * stride + c]; }

  std::size_t rows, columns, stride;
  std::vector<float> values;
};

/// A left-hand side in the level's form.
struct Left {
  std::size_t depth;
  std::size_t stride;
  std::vector<std::byte> values;
};

/// A right-hand side.
struct Right {
  std::size_t depth;
  std::size_t columns;
  std::vector<std::uint16_t> values;
};

Left round(const Bf16TrainingKernels& kernels, const Matrix& x) {
  Left out{x.stride, x.stride * kernels.value_bytes + 64, {}};
  out.values.assign(x.rows * out.stride, std::byte{0xFF});  // which is NaN
  kernels.round({x.values.data(), x.stride, x.rows, x.stride, out.values.data(), out.stride});
  return out;
}

/// The transpose. sums: of x's columns.
Left turn(const Bf16TrainingKernels& kernels, const Matrix& x, std::vector<float>& sums) {
  Left out{round_up(x.rows, kBf16Depth), 0, {}};
  out.stride = out.depth * kernels.value_bytes + 64;
  out.values.assign(x.stride * out.stride, std::byte{0xFF});
  for (std::size_t first = 0; first < x.stride; first += 32)  // by several calls
    kernels.turn({x.values.data() + first, x.stride, x.rows, out.depth, 32, out.values.data() + first * out.stride,
                  out.stride, sums.data() + first});
  return out;
}

Right pack_rows(const Bf16TrainingKernels& kernels, const Matrix& x) {
  Right out{round_up(x.rows, kBf16Depth), x.stride, {}};
  out.values.assign(out.depth * out.columns, 0xFFFF);
  for (std::size_t first = 0; first < x.stride; first += 32)
    kernels.pack_rows(
        {x.values.data() + first, x.stride, x.rows, out.depth, 32, out.values.data() + first * out.depth});
  return out;
}

/// The transpose.
Right pack_columns(const Bf16TrainingKernels& kernels, const Matrix& x) {
  Right out{x.stride, round_up(x.rows, kBf16Depth), {}};
  out.values.assign(out.depth * out.columns, 0xFFFF);
  for (std::size_t first = 0; first < x.rows; first += 32)
    kernels.pack_columns({x.values.data() + first * x.stride, x.stride, std::min<std::size_t>(32, x.rows - first),
                          out.depth, 32, out.values.data() + first * out.depth});
  return out;
}

Bf16Sums sums_of(const Left& a, std::size_t rows, const Right& b, std::vector<float>& c) {
  return {a.values.data(), a.stride, rows, {b.values.data(), b.depth}, a.depth, b.columns, c.data(), b.columns};
}

/// c [rows, columns] against Σ a(i, k)·b(k, j) + first(i, j) in double, with what float sums may differ by.
template <class A, class B, class First>
void check_product(const std::vector<float>& c, std::size_t rows, std::size_t depth, std::size_t columns,
                   std::size_t stride, A&& a, B&& b, First&& first) {
  double worst = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = first(i, j);
      for (std::size_t k = 0; k < depth; ++k) sum += a(i, k) * b(k, j);
      const double difference = std::abs(sum - static_cast<double>(c[i * stride + j]));
      worst = std::max(worst, std::isnan(difference) ? 1.0 : difference);
    }
  INFO(rows << " x " << depth << " x " << columns);
  CHECK(worst < kEpsilon * static_cast<double>(depth + 8));
}

struct Shape {
  std::size_t tokens, inputs, outputs;
};

/// Corners, and random ones.
std::vector<Shape> shapes() {
  std::vector<Shape> shapes{{1, 1, 1},    {1, 384, 16},   {5, 7, 3},    {32, 32, 32},  {31, 33, 64},  {33, 31, 65},
                            {16, 64, 48}, {100, 96, 160}, {97, 385, 9}, {450, 40, 70}, {900, 33, 40}, {47, 800, 35}};
  std::mt19937 engine(12);
  for (int i = 0; i < 12; ++i) shapes.push_back({1 + engine() % 150, 1 + engine() % 130, 1 + engine() % 130});
  return shapes;
}

}  // namespace

TEST_CASE("a linear layer's product in bfloat16 is that of the rounded operands, at every level") {
  for_each_training_level([](const Bf16TrainingKernels& kernels) {
    for (const auto& [tokens, inputs, outputs] : shapes()) {
      const Matrix x(tokens, inputs, 1);
      const Matrix w(outputs, inputs, 2);
      const Left a = round(kernels, x);
      const Right b = pack_columns(kernels, w);
      const auto bias = test::random_values<float>(b.columns, 3);
      std::vector<float> c(tokens * b.columns, std::numeric_limits<float>::quiet_NaN());
      Bf16Sums p = sums_of(a, tokens, b, c);
      p.bias = bias.data();
      kernels.sum_products(p);
      check_product(
          c, tokens, inputs, outputs, b.columns, [&](std::size_t i, std::size_t k) { return rounded(x(i, k)); },
          [&](std::size_t k, std::size_t j) { return rounded(w(j, k)); },
          [&](std::size_t, std::size_t j) { return static_cast<double>(bias[j]); });
      for (std::size_t i = 0; i < tokens; ++i)
        for (std::size_t j = outputs; j < b.columns; ++j) REQUIRE(c[i * b.columns + j] == bias[j]);
    }
  });
}

TEST_CASE("the gradient of its input is, too, and is added where that is wanted") {
  for_each_training_level([](const Bf16TrainingKernels& kernels) {
    for (const auto& [tokens, inputs, outputs] : shapes())
      for (const bool adds : {false, true}) {
        const Matrix dy(tokens, outputs, 4);
        const Matrix w(outputs, inputs, 5);
        const Left a = round(kernels, dy);
        const Right b = pack_rows(kernels, w);
        std::vector<float> c = test::random_values<float>(tokens * b.columns, 6);
        const std::vector<float> before = c;
        Bf16Sums p = sums_of(a, tokens, b, c);
        p.adds = adds;
        kernels.sum_products(p);
        check_product(
            c, tokens, outputs, inputs, b.columns, [&](std::size_t i, std::size_t k) { return rounded(dy(i, k)); },
            [&](std::size_t k, std::size_t j) { return rounded(w(k, j)); },
            [&](std::size_t i, std::size_t j) { return adds ? static_cast<double>(before[i * b.columns + j]) : 0.0; });
      }
  });
}

TEST_CASE("the gradients of its weights are, whose depth is the tokens, and of its bias that of floats") {
  for_each_training_level([](const Bf16TrainingKernels& kernels) {
    for (const auto& [tokens, inputs, outputs] : shapes()) {
      const Matrix dy(tokens, outputs, 7);
      const Matrix x(tokens, inputs, 8);
      std::vector<float> bias(dy.stride, 0.5F);
      const Left a = turn(kernels, dy, bias);
      const Right b = pack_rows(kernels, x);
      std::vector<float> c = test::random_values<float>(outputs * b.columns, 9);
      const std::vector<float> before = c;
      Bf16Sums p = sums_of(a, outputs, b, c);
      p.adds = true;
      kernels.sum_products(p);
      check_product(
          c, outputs, tokens, inputs, b.columns, [&](std::size_t i, std::size_t k) { return rounded(dy(k, i)); },
          [&](std::size_t k, std::size_t j) { return rounded(x(k, j)); },
          [&](std::size_t i, std::size_t j) { return static_cast<double>(before[i * b.columns + j]); });
      for (std::size_t j = 0; j < dy.stride; ++j) {
        double sum = 0.5;
        for (std::size_t t = 0; t < tokens; ++t) sum += static_cast<double>(dy(t, j));
        CHECK(std::abs(sum - static_cast<double>(bias[j])) <= kEpsilon * static_cast<double>(tokens + 1));
      }
    }
  });
}

TEST_CASE("training's products in bfloat16 are bit-identical whichever rows and columns they are computed with") {
  constexpr std::size_t kRows = 77;
  for_each_training_level([](const Bf16TrainingKernels& kernels) {
    const Matrix x(kRows, 1000, 10);
    const Left a = round(kernels, x);
    const Right b = pack_rows(kernels, Matrix(1000, 180, 11));
    const auto bias = test::random_values<float>(b.columns, 12);
    std::vector<float> all(kRows * b.columns);
    Bf16Sums p = sums_of(a, kRows, b, all);
    p.bias = bias.data();
    kernels.sum_products(p);
    for (std::size_t first = 0; first < kRows; first += 3)
      for (const std::size_t rows : {1UL, 2UL, 7UL, 15UL, 16UL, 17UL, 32UL, 33UL, 50UL}) {
        if (first + rows > kRows) continue;
        std::vector<float> part(rows * b.columns);
        Bf16Sums own = p;
        own.a += first * a.stride;
        own.rows = rows;
        own.c = part.data();
        kernels.sum_products(own);
        REQUIRE(std::memcmp(part.data(), all.data() + first * b.columns, part.size() * sizeof(float)) == 0);
      }
    for (std::size_t first = 0; first < b.columns; first += 32) {
      std::vector<float> part(kRows * 32);
      Bf16Sums own = p;
      own.b.values += first * b.depth;
      own.bias += first;
      own.columns = own.c_stride = 32;
      own.c = part.data();
      kernels.sum_products(own);
      for (std::size_t r = 0; r < kRows; ++r)
        REQUIRE(std::memcmp(part.data() + r * 32, all.data() + r * b.columns + first, 32 * sizeof(float)) == 0);
    }
  });
}

TEST_CASE("NaN and infinity in a row stay in that row's product of training, too") {
  for_each_training_level([](const Bf16TrainingKernels& kernels) {
    Matrix x(40, 50, 13);
    x.values[3 * x.stride + 20] = std::numeric_limits<float>::quiet_NaN();
    x.values[37 * x.stride + 5] = std::numeric_limits<float>::infinity();
    const Right b = pack_rows(kernels, Matrix(50, 48, 14));
    std::vector<float> c(x.rows * b.columns);
    kernels.sum_products(sums_of(round(kernels, x), x.rows, b, c));
    std::vector<float> sums(x.stride);
    const Left turned = turn(kernels, x, sums);
    std::vector<float> outer(x.columns * 64);
    const Right other = pack_rows(kernels, Matrix(40, 48, 15));
    kernels.sum_products(sums_of(turned, x.columns, other, outer));
    for (std::size_t j = 0; j < 48; ++j) {
      for (std::size_t i = 0; i < x.rows; ++i) REQUIRE(std::isfinite(c[i * b.columns + j]) == (i != 3 && i != 37));
      for (std::size_t i = 0; i < x.columns; ++i)
        REQUIRE(std::isfinite(outer[i * other.columns + j]) == (i != 20 && i != 5));
    }
  });
}
