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

}  // namespace glossa::detail
