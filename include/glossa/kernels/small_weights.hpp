// The forms of weights that the kernels turn into floats as they read them, a panel at a time.
#pragma once

#include <glossa/kernels/operations.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Columns of the unit in which small weights are stored. All levels read these layouts, so that files can hold them.
inline constexpr std::size_t kSmallColumns = 16;

/// A matrix has whole panels of every level: its columns are filled up to a multiple of this.
inline constexpr std::size_t kWidestPanel = 32;

/// The bits of bfloat16 numbers: [columns / 16][depth / 2][16][2], the pairs that the processors' own dot products
/// read.
struct Bf16Weights {
  const std::uint16_t* values;
  std::size_t depth;  // even
};

/// Numbers of a column, in the order of the depth, that share a scale.
inline constexpr std::size_t kInt4Block = 32;

/// Bytes of a block of a unit of columns.
inline constexpr std::size_t kInt4UnitBytes = kSmallColumns * kInt4Block / 2;

/// 4-bit numbers q, each the weight (q - 8) · scale: [columns / 16][depth / 32][16][16] bytes, which hold the numbers
/// of 16 columns for two elements of the depth, the first one in the lower bits. scales: half-precision numbers,
/// [columns / 16][depth / 32][16].
struct Int4Weights {
  const std::uint8_t* values;
  const std::uint16_t* scales;
  std::size_t depth;  // a multiple of kInt4Block
};

}  // namespace glossa::detail
