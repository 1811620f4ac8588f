// Queries and keys come in as bfloat16 numbers; how much each query attends to each key goes out.
#pragma once

#include <glossa/kernels/avx512_bf16.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// 2^(x - 1/2) for x <= 1/2 to within 8e-5 of it: 2^floor(x) by the exponent, the rest by a polynomial (a minimax fit
/// of the relative error on [0, 1]). For numbers that are rounded to the 8 bits of bfloat16. 0 of minus infinity; a NaN
/// stays.
GLOSSA_KERNEL_INLINE __m512 power_of_two_less_half(__m512 x) {
  constexpr int kAboveFloor = 0x09;  // x - floor(x), which for minus infinity is 0
  const __m512 r = _mm512_maskz_reduce_ps(kAll, x, kAboveFloor);
  __m512 p = broadcast(5.517167027e-02F);
  p = multiply_add(p, r, broadcast(1.598536244e-01F));
  p = multiply_add(p, r, broadcast(4.920286088e-01F));
  p = multiply_add(p, r, broadcast(7.070539038e-01F));
  return scale_by_power(p, x);  // which takes the floor itself
}

/// The largest of `count` numbers, which fill up whole vectors.
GLOSSA_KERNEL_INLINE float largest_of(const float* row, std::size_t count) {
  __m512 most = load(row);
  __m512 others = most;  // two chains, for one waits for itself
  std::size_t i = 16;
  for (; i + 16 < count; i += 32) {
    most = largest(most, load(row + i));
    others = largest(others, load(row + i + 16));
  }
  if (i < count) most = largest(most, load(row + i));
  return reduce_largest(largest(most, others));
}

/// weights = exp(scale · (row - max(row))) as bfloat16 numbers, with a zero behind them where `count` is odd; returns
/// the sum of what was written. `row` and `weights` have room for whole vectors of 16.
GLOSSA_KERNEL inline float soften(float* row, std::size_t count, float scale, std::uint16_t* weights) {
  for (std::size_t i = count; i % 16 != 0; ++i) row[i] = -std::numeric_limits<float>::infinity();
  const __m512 top = broadcast(largest_of(row, count));
  const __m512 factor = broadcast(scale * 1.44269504F);
  const __m512 half = broadcast(0.5F);
  const __m512bh ones = (__m512bh)_mm512_set1_epi16(0x3f80);
  __m512 sum = _mm512_setzero_ps();
  std::size_t i = 0;
  for (; i + 16 < count; i += 32) {
    const __m512 low = power_of_two_less_half(multiply_add(subtract(load(row + i), top), factor, half));
    const __m512 high = power_of_two_less_half(multiply_add(subtract(load(row + i + 16), top), factor, half));
    const __m512bh rounded = _mm512_cvtne2ps_pbh(high, low);
    std::memcpy(weights + i, &rounded, sizeof rounded);
    sum = _mm512_dpbf16_ps(sum, rounded, ones);
  }
  if (i < count) {
    const __m512 low = power_of_two_less_half(multiply_add(subtract(load(row + i), top), factor, half));
    const __m512bh rounded = _mm512_cvtne2ps_pbh(_mm512_setzero_ps(), low);
    std::memcpy(weights + i, &rounded, sizeof rounded / 2);
    sum = _mm512_dpbf16_ps(sum, rounded, ones);
  }
  return reduce_add(sum);
}

/// The largest length of `tokens` keys that pack_keys() made, but for rounding.
GLOSSA_KERNEL inline float longest_key(const std::uint16_t* keys, std::size_t tokens, std::size_t size) {
  const std::size_t pairs = size / 2;
  __m512 most = _mm512_setzero_ps();
  for (std::size_t first = 0; first < tokens; first += 16) {
    __m512 squares = _mm512_setzero_ps();
    for (std::size_t k = 0; k < pairs; ++k, keys += 32) {
      const __m512i pair = _mm512_loadu_si512(keys);
      squares = _mm512_dpbf16_ps(squares, (__m512bh)pair, (__m512bh)pair);
    }
    most = largest(squares, most);
  }
  return std::sqrt(reduce_largest(most));
}

/// The length of a query, but for rounding.
GLOSSA_KERNEL_INLINE float length_of(const std::uint16_t* query, std::size_t size) {
  __m512 squares = _mm512_setzero_ps();
  for (std::size_t k = 0; k < size; k += 32) {
    const auto mask = static_cast<__mmask32>(~0U >> (32 - std::min<std::size_t>(32, size - k)));
    const __m512i numbers = _mm512_maskz_loadu_epi16(mask, query + k);
    squares = _mm512_dpbf16_ps(squares, (__m512bh)numbers, (__m512bh)numbers);
  }
  return std::sqrt(reduce_add(squares));
}

/// Some queries, and up to kPairUnits units of 16 keys. A weight is 2^(factor · score + shift - 1/2); shifts differ by
/// whole numbers, which change exponents alone.
struct WeightTile {
  const std::uint16_t* queries;
  std::size_t stride;         // numbers
  const std::uint16_t* keys;  // units [size / 2][16][2]
  std::size_t size;
  float factor;
  const float* shifts;  // of each query
  std::uint16_t* weights;
  std::size_t weights_stride;
  float* sums;     // [queries][16], of what was written so far
  __mmask16 last;  // which keys of the last unit there are; the others' weights are 0
};

/// Each weight comes from one chain of sums, and those of a query are added in one order, whatever Rows is.
template <std::size_t Rows, std::size_t Units>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void weigh_tile(const WeightTile& t) {
  __m512 scores[Rows][Units];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; ++u) scores[r][u] = _mm512_setzero_ps();
  }
  const std::uint16_t* query = t.queries;
  const std::uint16_t* key = t.keys;
  const std::size_t unit = 16 * t.size;
  for (std::size_t k = 0; k < t.size; k += 2, query += 2, key += 32) {
    __m512i keys[Units];
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; ++u) keys[u] = _mm512_loadu_si512(key + u * unit);
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      std::int32_t pair;
      std::memcpy(&pair, query + r * t.stride, sizeof pair);
      const __m512i two = _mm512_set1_epi32(pair);
      GLOSSA_UNROLL
      for (std::size_t u = 0; u < Units; ++u) add_pairs(scores[r][u], two, keys[u]);
    }
  }
  const __m512 factor = broadcast(t.factor);
  const __m512bh ones = (__m512bh)_mm512_set1_epi16(0x3f80);
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    const __m512 shift = broadcast(t.shifts[r]);
    __m512 sum = load(t.sums + r * 16);
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; u += 2) {
      __m512 low = power_of_two_less_half(multiply_add(scores[r][u], factor, shift));
      if (u + 1 == Units) low = _mm512_maskz_mov_ps(t.last, low);
      __m512 high = _mm512_setzero_ps();
      if (u + 1 < Units) high = power_of_two_less_half(multiply_add(scores[r][(u + 1) % Units], factor, shift));
      if (u + 2 == Units) high = _mm512_maskz_mov_ps(t.last, high);
      const __m512bh rounded = _mm512_cvtne2ps_pbh(high, low);
      std::memcpy(t.weights + r * t.weights_stride + u * 16, &rounded, u + 1 < Units ? 64 : 32);
      sum = _mm512_dpbf16_ps(sum, rounded, ones);
    }
    store(t.sums + r * 16, sum);
  }
}

/// A tile of `rows` queries and `units` units of keys, at most Rows and Units.
template <std::size_t Rows, std::size_t Units>
GLOSSA_KERNEL void weigh_some(const WeightTile& t, std::size_t rows, std::size_t units) {
  if constexpr (Units > 1)
    if (units < Units) return weigh_some<Rows, Units - 1>(t, rows, units);
  if constexpr (Rows > 1)
    if (rows < Rows) return weigh_some<Rows - 1, Units>(t, rows, units);
  weigh_tile<Rows, Units>(t);
}

/// Any number of queries.
GLOSSA_KERNEL inline void weigh_rows(WeightTile t, std::size_t rows, std::size_t units) {
  for (std::size_t tiles = (rows + kPairRows - 1) / kPairRows; tiles > 0; --tiles) {
    const std::size_t some = rows / tiles;  // nearly the same for all
    weigh_some<kPairRows, kPairUnits>(t, some, units);
    rows -= some;
    t.queries += some * t.stride;
    t.shifts += some;
    t.weights += some * t.weights_stride;
    t.sums += some * 16;
  }
}

}  // namespace bf16
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
