// Products with 8-bit weights: every level's is that of the same integers, to the rounding of its sums.
#include "int8_levels.hpp"

#include <glossa/core/half.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <utility>
#include <vector>

using glossa::detail::Epilogue;
using glossa::detail::Int8Product;
using glossa::detail::kInt8Group;
using test::for_each_int8_level;
using test::int8_oracle;
using test::Int8Kernels;
using test::Int8Matrix;
using test::Int8Rows;
using test::kZeros;
using test::pack_int8;
using test::quantize;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

/// Corners, and random ones.
std::vector<Shape> shapes() {
  std::vector<Shape> shapes{{1, 1, 1},    {1, 384, 16},  {5, 7, 3},      {6, 384, 48},   {7, 385, 17},
                            {12, 16, 33}, {13, 100, 64}, {23, 1536, 40}, {48, 33, 130},  {97, 384, 31},
                            {3, 2000, 5}, {100, 1, 100}, {2, 767, 1025}, {193, 129, 20}, {4, 20000, 7}};
  std::mt19937 engine(11);
  for (int i = 0; i < 40; ++i) shapes.push_back({1 + engine() % 30, 1 + engine() % 600, 1 + engine() % 300});
  return shapes;
}

const std::vector<Epilogue> kEpilogues{Epilogue::none, Epilogue::gelu, Epilogue::gelu_rounded, Epilogue::gelu_tanh,
                                       Epilogue::relu};

/// Everything that a product reads but its rows.
struct Weights {
  Weights(const Shape& shape, const Int8Kernels& kernels, int zero, unsigned seed = 7)
      : Weights(pack_int8(test::random_values<float>(shape.columns * shape.depth, seed), shape.depth, shape.columns),
                kernels, zero) {
    const auto values = test::random_values<float>(bias.size(), seed + 1);
    std::copy(values.begin(), values.end(), bias.begin());
  }
  Weights(Int8Matrix b, const Int8Kernels& kernels, int zero)
      : matrix(std::move(b)), offsets(matrix.offsets(kernels.form, zero)), bias(matrix.columns(), 0.0F) {}

  /// The product of `count` columns from `first` on, without its result's place.
  [[nodiscard]] Int8Product product(const Int8Rows& a, std::size_t first_row, std::size_t rows, std::size_t first,
                                    std::size_t count, Epilogue epilogue) const {
    Int8Product p{};
    p.a = a.view(first_row);
    p.rows = rows;
    p.b = matrix.panel(first);
    p.depth = matrix.depth();
    p.columns = count;
    p.b_scales = matrix.scales().data() + first;
    p.b_offsets = offsets.data() + first;
    p.b_stride = matrix.columns();
    p.bias = bias.data() + first;
    p.epilogue = epilogue;
    return p;
  }

  Int8Matrix matrix;
  std::vector<std::int32_t> offsets;
  std::vector<float> bias;
};

std::vector<float> product(const Int8Kernels& kernels, const Int8Rows& a, const Weights& b, std::size_t rows,
                           Epilogue epilogue = Epilogue::none) {
  const std::size_t columns = b.matrix.columns();
  std::vector<float> c(rows * columns, std::numeric_limits<float>::quiet_NaN());
  Int8Product p = b.product(a, 0, rows, 0, columns, epilogue);
  p.c = c.data();
  p.c_stride = columns;
  kernels.multiply(p);
  return c;
}

/// The integer of weight k of a column, found by its place in the layout.
int weight(const Int8Matrix& b, std::size_t k, std::size_t column) {
  return b.values()[column / 16 * 16 * b.depth() + k / 4 * 64 + column % 16 * 4 + k % 4];
}

/// The element from its definition: Σ over groups of (sum of integers) · weights' scale · row's scale, + bias, by
/// operations that add(part, scale, total) has.
template <class T, class Add>
T element(const Int8Rows& a, const Weights& b, std::size_t row, std::size_t column, Add&& add) {
  T total = 0;
  for (std::size_t first = 0, group = 0; first < b.matrix.depth(); first += kInt8Group, ++group) {
    std::int64_t sum = 0;
    for (std::size_t k = first; k < std::min(first + kInt8Group, b.matrix.depth()); ++k)
      sum += a(row, k) * weight(b.matrix, k, column);
    const T scale = static_cast<T>(b.matrix.scales()[group * b.matrix.columns() + column]);
    total = add(static_cast<T>(sum) * scale, static_cast<T>(a.scales[row * a.groups + group]), total);
  }
  return total + static_cast<T>(b.bias[column]);
}

}  // namespace

TEST_CASE("the portable product of quantized rows is the product, to the rounding of its operands") {
  for (const Shape& shape : shapes()) {
    const auto& [rows, depth, columns] = shape;
    const auto x = test::random_values<float>(rows * depth, 1);
    const auto w = test::random_values<float>(columns * depth, 2);
    const Weights b(pack_int8(w, depth, columns), int8_oracle(), 128);
    const auto c = product(int8_oracle(), quantize(int8_oracle(), x, rows, depth, 128), b, rows);
    // Rounding errors are independent: their sum grows with the square root of the depth. The largest step of a weight
    // is 1/127; half a step is the most that rounding takes.
    const double bound = 6 * std::sqrt(static_cast<double>(depth)) * 0.5 / 127 * 0.6;
    INFO(rows << " x " << depth << " x " << columns);
    double worst = 0;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < depth; ++k)
          sum += static_cast<double>(x[i * depth + k]) * static_cast<double>(w[j * depth + k]);
        worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * b.matrix.columns() + j])));
      }
    CHECK(worst < bound);
  }
}

TEST_CASE("every level's product is the portable one, for both zero points, with factors and all epilogues") {
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    unsigned seed = 0;
    for (const Shape& shape : shapes())
      for (const int zero : kZeros)
        for (const bool with_factors : {false, true}) {
          const auto& [rows, depth, columns] = shape;
          const auto x = test::random_values<float>(rows * depth, ++seed, zero == 128 ? -1.0F : -0.17F, 1.0F);
          const auto factors =
              with_factors ? test::random_values<float>(depth, ++seed, 0.05F, 1.0F) : std::vector<float>{};
          const Epilogue epilogue = kEpilogues[seed % kEpilogues.size()];
          const Weights oracles(shape, int8_oracle(), zero, ++seed);
          const Weights own(shape, kernels, zero, seed);
          const auto expected =
              product(int8_oracle(), quantize(int8_oracle(), x, rows, depth, zero, factors), oracles, rows, epilogue);
          const auto got = product(kernels, quantize(kernels, x, rows, depth, zero, factors), own, rows, epilogue);
          INFO(rows << " x " << depth << " x " << columns << ", zero point " << zero << ", seed " << seed);
          double worst = 0;
          for (std::size_t i = 0; i < got.size(); ++i)
            worst = std::max(worst, static_cast<double>(std::abs(got[i] - expected[i])) /
                                        std::max(1.0, static_cast<double>(std::abs(expected[i]))));
          CHECK(worst < 5e-7 + 1e-7 * std::sqrt(static_cast<double>(depth)));  // fused multiply-adds or not
        }
  });
}

TEST_CASE("every level's product is its definition in double, and bit by bit that of fused multiply-adds") {
  for_each_int8_level([](const Int8Kernels& kernels, bool fused) {
    for (const Shape& shape : {Shape{7, 385, 33}, {13, 30, 128}, {1, 1536, 20}, {98, 130, 144}})
      for (const int zero : kZeros) {
        const auto x = test::random_values<float>(shape.rows * shape.depth, 3, -0.3F, 1.0F);
        const Int8Rows a = quantize(kernels, x, shape.rows, shape.depth, zero);
        const Weights b(shape, kernels, zero);
        const auto c = product(kernels, a, b, shape.rows);
        for (std::size_t i = 0; i < shape.rows; ++i)
          for (std::size_t j = 0; j < b.matrix.columns(); ++j) {
            const float got = c[i * b.matrix.columns() + j];
            const auto exact =
                element<double>(a, b, i, j, [](double part, double scale, double sum) { return part * scale + sum; });
            REQUIRE(std::abs(static_cast<double>(got) - exact) <
                    1e-6 * std::max(1.0, std::abs(exact)) * std::sqrt(static_cast<double>(a.groups)));
            if (fused)
              REQUIRE(got == element<float>(a, b, i, j, [](float part, float scale, float sum) {
                        return std::fma(part, scale, sum);
                      }));
          }
      }
  });
}

TEST_CASE("the result as bfloat16 numbers is the rounded result, and that as rows the quantized one") {
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    for (const Shape& shape : {Shape{1, 64, 128}, {7, 385, 400}, {13, 128, 96}, {99, 40, 16}, {3, 200, 272}})
      for (const Epilogue epilogue : kEpilogues)
        for (const bool with_factors : {false, true}) {
          const int zero = epilogue == Epilogue::none ? 128 : 48;
          const std::size_t rows = shape.rows;
          const auto x = test::random_values<float>(rows * shape.depth, 4);
          const Int8Rows a = quantize(kernels, x, rows, shape.depth, 128);
          const Weights b(shape, kernels, 128);
          const std::size_t columns = b.matrix.columns();
          const auto c = product(kernels, a, b, rows, epilogue);

          std::vector<std::uint16_t> rounded(rows * (columns + 5), 0x7777);
          Int8Product p = b.product(a, 0, rows, 0, columns, epilogue);
          p.rounded = rounded.data();
          p.c_stride = columns + 5;
          kernels.multiply(p);
          for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t j = 0; j < columns; ++j)
              REQUIRE(rounded[r * (columns + 5) + j] == glossa::detail::float_to_bfloat16(c[r * columns + j]));
            for (std::size_t j = columns; j < columns + 5; ++j) REQUIRE(rounded[r * (columns + 5) + j] == 0x7777);
          }

          const auto factors = with_factors ? test::random_values<float>(columns, 5, 0.1F, 3.0F) : std::vector<float>{};
          const Int8Rows expected = quantize(kernels, c, rows, columns, zero, factors);
          Int8Rows whole(kernels.form, rows, columns, zero);
          p = b.product(a, 0, rows, 0, columns, epilogue);
          p.next = whole.view();
          p.next_factors = with_factors ? factors.data() : nullptr;
          kernels.multiply(p);
          test::check_same_rows(whole, expected, rows, columns);

          Int8Rows parts(kernels.form, rows, columns, zero);  // by several calls, for whole groups each
          for (std::size_t first = 0; first < columns; first += kInt8Group) {
            p = b.product(a, 0, rows, first, std::min(kInt8Group, columns - first), epilogue);
            p.next = parts.view();
            p.next_factors = with_factors ? factors.data() + first : nullptr;
            p.first_column = first;
            kernels.multiply(p);
          }
          test::check_same_rows(parts, expected, rows, columns);
        }
  });
}

TEST_CASE("a quantized row's product is bit-identical whichever rows it is computed with") {
  constexpr std::size_t kRows = 29;
  const Shape shape{kRows, 389, 70};
  const auto x = test::random_values<float>(kRows * shape.depth, 9);
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    for (const int zero : kZeros) {
      const Weights b(shape, kernels, zero);
      const std::size_t columns = b.matrix.columns();
      const Int8Rows a = quantize(kernels, x, kRows, shape.depth, zero);
      const auto together = product(kernels, a, b, kRows, Epilogue::gelu);
      for (std::size_t first = 0; first < kRows; ++first)
        for (std::size_t count = 1; count <= 13 && first + count <= kRows; ++count) {
          std::vector<float> some(count * columns);
          Int8Product p = b.product(a, first, count, 0, columns, Epilogue::gelu);
          p.c = some.data();
          p.c_stride = columns;
          kernels.multiply(p);
          REQUIRE(std::memcmp(some.data(), together.data() + first * columns, some.size() * sizeof(float)) == 0);
        }
    }
  });
}

TEST_CASE("a row among hundreds has the product that it has alone") {
  const Shape shape{211, 130, 144};
  const auto x = test::random_values<float>(shape.rows * shape.depth, 12);
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    const Weights b(shape, kernels, 48);
    const std::size_t columns = b.matrix.columns();
    const Int8Rows a = quantize(kernels, x, shape.rows, shape.depth, 48);
    const auto together = product(kernels, a, b, shape.rows);
    std::vector<float> alone(columns);
    for (std::size_t r = 0; r < shape.rows; ++r) {
      Int8Product p = b.product(a, r, 1, 0, columns, Epilogue::none);
      p.c = alone.data();
      p.c_stride = columns;
      kernels.multiply(p);
      REQUIRE(std::memcmp(alone.data(), together.data() + r * columns, columns * sizeof(float)) == 0);
    }
  });
}

TEST_CASE("a column's product is bit-identical in whichever range of columns it is computed") {
  const Shape shape{9, 389, 304};
  const auto x = test::random_values<float>(shape.rows * shape.depth, 13);
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    const Weights b(shape, kernels, 128);
    const std::size_t columns = b.matrix.columns();
    const Int8Rows a = quantize(kernels, x, shape.rows, shape.depth, 128);
    const auto whole = product(kernels, a, b, shape.rows, Epilogue::gelu_tanh);
    for (std::size_t first = 0; first < columns; first += 16)
      for (std::size_t count = 16; first + count <= columns; count += 16) {
        std::vector<float> part(shape.rows * columns, -5.0F);
        Int8Product p = b.product(a, 0, shape.rows, first, count, Epilogue::gelu_tanh);
        p.c = part.data() + first;
        p.c_stride = columns;
        kernels.multiply(p);
        for (std::size_t i = 0; i < part.size(); ++i) {
          const bool inside = i % columns >= first && i % columns < first + count;
          const float expected = inside ? whole[i] : -5.0F;
          if (std::memcmp(&part[i], &expected, sizeof expected) != 0) REQUIRE(part[i] == expected);
        }
      }
  });
}

TEST_CASE("the largest values of the longest rows overflow nothing, in either direction") {
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    for (const std::size_t depth : {128u, 1536u, 8192u, 20000u})
      for (const int zero : kZeros)
        for (const float value : {3.0F, -3.0F}) {
          const Int8Rows a = quantize(kernels, std::vector<float>(depth, value), 1, depth, zero);
          for (const float weight : {2.0F, -2.0F}) {
            const Weights b(pack_int8(std::vector<float>(depth, weight), depth, 1), kernels, zero);
            const double exact = static_cast<double>(value * weight) * static_cast<double>(depth);
            CHECK(static_cast<double>(product(kernels, a, b, 1)[0]) == Approx(exact).epsilon(1e-5));
          }
          // No weight that is quantized here becomes -128, but a file may hold it.
          Int8Matrix extreme(depth, 1);
          const std::vector<std::int8_t> group(kInt8Group, std::int8_t{-128});
          for (std::size_t k = 0; k < depth; k += kInt8Group)
            extreme.set_group(k, 0, {group.data(), std::min(kInt8Group, depth - k)}, 1.0F / 64);
          const Weights b(std::move(extreme), kernels, zero);
          const double exact = static_cast<double>(value) * -2 * static_cast<double>(depth);
          CHECK(static_cast<double>(product(kernels, a, b, 1)[0]) == Approx(exact).epsilon(1e-5));
        }
  });
}

TEST_CASE("zeros, denormals, NaN and infinity in a row have the product that arithmetic gives, and stay in their row") {
  const float infinity = std::numeric_limits<float>::infinity();
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    const std::size_t depth = 150;
    Weights b(pack_int8(std::vector<float>(depth, 1.0F), depth, 1), kernels, 128);
    b.bias.assign(b.bias.size(), 0.5F);
    const auto result = [&](float value, std::size_t place) {
      std::vector<float> x(3 * depth, 0.0F);
      x[depth + place] = value;
      const auto c = product(kernels, quantize(kernels, x, 3, depth, 128), b, 3);
      CHECK(c[0] == 0.5F);
      CHECK(c[2 * b.matrix.columns()] == 0.5F);
      return c[b.matrix.columns()];
    };
    for (const std::size_t place : {0u, 15u, 16u, 127u, 128u, 149u}) {
      CHECK(result(0, place) == 0.5F);
      CHECK(std::abs(result(1e-40F, place) - 0.5F) < 1e-30F);
      CHECK(result(3e38F, place) == Approx(3e38F));
      CHECK(!std::isfinite(result(infinity, place)));
      CHECK(!std::isfinite(result(-infinity, place)));
      CHECK(std::isnan(result(std::nanf(""), place)));
    }
  });
}
