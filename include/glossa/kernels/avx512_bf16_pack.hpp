// Keys and values of one head of one text come in as bfloat16 numbers; they go out side by side, as columns.
#pragma once

#include <glossa/kernels/avx512_bf16.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// Four vectors of 32-bit numbers are four blocks of 4 x 4 side by side: each is transposed.
GLOSSA_KERNEL_INLINE void transpose_groups(__m512i (&v)[4]) {
  const __m512i a = _mm512_maskz_unpacklo_epi32(kAll, v[0], v[1]);
  const __m512i b = _mm512_maskz_unpackhi_epi32(kAll, v[0], v[1]);
  const __m512i c = _mm512_maskz_unpacklo_epi32(kAll, v[2], v[3]);
  const __m512i d = _mm512_maskz_unpackhi_epi32(kAll, v[2], v[3]);
  v[0] = _mm512_maskz_unpacklo_epi64(0xff, a, c);
  v[1] = _mm512_maskz_unpackhi_epi64(0xff, a, c);
  v[2] = _mm512_maskz_unpacklo_epi64(0xff, b, d);
  v[3] = _mm512_maskz_unpackhi_epi64(0xff, b, d);
}

/// 16 pairs of each of 16 keys: pair k of key j to [k][j].
GLOSSA_KERNEL inline void transpose_pairs(const std::uint16_t* keys, std::size_t stride, std::uint16_t* out) {
  __m512i v[4][4];
  GLOSSA_UNROLL
  for (std::size_t g = 0; g < 4; ++g) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < 4; ++i) v[g][i] = _mm512_loadu_si512(keys + (4 * g + i) * stride);
    transpose_groups(v[g]);  // the pairs i, 4 + i, 8 + i, 12 + i of keys 4 g to 4 g + 3
  }
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < 4; ++i) {
    const __m512i low0 =
        _mm512_maskz_shuffle_i32x4(kAll, v[0][i], v[1][i], 0x44);  // pairs i, 4 + i of the first eight keys
    const __m512i high0 = _mm512_maskz_shuffle_i32x4(kAll, v[0][i], v[1][i], 0xee);
    const __m512i low1 = _mm512_maskz_shuffle_i32x4(kAll, v[2][i], v[3][i], 0x44);
    const __m512i high1 = _mm512_maskz_shuffle_i32x4(kAll, v[2][i], v[3][i], 0xee);
    _mm512_storeu_si512(out + i * 32, _mm512_maskz_shuffle_i32x4(kAll, low0, low1, 0x88));
    _mm512_storeu_si512(out + (4 + i) * 32, _mm512_maskz_shuffle_i32x4(kAll, low0, low1, 0xdd));
    _mm512_storeu_si512(out + (8 + i) * 32, _mm512_maskz_shuffle_i32x4(kAll, high0, high1, 0x88));
    _mm512_storeu_si512(out + (12 + i) * 32, _mm512_maskz_shuffle_i32x4(kAll, high0, high1, 0xdd));
  }
}

/// Puts keys side by side as columns: pair k of key j to [j / 16][k][j % 16]. Behind the last one come zeros.
GLOSSA_KERNEL inline void pack_keys(const std::uint16_t* keys, std::size_t stride, std::size_t tokens, std::size_t size,
                                    std::uint16_t* out) {
  const std::size_t pairs = size / 2;
  for (std::size_t first = 0; first < tokens; first += 16, out += pairs * 32) {
    const auto count = static_cast<int>(std::min<std::size_t>(16, tokens - first));
    const auto mask = static_cast<__mmask16>((1U << count) - 1);
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i places = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(static_cast<int>(2 * stride)));
    const std::uint16_t* from = keys + first * stride;
    std::size_t k = 0;
    if (count == 16)
      for (; k + 16 <= pairs; k += 16) transpose_pairs(from + 2 * k, stride, out + k * 32);
    for (; k < pairs; ++k)
      _mm512_storeu_si512(out + k * 32,
                          _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, places, from + 2 * k, 1));
  }
}

/// Puts the values of two neighbouring tokens side by side: number i of token t to [i / 16][t / 2][i % 16][t % 2].
GLOSSA_KERNEL inline void pack_values(const std::uint16_t* values, std::size_t stride, std::size_t tokens,
                                      std::size_t size, std::size_t across, std::uint16_t* out) {
  for (std::size_t first = 0; first < size; first += 16, out += across * 16) {
    const std::size_t count = std::min<std::size_t>(16, size - first);
    const auto mask = static_cast<__mmask16>((1U << count) - 1);
    for (std::size_t t = 0; t < tokens; t += 2) {
      const std::uint16_t* from = values + t * stride + first;
      const __m512i one = _mm512_maskz_cvtepu16_epi32(kAll, _mm256_maskz_loadu_epi16(mask, from));
      const __mmask16 has_other = t + 1 < tokens ? mask : __mmask16{0};
      const __m512i other = _mm512_maskz_cvtepu16_epi32(kAll, _mm256_maskz_loadu_epi16(has_other, from + stride));
      _mm512_storeu_si512(out + t * 16, _mm512_or_si512(one, _mm512_maskz_slli_epi32(kAll, other, 16)));
    }
  }
}

}  // namespace bf16
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
