// Rounding that knows a layer's inputs changes its outputs less than rounding that does not.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/encoder/calibrated_rounding.hpp>
#include <glossa/encoder/input_moments.hpp>
#include <glossa/encoder/int4_rounding.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

using glossa::detail::Int4Block;
using glossa::detail::Int4Grid;
using glossa::detail::Int4Matrix;
using glossa::detail::kInt4Block;

struct Data {
  std::size_t size;
  std::size_t columns;
  std::size_t rows;
  std::vector<float> inputs;   // [rows, size]
  std::vector<float> weights;  // [columns, size]
};

/// Inputs that are mixtures of a few, with some elements far larger than the others, as those of real layers are.
Data correlated(std::size_t size, std::size_t columns, std::size_t rows) {
  constexpr std::size_t kCauses = 12;
  const auto causes = test::random_values<float>(rows * kCauses, 1);
  const auto mix = test::random_values<float>(kCauses * size, 2);
  const auto noise = test::random_values<float>(rows * size, 3, -0.2F, 0.2F);
  Data data{size, columns, rows, noise, test::random_values<float>(columns * size, 4)};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < size; ++k) {
      for (std::size_t c = 0; c < kCauses; ++c)
        data.inputs[r * size + k] += causes[r * kCauses + c] * mix[c * size + k];
      if (k % 37 == 5) data.inputs[r * size + k] *= 6;
    }
  return data;
}

std::vector<double> moments(const Data& data) {
  glossa::detail::InputMoments moments(glossa::detail::kernels_of<float>(glossa::default_level()), data.size);
  moments.add(data.inputs.data(), data.size, data.rows);
  return moments.sums();
}

Int4Matrix calibrated(const Data& data) {
  Int4Matrix matrix(data.size, data.columns);
  glossa::detail::round_calibrated<Int4Grid>(
      moments(data), data.weights, data.size,
      [&](std::size_t column, std::size_t first, std::uint16_t scale, auto integers) {
        Int4Block block;
        block.scale = scale;
        std::copy(integers.begin(), integers.end(), block.values.begin());
        matrix.set_block(first, column, block);
      });
  return matrix;
}

Int4Matrix plain(const Data& data) {
  Int4Matrix matrix(data.size, data.columns);
  matrix.set_columns_from_rows(0, data.columns, data.weights.data(), data.size, data.size);
  return matrix;
}

/// Σ |W·x - rounded(W)·x|² over the inputs.
double loss(const Data& data, const Int4Matrix& rounded) {
  double sum = 0;
  for (std::size_t j = 0; j < data.columns; ++j) {
    std::vector<double> off(data.size);
    for (std::size_t k = 0; k < data.size; ++k)
      off[k] = static_cast<double>(data.weights[j * data.size + k]) -
               static_cast<double>(rounded.block(k / kInt4Block * kInt4Block, j).number(k % kInt4Block));
    for (std::size_t r = 0; r < data.rows; ++r) {
      double dot = 0;
      for (std::size_t k = 0; k < data.size; ++k) dot += off[k] * static_cast<double>(data.inputs[r * data.size + k]);
      sum += dot * dot;
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("the moments of inputs are those of the textbook, however many rows come at a time") {
  const Data data = correlated(45, 1, 531);
  glossa::detail::InputMoments moments(glossa::detail::kernels_of<float>(glossa::default_level()), data.size);
  for (std::size_t r = 0; r < data.rows; r += 100)
    moments.add(data.inputs.data() + r * data.size, data.size, std::min<std::size_t>(100, data.rows - r));
  const auto& sums = moments.sums();
  for (std::size_t i = 0; i < data.size; ++i)
    for (std::size_t j = 0; j < data.size; ++j) {
      double expected = 0;
      double size = 0;
      for (std::size_t r = 0; r < data.rows; ++r) {
        const double term =
            static_cast<double>(data.inputs[r * data.size + i]) * static_cast<double>(data.inputs[r * data.size + j]);
        expected += term;
        size += std::abs(term);
      }
      REQUIRE(std::abs(sums[i * data.size + j] - expected) <= 1e-5 * size);
    }
}

TEST_CASE("calibrated rounding keeps a layer's outputs several times closer than plain rounding") {
  for (const std::size_t size : {std::size_t{128}, std::size_t{200}, std::size_t{31}}) {
    const Data data = correlated(size, 40, 600);
    const double without = loss(data, plain(data));
    const double with = loss(data, calibrated(data));
    INFO(size << " inputs: " << without << " without, " << with << " with");
    CHECK(with < 0.4 * without);
  }
}

TEST_CASE("weights that 4-bit blocks hold exactly stay as they are") {
  Data data = correlated(96, 33, 300);
  const Int4Matrix exact = plain(data);
  for (std::size_t j = 0; j < data.columns; ++j)
    for (std::size_t k = 0; k < data.size; ++k)
      data.weights[j * data.size + k] = exact.block(k / kInt4Block * kInt4Block, j).number(k % kInt4Block);
  CHECK(loss(data, plain(data)) == 0);
  CHECK(loss(data, calibrated(data)) == 0);
}

TEST_CASE("inputs that are all zeros, or fewer than their elements, leave rounding to the nearest or better") {
  Data data = correlated(64, 8, 5);
  CHECK(loss(data, calibrated(data)) <= loss(data, plain(data)));
  std::fill(data.inputs.begin(), data.inputs.end(), 0.0F);
  const Int4Matrix rounded = calibrated(data);
  for (std::size_t j = 0; j < data.columns; ++j)
    for (std::size_t k = 0; k < data.size; ++k)
      CHECK(std::fabs(rounded.block(k / kInt4Block * kInt4Block, j).number(k % kInt4Block) -
                      data.weights[j * data.size + k]) < 0.15F);
}

TEST_CASE("inputs that are no numbers are refused") {
  Data data = correlated(64, 8, 50);
  data.inputs[17] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(calibrated(data), glossa::Error);
}
