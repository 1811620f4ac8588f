// One head of one text comes in as bfloat16 numbers; the mix of the values that its queries attend to goes out, by AMX.
#pragma once

#include <glossa/kernels/amx.hpp>
#include <glossa/kernels/avx512_bf16_attention.hpp>
#include <glossa/kernels/avx512_bf16_pack.hpp>
#include <glossa/kernels/avx512_bf16_weights.hpp>
#include <glossa/kernels/bf16_operations.hpp>

#if GLOSSA_AMX

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_AMX_TARGET
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

/// Numbers of a tile's row.
inline constexpr std::size_t kTilePairs = kTileBytes / 2;

/// Where the parts of the scratch memory lie, in bytes: keys as units of 16 columns [size / 2][16][2]; values as such
/// units [tokens / 2][16][2], with zeros up to whole tiles; scores of 16 queries and mixed values as floats; weights as
/// bfloat16.
struct TilePlaces {
  std::size_t across;  // tokens, up to whole tiles of pairs
  std::size_t values;
  std::size_t scores;
  std::size_t weights;
  std::size_t mixed;
  std::size_t end;

  TilePlaces(std::size_t tokens, std::size_t size)
      : across(round_up(tokens, kTilePairs)),
        values(across * size * 2),
        scores(values + across * size * 2),
        weights(scores + kTileRows * across * 4),
        mixed(weights + kTileRows * across * 2),
        end(mixed + kTileRows * size * 4) {}
};

/// Whether a text and heads have whole tiles; the other ones are left to the level without.
[[nodiscard]] constexpr bool fits_tiles(std::size_t tokens, std::size_t size) noexcept {
  return tokens >= kTileRows && size % kTilePairs == 0;
}

[[nodiscard]] inline std::size_t attention_scratch(std::size_t tokens, std::size_t size) {
  return fits_tiles(tokens, size) ? TilePlaces(tokens, size).end : bf16::attention_scratch(tokens, size);
}

/// scores[16][across] of 16 queries with `units` units of 16 keys, four at a time.
GLOSSA_KERNEL inline void score_tiles(const std::uint16_t* queries, std::size_t stride, const std::uint16_t* keys,
                                      std::size_t size, std::size_t units, float* scores, std::size_t across) {
  const std::size_t unit = 16 * size;
  std::size_t u = 0;
  for (; u + 4 <= units; u += 4, keys += 4 * unit) {
    clear_tile<0>();
    clear_tile<1>();
    clear_tile<2>();
    clear_tile<3>();
    for (std::size_t k = 0; k < size; k += kTilePairs) {
      const std::uint16_t* from = keys + k * 16;
      load_tile<4>(queries + k, stride * 2);
      load_tile<5>(from, kTileBytes);
      add_pair_products<0, 4, 5>();
      load_tile<6>(from + unit, kTileBytes);
      add_pair_products<1, 4, 6>();
      load_tile<7>(from + 2 * unit, kTileBytes);
      add_pair_products<2, 4, 7>();
      load_tile<5>(from + 3 * unit, kTileBytes);
      add_pair_products<3, 4, 5>();
    }
    store_tile<0>(scores + u * 16, across * 4);
    store_tile<1>(scores + u * 16 + 16, across * 4);
    store_tile<2>(scores + u * 16 + 32, across * 4);
    store_tile<3>(scores + u * 16 + 48, across * 4);
  }
  for (; u < units; ++u, keys += unit) {
    clear_tile<0>();
    for (std::size_t k = 0; k < size; k += kTilePairs) {
      load_tile<4>(queries + k, stride * 2);
      load_tile<5>(keys + k * 16, kTileBytes);
      add_pair_products<0, 4, 5>();
    }
    store_tile<0>(scores + u * 16, across * 4);
  }
}

/// 2^(factor · score + shift - 1/2) of 32 scores as bfloat16 numbers, of which `count` are there and the others 0; adds
/// them to `sum`.
GLOSSA_KERNEL_INLINE void weigh_pairs(const float* scores, std::size_t count, __m512 factor, __m512 shift,
                                      std::uint16_t* weights, __m512& sum) {
  __m512 low = bf16::power_of_two_less_half(multiply_add(load(scores), factor, shift));
  __m512 high = bf16::power_of_two_less_half(multiply_add(load(scores + 16), factor, shift));
  if (count < kTilePairs) {
    const auto there = static_cast<std::uint32_t>(~0U >> (kTilePairs - count));
    low = _mm512_maskz_mov_ps(static_cast<__mmask16>(there & 0xFFFF), low);
    high = _mm512_maskz_mov_ps(static_cast<__mmask16>(there >> 16), high);
  }
  const __m512bh rounded = _mm512_cvtne2ps_pbh(high, low);
  std::memcpy(weights, &rounded, sizeof rounded);
  sum = _mm512_dpbf16_ps(sum, rounded, (__m512bh)_mm512_set1_epi16(0x3f80));
}

/// The weights of a query for `tokens` keys, and zeros up to `across`; returns their sum.
GLOSSA_KERNEL inline float weigh_scores(const float* scores, std::size_t tokens, std::size_t across, float factor,
                                        float shift, std::uint16_t* weights) {
  const __m512 factors = broadcast(factor);
  const __m512 shifts = broadcast(shift);
  __m512 one = _mm512_setzero_ps();
  __m512 other = _mm512_setzero_ps();
  std::size_t i = 0;
  for (; i + kTilePairs < across; i += 2 * kTilePairs) {
    weigh_pairs(scores + i, kTilePairs, factors, shifts, weights + i, one);
    weigh_pairs(scores + i + kTilePairs, std::min(kTilePairs, tokens - i - kTilePairs), factors, shifts,
                weights + i + kTilePairs, other);
  }
  if (i < across) weigh_pairs(scores + i, tokens - i, factors, shifts, weights + i, one);
  return reduce_add(add(one, other));
}

/// mixed[16][size] = weights [16][across] · values.
GLOSSA_KERNEL inline void mix_tiles(const std::uint16_t* weights, std::size_t across, const std::uint16_t* values,
                                    std::size_t size, float* mixed) {
  const std::size_t unit = 16 * across;
  for (std::size_t i = 0; i < size; i += 32) {
    clear_tile<0>();
    clear_tile<1>();
    for (std::size_t t = 0; t < across; t += kTilePairs) {
      load_tile<4>(weights + t, across * 2);
      load_tile<5>(values + i * across + t * 16, kTileBytes);
      add_pair_products<0, 4, 5>();
      load_tile<6>(values + i * across + unit + t * 16, kTileBytes);
      add_pair_products<1, 4, 6>();
    }
    store_tile<0>(mixed + i, size * 4);
    store_tile<1>(mixed + i + 16, size * 4);
  }
}

/// See AttentionWeights.
inline constexpr float kPhase = 0.75F;

/// Weights are found as AttentionWeights does. What a query gets does not depend on the tile that it is in.
GLOSSA_KERNEL inline void attention(const Bf16AttentionHead& p) {
  if (!fits_tiles(p.tokens, p.size)) return bf16::attend_in_phase(p, kPhase);
  const TilePlaces places(p.tokens, p.size);
  auto* keys = reinterpret_cast<std::uint16_t*>(p.scratch);
  auto* values = reinterpret_cast<std::uint16_t*>(p.scratch + places.values);
  auto* scores = reinterpret_cast<float*>(p.scratch + places.scores);
  auto* weights = reinterpret_cast<std::uint16_t*>(p.scratch + places.weights);
  auto* mixed = reinterpret_cast<float*>(p.scratch + places.mixed);
  const std::size_t units = round_up(p.tokens, 16) / 16;
  bf16::pack_keys(p.keys, p.stride, p.tokens, p.size, keys);
  bf16::pack_values(p.values, p.stride, p.tokens, p.size, places.across, values);
  const std::size_t pairs = (p.tokens + 1) / 2;
  for (std::size_t i = 0; i < p.size; i += 16)  // zeros behind the last pair: what lies there may be no numbers
    std::fill(values + i * places.across + pairs * 32, values + (i + 16) * places.across, std::uint16_t{0});
  const float scale = 1.0F / std::sqrt(static_cast<float>(p.size));
  const float factor = scale * 1.44269504F;
  const float longest = bf16::longest_key(keys, p.tokens, p.size);
  const Tiles tiles;
  for (std::size_t tile = 0; tile < p.tokens; tile += kTileRows) {
    const std::size_t first = std::min(tile, p.tokens - kTileRows);
    const std::uint16_t* queries = p.queries + first * p.stride;
    score_tiles(queries, p.stride, keys, p.size, units, scores, places.across);
    float sums[kTileRows];
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const float shift =
          bf16::AttentionWeights::shift_of(bf16::length_of(queries + r * p.stride, p.size) * longest * factor, kPhase);
      float* row = scores + r * places.across;
      std::uint16_t* to = weights + r * places.across;
      if (units % 2 != 0) _mm512_storeu_ps(row + units * 16, _mm512_setzero_ps());
      sums[r] = weigh_scores(row, p.tokens, places.across, factor, shift, to);
      if (bf16::AttentionWeights::is_lost(shift, sums[r])) {
        std::fill_n(to, places.across, std::uint16_t{0});
        sums[r] = bf16::soften(row, p.tokens, scale, to);
      }
    }
    mix_tiles(weights, places.across, values, p.size, mixed);
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const __m512 inverse = broadcast(1.0F / sums[r]);
      float* to = p.context + (first + r) * p.context_stride;
      for (std::size_t i = 0; i < p.size; i += 16) store(to + i, multiply(load(mixed + r * p.size + i), inverse));
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
