// Products with weights in bfloat16 for processors with AMX.
#pragma once

#include <glossa/kernels/amx.hpp>
#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/bf16_operations.hpp>

#if GLOSSA_AMX

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#define GLOSSA_KERNEL \
  GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c,amx-tile,amx-int8,amx-bf16")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

/// Rows of bfloat16 numbers and two units of columns, [depth / 2][16][2] with b_stride numbers from unit to unit; sums
/// [rows, bf16::kSumColumns], which go on from what they hold where `adds`. The depth is whole tiles.
struct TilePairs {
  const std::byte* a;
  std::size_t a_stride;  // bytes
  const std::uint16_t* b;
  std::size_t b_stride;
  std::size_t depth;
  float* sums;
  bool adds;
};

/// Sum tiles 0 and 1, and for two tiles of rows 2 and 3, from memory or zero.
template <int Rows>
GLOSSA_KERNEL_INLINE void begin_sums(const float* sums, std::size_t stride, bool adds) {
  if (adds) {
    load_tile<0>(sums, stride);
    load_tile<1>(sums + 16, stride);
    if constexpr (Rows == 2) load_tile<2>(sums + stride * kTileRows / sizeof(float), stride);
    if constexpr (Rows == 2) load_tile<3>(sums + stride * kTileRows / sizeof(float) + 16, stride);
  } else {
    clear_tile<0>();
    clear_tile<1>();
    if constexpr (Rows == 2) clear_tile<2>();
    if constexpr (Rows == 2) clear_tile<3>();
  }
}

/// One or two whole tiles of rows.
template <int Rows>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_tile_pairs(const TilePairs& t) {
  constexpr std::size_t stride = bf16::kSumColumns * sizeof(float);
  begin_sums<Rows>(t.sums, stride, t.adds);
  for (std::size_t k = 0; k < t.depth; k += kTileBytes / 2) {
    load_tile<6>(t.b + k * 16, kTileBytes);
    load_tile<4>(t.a + k * 2, t.a_stride);
    add_pair_products<0, 4, 6>();
    load_tile<7>(t.b + t.b_stride + k * 16, kTileBytes);
    add_pair_products<1, 4, 7>();
    if constexpr (Rows == 2) {
      load_tile<5>(t.a + kTileRows * t.a_stride + k * 2, t.a_stride);
      add_pair_products<2, 5, 6>();
      add_pair_products<3, 5, 7>();
    }
  }
  store_tile<0>(t.sums, stride);
  store_tile<1>(t.sums + 16, stride);
  if constexpr (Rows == 2) store_tile<2>(t.sums + kTileRows * bf16::kSumColumns, stride);
  if constexpr (Rows == 2) store_tile<3>(t.sums + kTileRows * bf16::kSumColumns + 16, stride);
}

/// Fewer rows than a tile has: they are copied to whole ones, and a number comes out as it does from those.
GLOSSA_KERNEL inline void multiply_few_pairs(const TilePairs& t, std::size_t rows) {
  constexpr std::size_t width = 2 * kTileBytes;  // of a row of both tiles
  alignas(64) std::byte some[kTileRows * kTileBytes] = {};
  alignas(64) float all[kTileRows * 32] = {};
  for (std::size_t r = 0; t.adds && r < rows; ++r) std::memcpy(all + r * 32, t.sums + r * bf16::kSumColumns, width);
  begin_sums<1>(all, width, true);
  for (std::size_t k = 0; k < t.depth; k += kTileBytes / 2) {
    for (std::size_t r = 0; r < rows; ++r) std::memcpy(some + r * kTileBytes, t.a + r * t.a_stride + k * 2, kTileBytes);
    load_tile<4>(some, kTileBytes);
    load_tile<6>(t.b + k * 16, kTileBytes);
    add_pair_products<0, 4, 6>();
    load_tile<7>(t.b + t.b_stride + k * 16, kTileBytes);
    add_pair_products<1, 4, 7>();
  }
  store_tile<0>(all, width);
  store_tile<1>(all + 16, width);
  for (std::size_t r = 0; r < rows; ++r) std::memcpy(t.sums + r * bf16::kSumColumns, all + r * 32, width);
}

/// Any number of rows, and `columns`, a multiple of 32.
GLOSSA_KERNEL inline void multiply_pair_columns(TilePairs t, std::size_t rows, std::size_t columns) {
  for (std::size_t j = 0; j < columns; j += 32) {
    TilePairs part = t;
    part.b += j / 16 * t.b_stride;
    part.sums += j;
    std::size_t left = rows;
    const auto advance = [&](std::size_t done) {
      left -= done;
      part.a += done * t.a_stride;
      part.sums += done * bf16::kSumColumns;
    };
    for (; left >= 2 * kTileRows; advance(2 * kTileRows)) multiply_tile_pairs<2>(part);
    for (; left >= kTileRows; advance(kTileRows)) multiply_tile_pairs<1>(part);
    if (left > 0) multiply_few_pairs(part, left);
  }
}

/// bf16::multiply_bf16() by tiles; depths that are no whole tiles are left to it.
template <class B>
GLOSSA_KERNEL void multiply_bf16(const Bf16Product<B>& p) {
  static_assert(kWidestPanel % 32 == 0 && bf16::kSumColumns % 32 == 0);
  if (p.depth % (kTileBytes / 2) != 0) return bf16::multiply_bf16<B>(p);
  constexpr bool kInPlace = std::is_same_v<B, Bf16Weights>;
  const Tiles tiles;
  alignas(64) float sums[bf16::kSumRows * bf16::kSumColumns];
  alignas(64) std::uint16_t room[kInPlace ? 1 : 2 * bf16::kPairBlock * bf16::kSumColumns];
  const std::size_t pairs = p.depth / 2;
  const std::size_t block = kInPlace ? pairs : bf16::kPairBlock;
  for (std::size_t row = 0; row < p.rows; row += bf16::kSumRows) {
    const std::size_t rows = std::min(bf16::kSumRows, p.rows - row);
    for (std::size_t column = 0; column < p.columns; column += bf16::kSumColumns) {
      const std::size_t columns = std::min(bf16::kSumColumns, p.columns - column);
      for (std::size_t k = 0; k < pairs; k += block) {
        const std::size_t count = std::min(block, pairs - k);
        std::size_t stride = 0;
        const std::uint16_t* b = bf16::read_pairs(p.b, column, k, count, columns / 16, room, stride);
        multiply_pair_columns({p.a + row * p.a_stride + 4 * k, p.a_stride, b, stride, 2 * count, sums, k > 0}, rows,
                              columns);
      }
      bf16::finish_product(p, row, rows, column, columns, sums);
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
