// Rows of floats come in; they go out rounded to bfloat16, in the order in which products read them. Number by number:
// for levels without instructions for bfloat16.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/kernels/bf16_training.hpp>
#include <glossa/kernels/isa.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

inline void pack_bf16_rows(const RowsToPack& p) {
  for (std::size_t j = 0; j < p.columns; j += kSmallColumns)
    for (std::size_t k = 0; k < p.depth; ++k) {
      std::uint16_t* to = p.packed + j * p.depth + k / 2 * 2 * kSmallColumns + k % 2;
      for (std::size_t i = 0; i < kSmallColumns; ++i)
        to[2 * i] = k < p.rows ? float_to_bfloat16(p.x[k * p.x_stride + j + i]) : std::uint16_t{0};
    }
}

inline void pack_bf16_columns(const RowsToPack& p) {
  for (std::size_t j = 0; j < p.columns; ++j) {
    std::uint16_t* to = p.packed + (j - j % kSmallColumns) * p.depth + 2 * (j % kSmallColumns);
    for (std::size_t k = 0; k < p.depth; ++k)
      to[k / 2 * 2 * kSmallColumns + k % 2] =
          j < p.rows ? float_to_bfloat16(p.x[j * p.x_stride + k]) : std::uint16_t{0};
  }
}

/// Rounded rows are floats here, as in level/rounded.inl.
inline void turn_bf16_rows(const RowsToTurn& p) {
  for (std::size_t j = 0; j < p.columns; ++j) {
    auto* to = reinterpret_cast<float*>(p.turned + j * p.stride);
    for (std::size_t k = 0; k < p.rows; ++k) to[k] = bfloat16_to_float(float_to_bfloat16(p.x[k * p.x_stride + j]));
    std::fill(to + p.rows, to + p.depth, 0.0F);
    for (std::size_t k = 0; k < p.rows; ++k) p.sums[j] += p.x[k * p.x_stride + j];
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
