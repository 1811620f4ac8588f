// Products with 8-bit weights: every level gives the portable one's integers, and those are the rounded product.
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/kernels/int8_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::Epilogue;
using glossa::detail::Int8Kernels;
using glossa::detail::Int8Matrix;

namespace {

struct Shape {
  std::size_t rows, depth, columns;
};

const std::vector<Shape> kShapes = {{1, 1, 1},     {1, 384, 16},   {5, 7, 3},     {6, 384, 48},
                                    {7, 385, 17},  {12, 16, 33},   {13, 100, 64}, {23, 1536, 40},
                                    {48, 33, 130}, {97, 384, 31},  {3, 2000, 5},  {64, 64, 64},
                                    {100, 1, 100}, {2, 767, 1025}, {25, 768, 96}, {4, 20000, 7}};

struct Quantized {
  std::vector<std::byte> values;
  std::size_t stride = 0;
  std::vector<float> scales;
};

Quantized quantize(const Int8Kernels& kernels, const std::vector<float>& x, std::size_t rows, std::size_t depth) {
  Quantized out;
  out.stride = kernels.row_bytes(depth);
  out.values.assign(rows * out.stride, std::byte{0x55});
  out.scales.resize(rows);
  kernels.quantize({x.data(), depth, rows, depth, out.values.data(), out.stride, out.scales.data()});
  return out;
}

/// b: [columns, depth], as in a linear layer.
Int8Matrix pack(const std::vector<float>& b, std::size_t depth, std::size_t columns) {
  Int8Matrix packed(depth, columns);
  packed.set_columns_from_rows(0, columns, b.data(), depth, depth);
  return packed;
}

std::vector<float> product(const Int8Kernels& kernels, const Quantized& a, const Int8Matrix& b, std::size_t rows,
                           const std::vector<float>& bias, Epilogue epilogue = Epilogue::none) {
  std::vector<float> c(rows * b.columns(), std::numeric_limits<float>::quiet_NaN());
  kernels.multiply({a.values.data(), a.stride, a.scales.data(), rows, b.panel(0), b.depth(), b.columns(),
                    b.scales().data(), b.columns(), c.data(), b.columns(), bias.data(), epilogue});
  return c;
}

Int8Kernels portable() { return glossa::detail::kernels_of<float>(glossa::CpuLevel::portable).int8; }

template <class Check>
void for_each_level(Check&& check) {
  test::for_each_level<float>([&](const glossa::detail::Kernels<float>& kernels) { check(kernels.int8); });
}

}  // namespace

TEST_CASE("the portable product of quantized rows is the product, to the rounding of its operands") {
  for (const auto& [rows, depth, columns] : kShapes) {
    const auto x = test::random_values<float>(rows * depth, 1);
    const auto w = test::random_values<float>(columns * depth, 2);
    const Int8Matrix packed = pack(w, depth, columns);
    const auto bias = test::random_values<float>(packed.columns(), 3);
    const auto c = product(portable(), quantize(portable(), x, rows, depth), packed, rows, bias);
    // Rounding errors are independent: their sum grows with the square root of the depth. The largest step of a weight
    // is 1/127; half a step is the most that rounding takes.
    const double bound = 6 * std::sqrt(static_cast<double>(depth)) * 0.5 / 127 * 0.6;
    INFO(rows << " x " << depth << " x " << columns);
    double worst = 0;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        double sum = static_cast<double>(bias[j]);
        for (std::size_t k = 0; k < depth; ++k)
          sum += static_cast<double>(x[i * depth + k]) * static_cast<double>(w[j * depth + k]);
        worst = std::max(worst, std::abs(sum - static_cast<double>(c[i * packed.columns() + j])));
      }
    CHECK(worst < bound);
  }
}

TEST_CASE("every level quantizes rows to the portable integers") {
  for_each_level([](const Int8Kernels& kernels) {
    for (const auto& [rows, depth, columns] : kShapes) {
      const auto x = test::random_values<float>(rows * depth, 4, -3, 5);
      const Quantized expected = quantize(portable(), x, rows, depth);
      const Quantized got = quantize(kernels, x, rows, depth);
      INFO(rows << " x " << depth);
      REQUIRE(got.stride == expected.stride);
      CHECK(got.scales == expected.scales);
      for (std::size_t r = 0; r < rows; ++r)
        REQUIRE(std::memcmp(got.values.data() + r * got.stride, expected.values.data() + r * got.stride,
                            glossa::detail::round_up(depth, 4) * 2) == 0);
    }
  });
}

TEST_CASE("every level's product of quantized rows is the portable one") {
  for_each_level([](const Int8Kernels& kernels) {
    for (const auto& [rows, depth, columns] : kShapes) {
      const Quantized a = quantize(portable(), test::random_values<float>(rows * depth, 6), rows, depth);
      const Int8Matrix b = pack(test::random_values<float>(columns * depth, 7), depth, columns);
      const auto bias = test::random_values<float>(b.columns(), 8);
      for (const Epilogue epilogue : {Epilogue::none, Epilogue::gelu, Epilogue::relu}) {
        const auto expected = product(portable(), a, b, rows, bias, epilogue);
        const auto got = product(kernels, a, b, rows, bias, epilogue);
        INFO(rows << " x " << depth << " x " << columns);
        double worst = 0;
        for (std::size_t i = 0; i < got.size(); ++i)
          worst = std::max(worst, static_cast<double>(std::abs(got[i] - expected[i])) /
                                      std::max(1.0, static_cast<double>(std::abs(expected[i]))));
        CHECK(worst < 4e-7 + 1e-7 * std::sqrt(static_cast<double>(depth)));  // fused multiply-adds or not
      }
    }
  });
}

TEST_CASE("a quantized row's product is bit-identical whichever rows it is computed with") {
  for_each_level([](const Int8Kernels& kernels) {
    const std::size_t depth = 389;
    const std::size_t rows = 29;
    const auto x = test::random_values<float>(rows * depth, 9);
    const Int8Matrix b = pack(test::random_values<float>(70 * depth, 10), depth, 70);
    const std::vector<float> bias(b.columns(), 0.25F);
    const auto together = product(kernels, quantize(kernels, x, rows, depth), b, rows, bias);
    for (std::size_t first = 0; first < rows; ++first)
      for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 11u, 13u}) {
        if (first + count > rows) break;
        const std::vector<float> part(x.begin() + static_cast<std::ptrdiff_t>(first * depth),
                                      x.begin() + static_cast<std::ptrdiff_t>((first + count) * depth));
        const auto alone = product(kernels, quantize(kernels, part, count, depth), b, count, bias);
        REQUIRE(std::memcmp(alone.data(), together.data() + first * b.columns(), alone.size() * sizeof(float)) == 0);
      }
  });
}

TEST_CASE("the largest values of the longest rows overflow nothing") {
  for_each_level([](const Int8Kernels& kernels) {
    for (const std::size_t depth : {1536u, 8192u, 20000u}) {
      const std::vector<float> x(depth, 3.0F);
      const Int8Matrix b = pack(std::vector<float>(depth, -2.0F), depth, 1);
      const auto c = product(kernels, quantize(kernels, x, 1, depth), b, 1, std::vector<float>(b.columns()));
      CHECK(c[0] == Approx(-6.0 * static_cast<double>(depth)).epsilon(1e-6));
    }
  });
}

TEST_CASE("rows of zeros, denormals, NaN and infinity are quantized in order") {
  const float infinity = std::numeric_limits<float>::infinity();
  for_each_level([&](const Int8Kernels& kernels) {
    const std::size_t depth = 21;
    const Int8Matrix b = pack(std::vector<float>(depth, 1.0F), depth, 1);
    const std::vector<float> bias(b.columns(), 0.5F);
    const auto result = [&](float value, std::size_t place) {
      std::vector<float> x(depth, 0.0F);
      x[place] = value;
      return product(kernels, quantize(kernels, x, 1, depth), b, 1, bias)[0];
    };
    for (const std::size_t place : {0u, 15u, 16u, 20u}) {
      CHECK(result(0, place) == 0.5F);
      CHECK(std::abs(result(1e-40F, place) - 0.5F) < 1e-30F);
      CHECK(result(3e38F, place) == Approx(3e38F));
      CHECK(!std::isfinite(result(infinity, place)));
      CHECK(!std::isfinite(result(-infinity, place)));
      CHECK(std::isnan(result(std::nanf(""), place)));
    }
  });
}
