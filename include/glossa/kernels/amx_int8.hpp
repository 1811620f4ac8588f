// Products with 8-bit weights for processors with AMX.
#pragma once

#include <glossa/kernels/amx.hpp>
#include <glossa/kernels/avx512_vnni.hpp>
#include <glossa/kernels/int8_operations.hpp>

#if GLOSSA_AMX

#include <algorithm>
#include <cstddef>
#include <cstdint>

#define GLOSSA_KERNEL GLOSSA_AMX_TARGET
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

/// One or two tiles of rows, one after the other, and one or two of columns.
struct Int8Block {
  std::size_t row;
  std::size_t column;
  float* totals;  // [rows, kInt8Group]
};

/// Sums of integers of a group, [tile of rows][tile of columns][16][16].
struct Int8Sums {
  alignas(64) std::int32_t values[2][2][256];
};

/// Begins a group's sums in the tiles 0 to 3, with 4 and 5 for rows, 6 and 7 for columns.
template <int Rows, int Columns>
GLOSSA_KERNEL_INLINE void add_group(const Int8Product& p, const Int8Block& block, std::size_t group) {
  const std::int32_t* offsets = p.b_offsets + group * p.b_stride + block.column;
  load_tile<0>(offsets, 0);
  if constexpr (Columns == 2) load_tile<1>(offsets + kInt8Columns, 0);
  if constexpr (Rows == 2) load_tile<2>(offsets, 0);
  if constexpr (Rows == 2 && Columns == 2) load_tile<3>(offsets + kInt8Columns, 0);
  const std::size_t first = group * kInt8Group;
  const std::size_t end = std::min(first + kInt8Group, p.depth);
  const std::byte* rows = p.a.values + block.row * p.a.stride;
  const std::int8_t* weights = p.b + block.column * p.depth;
  for (std::size_t k = first; k < end; k += kTileBytes) {
    load_tile<6>(weights + k * kInt8Columns, kTileBytes);
    load_tile<4>(rows + k, p.a.stride);
    add_byte_products<0, 4, 6>();
    if constexpr (Rows == 2) {
      load_tile<5>(rows + kTileRows * p.a.stride + k, p.a.stride);
      add_byte_products<2, 5, 6>();
    }
    if constexpr (Columns == 2) {
      load_tile<7>(weights + (p.depth + k) * kInt8Columns, kTileBytes);
      add_byte_products<1, 4, 7>();
      if constexpr (Rows == 2) add_byte_products<3, 5, 7>();
    }
  }
}

template <int Rows, int Columns>
GLOSSA_KERNEL_INLINE void store_sums(Int8Sums& sums) {
  store_tile<0>(sums.values[0][0], kTileBytes);
  if constexpr (Columns == 2) store_tile<1>(sums.values[0][1], kTileBytes);
  if constexpr (Rows == 2) store_tile<2>(sums.values[1][0], kTileBytes);
  if constexpr (Rows == 2 && Columns == 2) store_tile<3>(sums.values[1][1], kTileBytes);
}

/// totals += sums · scales, in the arithmetic of the level without tiles.
template <int Rows, int Columns>
GLOSSA_KERNEL_INLINE void scale_sums(const Int8Product& p, const Int8Block& block, std::size_t group,
                                     const Int8Sums& sums) {
  const float* scales = p.b_scales + group * p.b_stride + block.column;
  __m512 scale[Columns];
  GLOSSA_UNROLL
  for (int c = 0; c < Columns; ++c) scale[c] = load(scales + 16 * c);
  const float* row_scales = p.a.scales + block.row * p.a.scales_stride + group;
  float* totals = block.totals;
  for (std::size_t tile = 0; tile < Rows; ++tile) {
    for (std::size_t r = 0; r < kTileRows; ++r, totals += kInt8Group, row_scales += p.a.scales_stride) {
      const __m512 row_scale = broadcast(*row_scales);
      GLOSSA_UNROLL
      for (int c = 0; c < Columns; ++c) {
        const __m512i values = _mm512_load_si512(sums.values[tile][c] + 16 * r);
        const __m512 part = multiply(vnni::to_floats(values), scale[c]);
        float* total = totals + 16 * c;
        store(total, group == 0 ? multiply(part, row_scale) : multiply_add(part, row_scale, load(total)));
      }
    }
  }
}

/// All groups of a block. While the tiles work on one, the sums of the one before are scaled.
template <int Rows, int Columns>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_block(const Int8Product& p, const Int8Block& block) {
  const std::size_t groups = int8_groups(p.depth);
  Int8Sums sums;
  for (std::size_t group = 0; group < groups; ++group) {
    add_group<Rows, Columns>(p, block, group);
    if (group > 0) scale_sums<Rows, Columns>(p, block, group - 1, sums);
    store_sums<Rows, Columns>(sums);
  }
  scale_sums<Rows, Columns>(p, block, groups - 1, sums);
}

/// `rows` rows, at least a tile, of one or two tiles of columns. The last tile of rows begins earlier rather than end
/// beyond them: what it shares with the one before comes out the same twice.
template <int Columns>
GLOSSA_KERNEL void multiply_columns(const Int8Product& p, std::size_t first, std::size_t rows, std::size_t column,
                                    float* totals) {
  std::size_t r = 0;
  for (; r + 2 * kTileRows <= rows; r += 2 * kTileRows)
    multiply_block<2, Columns>(p, {first + r, column, totals + r * kInt8Group});
  for (; r < rows; r += kTileRows) {
    const std::size_t begin = std::min(r, rows - kTileRows);
    multiply_block<1, Columns>(p, {first + begin, column, totals + begin * kInt8Group});
  }
}

/// Rows whose totals are kept at a time.
inline constexpr std::size_t kTotalRows = 96;

/// Few rows, and depths that are no whole tiles, are left to the level without: integers are the same there.
GLOSSA_KERNEL inline void multiply_int8(const Int8Product& p) {
  if (p.rows < kTileRows || p.depth % kTileBytes != 0) return vnni::multiply_int8(p);
  const Tiles tiles;
  alignas(64) float totals[kTotalRows * kInt8Group];
  const std::size_t parts = (p.rows + kTotalRows - 1) / kTotalRows;  // nearly the same for all: none is below a tile
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t first = part * p.rows / parts;
    const std::size_t rows = (part + 1) * p.rows / parts - first;
    for (std::size_t column = 0; column < p.columns; column += kInt8Group) {
      const std::size_t columns = std::min(kInt8Group, p.columns - column);
      for (std::size_t j = 0; j < columns; j += 2 * kInt8Columns) {
        if (columns - j > kInt8Columns) {
          multiply_columns<2>(p, first, rows, column + j, totals + j);
        } else {
          multiply_columns<1>(p, first, rows, column + j, totals + j);
        }
      }
      vnni::finish_product(p, first, rows, column, columns, totals);
    }
  }
}

}  // namespace amx
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
