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
    for (std::size_t k = 0; k < pairs; ++k)
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

/// 2^x for x <= 0 to within 8e-5 of it: 2^n by the exponent, the rest by a polynomial (a minimax fit of the relative
/// error on [-1/2, 1/2]). For numbers that are rounded to the 8 bits of bfloat16.
GLOSSA_KERNEL_INLINE __m512 power_of_two(__m512 x) {
  const __m512 least = largest(broadcast(-150.0F), x);  // 0 as a bfloat16 number; minus infinity, too; a NaN stays
  const __m512 n = nearest(least);
  const __m512 r = subtract(least, n);
  __m512 p = broadcast(5.517167027e-02F);
  p = multiply_add(p, r, broadcast(2.426111298e-01F));
  p = multiply_add(p, r, broadcast(6.932609859e-01F));
  p = multiply_add(p, r, broadcast(9.999280731e-01F));
  return scale_by_power(p, n);
}

/// weights = exp(scale · (row - max(row))) as bfloat16 numbers, with a zero behind them where `count` is odd; returns
/// the sum of what was written. `row` has room for whole vectors.
GLOSSA_KERNEL inline float soften(float* row, std::size_t count, float scale, std::uint16_t* weights) {
  for (std::size_t i = count; i % 16 != 0; ++i) row[i] = -std::numeric_limits<float>::infinity();
  __m512 most = load(row);
  for (std::size_t i = 16; i < count; i += 16) most = largest(most, load(row + i));
  const __m512 top = broadcast(reduce_largest(most));
  const __m512 factor = broadcast(scale * 1.44269504F);
  __m512 sum = _mm512_setzero_ps();
  for (std::size_t i = 0; i < count; i += 16) {
    const __m512 weight = power_of_two(multiply(subtract(load(row + i), top), factor));
    const __m256bh rounded = _mm512_cvtneps_pbh(weight);
    __m256i bits;
    std::memcpy(&bits, &rounded, sizeof bits);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(weights + i), bits);
    sum = add(sum, _mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, _mm512_maskz_cvtepu16_epi32(kAll, bits), 16)));
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
