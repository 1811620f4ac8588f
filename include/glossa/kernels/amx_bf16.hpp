// Products with weights in bfloat16 for processors with AMX.
#pragma once

#include <glossa/kernels/amx.hpp>
#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/bf16_operations.hpp>

#if GLOSSA_AMX

#include <cstddef>
#include <cstring>

#define GLOSSA_KERNEL GLOSSA_AMX_TARGET
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

/// Sum tiles 0 and 1, and for two tiles of rows 2 and 3, from memory (see load_tile()) or, of null, zero.
template <int Rows>
GLOSSA_KERNEL_INLINE void begin_sums(const float* sums, std::size_t stride) {
  if (sums != nullptr) {
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

/// One or two whole tiles of rows with two units of columns; the depth is whole tiles.
template <int Rows>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_tile_pairs(const bf16::PairTile& t) {
  const std::size_t stride = t.c_stride * sizeof(float);
  begin_sums<Rows>(t.from_c ? t.c : t.bias, t.from_c ? stride : 0);
  for (std::size_t k = 0; k < t.pairs; k += kTileRows) {
    load_tile<6>(t.b + k * 32, kTileBytes);
    load_tile<4>(t.a + k * 4, t.a_stride);
    add_pair_products<0, 4, 6>();
    load_tile<7>(t.b + t.b_stride + k * 32, kTileBytes);
    add_pair_products<1, 4, 7>();
    if constexpr (Rows == 2) {
      load_tile<5>(t.a + kTileRows * t.a_stride + k * 4, t.a_stride);
      add_pair_products<2, 5, 6>();
      add_pair_products<3, 5, 7>();
    }
  }
  store_tile<0>(t.c, stride);
  store_tile<1>(t.c + 16, stride);
  if constexpr (Rows == 2) store_tile<2>(t.c + kTileRows * t.c_stride, stride);
  if constexpr (Rows == 2) store_tile<3>(t.c + kTileRows * t.c_stride + 16, stride);
}

/// Fewer rows than a tile has: they are copied to whole ones, and a number comes out as it does from those.
GLOSSA_KERNEL inline void multiply_few_pairs(const bf16::PairTile& t, std::size_t rows) {
  constexpr std::size_t width = 2 * kTileBytes;  // of a row of both tiles
  alignas(64) std::byte some[kTileRows * kTileBytes] = {};
  alignas(64) float all[kTileRows * 32] = {};
  const float* start = t.from_c ? t.c : t.bias;
  for (std::size_t r = 0; start != nullptr && r < rows; ++r)
    std::memcpy(all + r * 32, start + (t.from_c ? r * t.c_stride : 0), width);
  begin_sums<1>(all, width);
  for (std::size_t k = 0; k < t.pairs; k += kTileRows) {
    for (std::size_t r = 0; r < rows; ++r) std::memcpy(some + r * kTileBytes, t.a + r * t.a_stride + k * 4, kTileBytes);
    load_tile<4>(some, kTileBytes);
    load_tile<6>(t.b + k * 32, kTileBytes);
    add_pair_products<0, 4, 6>();
    load_tile<7>(t.b + t.b_stride + k * 32, kTileBytes);
    add_pair_products<1, 4, 7>();
  }
  store_tile<0>(all, width);
  store_tile<1>(all + 16, width);
  for (std::size_t r = 0; r < rows; ++r) std::memcpy(t.c + r * t.c_stride, all + r * 32, width);
}

/// Any number of rows, and an even number of units of columns.
GLOSSA_KERNEL inline void multiply_tile_rows(bf16::PairTile t, std::size_t rows, std::size_t units) {
  for (std::size_t u = 0; u < units; u += 2, t.b += 2 * t.b_stride, t.c += 32) {
    bf16::PairTile part = t;
    if (t.bias != nullptr) part.bias += 16 * u;
    std::size_t left = rows;
    const auto advance = [&](std::size_t done) {
      left -= done;
      part.a += done * t.a_stride;
      part.c += done * t.c_stride;
    };
    for (; left >= 2 * kTileRows; advance(2 * kTileRows)) multiply_tile_pairs<2>(part);
    for (; left >= kTileRows; advance(kTileRows)) multiply_tile_pairs<1>(part);
    if (left > 0) multiply_few_pairs(part, left);
  }
}

/// bf16::multiply_bf16() by tiles; depths that are no whole tiles are left to it.
template <class B>
GLOSSA_KERNEL void multiply_bf16(const Bf16Product<B>& p) {
  static_assert(kWidestPanel % 32 == 0 && bf16::kSumColumns % 32 == 0 && bf16::kPairBlock % kTileRows == 0);
  if (p.depth % (2 * kTileRows) != 0) return bf16::multiply_bf16<B>(p);
  const Tiles tiles;
  bf16::multiply_blocks<B, &multiply_tile_rows>(p);
}

}  // namespace amx
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
