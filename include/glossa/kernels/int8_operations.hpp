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

/// Elements of the depth that share a scale, in the weights as in the rows. With one scale for all, some text of 243
/// loses 2e-3 of its cosine to the reference by the weights of multilingual-e5-small alone, and 3e-3 by the rows.
inline constexpr std::size_t kInt8Group = 128;

/// Groups of a column or row.
[[nodiscard]] constexpr std::size_t int8_groups(std::size_t depth) noexcept {
  return (depth + kInt8Group - 1) / kInt8Group;
}

/// The zero points of rows: a value of x stands for an integer of [0, 255] minus this. What comes out of a GELU is
/// -0.17 at least, so that most of the range can be above zero.
inline constexpr int kZeroOfSigned = 128;
inline constexpr int kZeroOfActivated = 48;

/// Quantized rows: `stride` bytes a row, in the form that the level's product reads, and a scale for each group of a
/// row, so that a row does not depend on its neighbours.
struct QuantizedRows {
  std::byte* values = nullptr;
  std::size_t stride = 0;
  float* scales = nullptr;  // [rows, groups] with scales_stride
  std::size_t scales_stride = 0;
  int zero = kZeroOfSigned;
};

/// Rows x [rows, depth] with `x_stride`, times `factors` [depth] where there are such, become integers
///   q = round(x·factor / scale) + zero,  scale = max(greatest / (255 - zero), -least / zero) of the group.
/// A group with NaN or infinity has a scale that is not finite, and so has the row's product.
struct RowsToQuantize {
  const float* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t depth;
  const float* factors;  // or null
  QuantizedRows out;
};

/// C = epilogue(A·B + bias), with A as quantized rows and B as 8-bit weights: [columns / 16][depth / 4][16][4].
/// Columns are a multiple of 16. The result goes to one of three places: `c`, floats [rows, columns]; `rounded`,
/// bfloat16 numbers [rows, columns]; or `next`, rows quantized for the next product, for which `columns` is whole
/// groups, but for the last ones of the matrix, and whose first column is `first_column`.
struct Int8Product {
  QuantizedRows a;
  std::size_t rows;
  const std::int8_t* b;
  std::size_t depth;  // a multiple of 4
  std::size_t columns;
  const float* b_scales;          // [groups, columns] with b_stride
  const std::int32_t* b_offsets;  // the same: what the level's form of rows adds to each sum; see offset_factor()
  std::size_t b_stride;
  const float* bias;
  Epilogue epilogue = Epilogue::none;
  float* c = nullptr;
  std::uint16_t* rounded = nullptr;
  std::size_t c_stride = 0;  // of c or rounded
  QuantizedRows next{};
  const float* next_factors = nullptr;  // of the columns
  std::size_t first_column = 0;
};

}  // namespace glossa::detail
