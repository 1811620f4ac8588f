// Operands of training's products in bfloat16 come in as floats; packed ones, and the products, go out.
#pragma once

#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/avx512_bf16_pack.hpp>
#include <glossa/kernels/bf16_training.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// 16 columns of rows k and k + 1 side by side; rows from `rows` on are zeros.
GLOSSA_KERNEL_INLINE __m512i two_rows(const float* x, std::size_t stride, std::size_t k, std::size_t rows) {
  if (k + 1 < rows) return to_pairs(load(x + k * stride), load(x + (k + 1) * stride));
  return k < rows ? to_pairs(load(x + k * stride), _mm512_setzero_ps()) : _mm512_setzero_si512();
}

GLOSSA_KERNEL inline void round_whole_rows(const RowsToRound& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const float* x = p.x + r * p.x_stride;
    std::byte* to = p.rounded + r * p.stride;
    for (std::size_t k = 0; k < p.depth; k += 32)
      _mm512_storeu_si512(to + 2 * k, (__m512i)_mm512_cvtne2ps_pbh(load(x + k + 16), load(x + k)));
  }
}

/// A tile's depth of all columns at a time: each row is read in one piece.
GLOSSA_KERNEL inline void pack_rows(const RowsToPack& p) {
  for (std::size_t first = 0; first < p.depth; first += kBf16Depth)
    for (std::size_t j = 0; j < p.columns; j += 16) {
      std::uint16_t* to = p.packed + j * p.depth + first * 16;
      for (std::size_t k = first; k < first + kBf16Depth; k += 2, to += 32)
        _mm512_storeu_si512(to, two_rows(p.x + j, p.x_stride, k, p.rows));
    }
}

GLOSSA_KERNEL inline void pack_columns(const RowsToPack& p) {
  alignas(64) std::uint16_t room[16 * kBf16Depth];
  for (std::size_t j = 0; j < p.columns; j += 16) {
    std::uint16_t* to = p.packed + j * p.depth;
    for (std::size_t k = 0; k < p.depth; k += kBf16Depth, to += 16 * kBf16Depth) {
      for (std::size_t i = 0; i < 16; ++i) {
        const float* from = p.x + (j + i) * p.x_stride + k;
        const __m512i pairs =
            j + i < p.rows ? (__m512i)_mm512_cvtne2ps_pbh(load(from + 16), load(from)) : _mm512_setzero_si512();
        _mm512_store_si512(room + i * kBf16Depth, pairs);
      }
      transpose_pairs(room, kBf16Depth, to);
    }
  }
}

GLOSSA_KERNEL inline void turn_rows(const RowsToTurn& p) {
  alignas(64) std::uint16_t room[16 * kBf16Depth];
  alignas(64) std::uint16_t turned[16 * kBf16Depth];
  for (std::size_t k = 0; k < p.depth; k += kBf16Depth)
    for (std::size_t j = 0; j < p.columns; j += 16) {
      for (std::size_t i = 0; i < 16; ++i)
        _mm512_store_si512(room + i * kBf16Depth, two_rows(p.x + j, p.x_stride, k + 2 * i, p.rows));
      transpose_pairs(room, kBf16Depth, turned);
      for (std::size_t i = 0; i < 16; ++i)
        std::memcpy(p.turned + (j + i) * p.stride + 2 * k, turned + i * kBf16Depth, 2 * kBf16Depth);
      __m512 sum = load(p.sums + j);
      for (std::size_t i = k; i < std::min(k + kBf16Depth, p.rows); ++i) sum = add(sum, load(p.x + i * p.x_stride + j));
      store(p.sums + j, sum);
    }
}

/// The product by blocks of depth and columns; see multiply_blocks().
template <void (*Multiply)(PairTile, std::size_t rows, std::size_t units)>
GLOSSA_KERNEL void sum_blocks(const Bf16Sums& p) {
  const std::size_t pairs = p.depth / 2;
  for (std::size_t k = 0; k < pairs; k += kPairBlock) {
    const std::size_t count = std::min(kPairBlock, pairs - k);
    for (std::size_t column = 0; column < p.columns; column += kSumColumns) {
      const std::size_t units = std::min(kSumColumns, p.columns - column) / 16;
      const float* bias = p.bias == nullptr ? nullptr : p.bias + column;
      Multiply({p.a + 4 * k, p.a_stride, p.b.values + column * p.b.depth + k * 32, 16 * p.b.depth, count, p.c + column,
                p.c_stride, p.adds || k > 0, 0, bias},
               p.rows, units);
    }
  }
}

GLOSSA_KERNEL inline void sum_products(const Bf16Sums& p) { sum_blocks<&multiply_pair_rows<kPairUnits>>(p); }

}  // namespace bf16
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
