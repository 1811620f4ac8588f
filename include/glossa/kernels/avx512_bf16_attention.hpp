// One head of one text comes in as bfloat16 numbers; the mix of the values that its queries attend to goes out.
#pragma once

#include <glossa/kernels/avx512_bf16.hpp>

#if GLOSSA_X86_LEVELS

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// Queries that are treated together: with their scores and the keys they stay in the first-level cache for 200 tokens.
inline constexpr std::size_t kQueries = 24;

/// Where the parts of the scratch memory lie, in bytes, each a multiple of a cache line: keys as units of 16 columns
/// [size / 2][16][2]; values as such units [tokens / 2][16][2]; scores and mixed values as floats; weights as bfloat16.
struct AttentionPlaces {
  std::size_t across;  // tokens, as whole units
  std::size_t wide;    // size, as whole units
  std::size_t values;
  std::size_t scores;
  std::size_t weights;
  std::size_t mixed;
  std::size_t end;

  AttentionPlaces(std::size_t tokens, std::size_t size)
      : across(round_up(tokens, 16)),
        wide(round_up(size, 16)),
        values(across * round_up(size, 2) * 2),
        scores(values + across * wide * 2),
        weights(scores + kQueries * across * 4),
        mixed(weights + round_up(kQueries * across * 2, 64)),
        end(mixed + kQueries * wide * 4) {}
};

[[nodiscard]] inline std::size_t attention_scratch(std::size_t tokens, std::size_t size) {
  return AttentionPlaces(tokens, size).end;
}

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

GLOSSA_KERNEL inline void attention(const Bf16AttentionHead& p) {
  const AttentionPlaces places(p.tokens, p.size);
  auto* keys = reinterpret_cast<std::uint16_t*>(p.scratch);
  auto* values = reinterpret_cast<std::uint16_t*>(p.scratch + places.values);
  auto* scores = reinterpret_cast<float*>(p.scratch + places.scores);
  auto* weights = reinterpret_cast<std::uint16_t*>(p.scratch + places.weights);
  auto* mixed = reinterpret_cast<float*>(p.scratch + places.mixed);
  pack_keys(p.keys, p.stride, p.tokens, p.size, keys);
  pack_values(p.values, p.stride, p.tokens, p.size, places.across, values);
  const float scale = 1.0F / std::sqrt(static_cast<float>(p.size));
  const std::size_t key_stride = 16 * p.size;
  const std::size_t value_stride = 16 * places.across;
  for (std::size_t first = 0; first < p.tokens; first += kQueries) {
    const std::size_t rows = std::min(kQueries, p.tokens - first);
    const auto* queries = reinterpret_cast<const std::byte*>(p.queries + first * p.stride);
    for (std::size_t j = 0; j < places.across; j += 16 * kPairUnits) {
      const std::size_t units = std::min(kPairUnits, (places.across - j) / 16);
      multiply_pair_rows(
          {queries, p.stride * 2, keys + j * p.size, key_stride, p.size / 2, scores + j, places.across, false, 0}, rows,
          units);
    }
    float sums[kQueries];
    for (std::size_t r = 0; r < rows; ++r)
      sums[r] = soften(scores + r * places.across, p.tokens, scale, weights + r * places.across);
    for (std::size_t i = 0; i < places.wide; i += 16 * kPairUnits) {
      const std::size_t units = std::min(kPairUnits, (places.wide - i) / 16);
      multiply_pair_rows({reinterpret_cast<const std::byte*>(weights), places.across * 2, values + i * places.across,
                          value_stride, (p.tokens + 1) / 2, mixed + i, places.wide, false, 0},
                         rows, units);
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const float factor = 1.0F / sums[r];
      float* to = p.context + (first + r) * p.context_stride;
      std::size_t i = 0;
      for (; i + 16 <= p.size; i += 16) store(to + i, multiply(load(mixed + r * places.wide + i), broadcast(factor)));
      for (; i < p.size; ++i) to[i] = mixed[r * places.wide + i] * factor;
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
