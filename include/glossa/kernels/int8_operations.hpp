// The operands of products with 8-bit weights.
#pragma once

#include <glossa/kernels/operations.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Columns and depth of the unit in which 8-bit weights are stored: a cache line of 16 columns, four elements of the
/// depth side by side for each. All levels read this one layout, so that files can hold it.
inline constexpr std::size_t kInt8Columns = 16;
inline constexpr std::size_t kInt8Depth = 4;

/// Elements of the depth that share a scale. One scale for a whole column leaves all-MiniLM-L6-v2 at a cosine of .9965
/// to the reference at worst; one for 128 elements gives .9992, and one for 64 no more.
inline constexpr std::size_t kInt8Group = 128;

/// Groups of a column.
[[nodiscard]] constexpr std::size_t int8_groups(std::size_t depth) noexcept {
  return (depth + kInt8Group - 1) / kInt8Group;
}

/// Rows x [rows, depth] with `x_stride` become integers: values[i] = round(x[i] / scale) - in the form that the level's
/// product reads, `stride` bytes a row - with a scale of each row's own, so that a row does not depend on its
/// neighbours. A row with NaN or infinity has a scale that is not finite, and so has its product.
struct RowsToQuantize {
  const float* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t depth;
  std::byte* values;
  std::size_t stride;
  float* scales;
};

/// C = epilogue(A·B + bias), with A as quantized rows and B as 8-bit weights: [columns / 16][depth / 4][16][4].
/// b_scales: [int8_groups(depth)][columns] with b_scales_stride. Columns are a multiple of 16.
struct Int8Product {
  const std::byte* a;
  std::size_t a_stride;  // bytes
  const float* a_scales;
  std::size_t rows;
  const std::int8_t* b;
  std::size_t depth;  // a multiple of 4
  std::size_t columns;
  const float* b_scales;
  std::size_t b_scales_stride;
  float* c;
  std::size_t c_stride;
  const float* bias;
  Epilogue epilogue;
};

}  // namespace glossa::detail
