// Products with 8-bit weights for processors with AVX2 and without 8-bit dot products.
#pragma once

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/row_form.hpp>

#if GLOSSA_X86_LEVELS

#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {

inline constexpr std::size_t kValueBytes = 2;

GLOSSA_KERNEL_INLINE void store_rounded(std::byte* to, std::size_t first, __m256 value, int /*zero*/) {
  const __m256i values = _mm256_cvtps_epi32(value);
  const __m128i narrow = _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + first * kValueBytes), narrow);
}

#include <glossa/kernels/level/int8_rows.inl>

/// sum0 += weights0 · values, sum1 += weights1 · values: pairs of 16-bit products, added up in 32 bits. In assembly,
/// since gcc 12 keeps the sums in memory otherwise: it moves all products before all additions.
GLOSSA_KERNEL_INLINE void add_products(__m256i& sum0, __m256i& sum1, __m256i weights0, __m256i weights1,
                                       __m256i values) {
#if defined(__GNUC__)
  __m256i products;
  __asm__(
      "vpmaddwd {%[values], %[weights0], %[products]|%[products], %[weights0], %[values]}\n\t"
      "vpmaddwd {%[values], %[weights1], %[values]|%[values], %[weights1], %[values]}\n\t"
      "vpaddd {%[products], %[sum0], %[sum0]|%[sum0], %[sum0], %[products]}\n\t"
      "vpaddd {%[values], %[sum1], %[sum1]|%[sum1], %[sum1], %[values]}"
      : [sum0] "+x"(sum0), [sum1] "+x"(sum1), [values] "+x"(values), [products] "=&x"(products)
      : [weights0] "x"(weights0), [weights1] "x"(weights1));
#else
  sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(weights0, values));
  sum1 = _mm256_add_epi32(sum1, _mm256_madd_epi16(weights1, values));
#endif
}

/// Elements of the depth that one multiply-add takes, for each of the 16 columns of a unit of weights.
inline constexpr std::size_t kPair = 2;

/// Widens a group of a unit of weights, `depth` of its lines: out: [depth / 2][16][2], with the columns of each half in
/// the order 0 1 4 5 2 3 6 7, which takes the fewest instructions. Asks for the same lines of the next unit, which lie
/// `ahead` bytes behind them.
GLOSSA_KERNEL inline void widen_group(const std::int8_t* b, std::size_t depth, std::size_t ahead, std::int16_t* out) {
  for (std::size_t k = 0; k < depth; k += kInt8Depth, b += 64, out += 64) {
    GLOSSA_PREFETCH(b + ahead);
    GLOSSA_UNROLL
    for (std::size_t half = 0; half < 2; ++half) {  // 8 columns, four elements each
      const auto* from = reinterpret_cast<const __m128i*>(b + 32 * half);
      const __m256 low = _mm256_castsi256_ps(_mm256_cvtepi8_epi16(_mm_loadu_si128(from)));
      const __m256 high = _mm256_castsi256_ps(_mm256_cvtepi8_epi16(_mm_loadu_si128(from + 1)));
      auto* to = reinterpret_cast<float*>(out + 16 * half);
      _mm256_store_ps(to, _mm256_shuffle_ps(low, high, 0x88));
      _mm256_store_ps(to + 16, _mm256_shuffle_ps(low, high, 0xDD));
    }
  }
}

/// Puts eight columns into the order of widen_group(), or back: it is its own inverse.
GLOSSA_KERNEL_INLINE __m256 reorder(__m256 columns) {
  return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(columns), 0xD8));
}

/// totals = [totals +] A·B for Rows rows, 16 columns and one group of the depth: `a` is its first element, `b` its
/// widened weights, totals [Rows, 16] with kInt8Group. Not inlined: its sums and weights need all registers, and where
/// other pointers are at hand gcc gives them some.
template <std::size_t Rows>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_int8_tile(const std::byte* a, std::size_t a_stride,
                                                          const float* a_scales, std::size_t a_scales_stride,
                                                          const std::int16_t* b, std::size_t depth,
                                                          const float* b_scales, float* totals, bool is_first) {
  __m256i sum[Rows][2];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
  for (std::size_t k = 0; k < depth; k += kPair, a += kPair * kValueBytes, b += kInt8Columns * kPair) {
    const __m256i weights0 = _mm256_load_si256(reinterpret_cast<const __m256i*>(b));
    const __m256i weights1 = _mm256_load_si256(reinterpret_cast<const __m256i*>(b + 16));
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      std::int32_t two;
      std::memcpy(&two, a + r * a_stride, sizeof two);
      add_products(sum[r][0], sum[r][1], weights0, weights1, _mm256_set1_epi32(two));
    }
  }
  GLOSSA_UNROLL
  for (std::size_t half = 0; half < 2; ++half) {
    const __m256 scales = load(b_scales + half * kLanes<float>);
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      float* total = totals + r * kInt8Group + half * kLanes<float>;
      const __m256 part = multiply(reorder(_mm256_cvtepi32_ps(sum[r][half])), scales);
      const __m256 row_scale = broadcast(a_scales[r * a_scales_stride]);
      store(total, is_first ? multiply(part, row_scale) : multiply_add(part, row_scale, load(total)));
    }
  }
}

/// A tile of `rows` rows, at most Rows.
template <std::size_t Rows>
GLOSSA_KERNEL void multiply_int8_rows(std::size_t rows, const std::byte* a, std::size_t a_stride, const float* a_scales,
                                      std::size_t a_scales_stride, const std::int16_t* b, std::size_t depth,
                                      const float* b_scales, float* totals, bool is_first) {
  if constexpr (Rows > 1)
    if (rows < Rows)
      return multiply_int8_rows<Rows - 1>(rows, a, a_stride, a_scales, a_scales_stride, b, depth, b_scales, totals,
                                          is_first);
  multiply_int8_tile<Rows>(a, a_stride, a_scales, a_scales_stride, b, depth, b_scales, totals, is_first);
}

/// Rows that go through all groups of a unit of weights before others do: the weights are widened once for all.
inline constexpr std::size_t kInt8Rows = 48;

/// totals [rows, 16] with kInt8Group: the product of at most kInt8Rows rows from `first` on with the unit of weights
/// whose first column is `column`.
GLOSSA_KERNEL inline void multiply_int8_unit(const Int8Product& p, std::size_t first, std::size_t rows,
                                             std::size_t column, float* totals) {
  alignas(64) std::int16_t weights[kInt8Group * kInt8Columns];
  const std::int8_t* b = p.b + column * p.depth;
  const std::size_t ahead = column + kInt8Columns < p.columns ? kInt8Columns * p.depth : 0;
  for (std::size_t k = 0, group = 0; k < p.depth; k += kInt8Group, ++group) {
    const std::size_t depth = std::min(kInt8Group, p.depth - k);
    widen_group(b + k * kInt8Columns, depth, ahead, weights);
    for (std::size_t tiles = (rows + kTileRows - 1) / kTileRows, r = 0; tiles > 0; --tiles) {
      const std::size_t some = (rows - r) / tiles;
      multiply_int8_rows<kTileRows>(some, p.a.values + (first + r) * p.a.stride + k * kValueBytes, p.a.stride,
                                    p.a.scales + (first + r) * p.a.scales_stride + group, p.a.scales_stride, weights,
                                    depth, p.b_scales + group * p.b_stride + column, totals + r * kInt8Group, k == 0);
      r += some;
    }
  }
}

GLOSSA_KERNEL inline void multiply_int8(const Int8Product& p) {
  alignas(64) float totals[kInt8Rows * kInt8Group];
  for (std::size_t first = 0; first < p.rows; first += kInt8Rows) {
    const std::size_t rows = std::min(kInt8Rows, p.rows - first);
    for (std::size_t column = 0; column < p.columns; column += kInt8Group) {
      const std::size_t columns = std::min(kInt8Group, p.columns - column);
      for (std::size_t j = 0; j < columns; j += kInt8Columns)
        multiply_int8_unit(p, first, rows, column + j, totals + j);
      finish_product(p, first, rows, column, columns, totals);
    }
  }
}

}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
