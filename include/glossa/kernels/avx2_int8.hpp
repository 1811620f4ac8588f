// Products with 8-bit weights for processors with AVX2 and without 8-bit dot products.
#pragma once

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/wide_rows.hpp>

#if GLOSSA_X86_LEVELS

#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {

GLOSSA_KERNEL inline void quantize(const RowsToQuantize& p) {
  const auto limit = static_cast<float>(kLargestWideValue);
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
  for (std::size_t r = 0; r < p.rows; ++r) {
    const float* x = p.x + r * p.x_stride;
    __m256 most0 = _mm256_setzero_ps();
    __m256 most1 = _mm256_setzero_ps();
    __m256 poison = _mm256_setzero_ps();  // NaN where a value is not finite
    std::size_t k = 0;
    for (; k + 16 <= p.depth; k += 16) {
      const __m256 x0 = load(x + k);
      const __m256 x1 = load(x + k + 8);
      poison = multiply_add(add(x0, x1), _mm256_setzero_ps(), poison);
      most0 = largest(most0, _mm256_and_ps(x0, magnitude));
      most1 = largest(most1, _mm256_and_ps(x1, magnitude));
    }
    float most = reduce_largest(largest(most0, most1));
    float spoiled = reduce_add(poison);
    for (; k < p.depth; ++k) {
      most = std::max(most, std::fabs(x[k]));
      spoiled += x[k] * 0.0F;
    }
    p.scales[r] = most / limit + spoiled;
    const float exact = limit / most;
    const float inverse = spoiled == 0 && exact <= std::numeric_limits<float>::max() ? exact : 0;
    auto* out = reinterpret_cast<std::int16_t*>(p.values + r * p.stride);
    for (k = 0; k + 16 <= p.depth; k += 16) {
      const __m256 x0 = load(x + k);
      const __m256 x1 = load(x + k + 8);
      const __m256i low = _mm256_cvtps_epi32(multiply(x0, broadcast(inverse)));
      const __m256i high = _mm256_cvtps_epi32(multiply(x1, broadcast(inverse)));
      const __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + k), both);
    }
    if (k < p.depth) {
      std::fill_n(out + k, 16, std::int16_t{0});
      for (; k < p.depth; ++k) out[k] = static_cast<std::int16_t>(_mm_cvtss_si32(_mm_set_ss(x[k] * inverse)));
    }
  }
}

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

/// totals[r] += A·B for Rows rows and 8 columns, half of a line of weights, and one group of the depth: `a` is its
/// first element, `b` its first weight. Each register holds four columns, two sums of products each, which are added at
/// the end. Not inlined: its sums and weights need all registers, and where the totals are at hand gcc gives them some.
template <std::size_t Rows>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void add_int8_group(const std::byte* a, std::size_t a_stride, const std::int8_t* b,
                                                      std::size_t depth, const float* group_scales, float* totals) {
  __m256i sum[Rows][2];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
  for (std::size_t k = 0; k < depth; k += kInt8Depth, a += 2 * kInt8Depth, b += kInt8Columns * kInt8Depth) {
    const __m256i weights0 = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
    const __m256i weights1 = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + 16)));
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      std::int64_t four;
      std::memcpy(&four, a + r * a_stride, sizeof four);
      add_products(sum[r][0], sum[r][1], weights0, weights1, _mm256_set1_epi64x(four));
    }
  }
  const __m256 scales = load(group_scales);
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    const __m256i pairs = _mm256_hadd_epi32(sum[r][0], sum[r][1]);
    const __m256 dots = _mm256_cvtepi32_ps(_mm256_permute4x64_epi64(pairs, 0xD8));
    float* total = totals + r * kLanes<float>;
    store(total, multiply_add(dots, scales, load(total)));
  }
}

template <std::size_t Rows>
GLOSSA_KERNEL void multiply_int8_tile(const Int8Product& p, std::size_t row, std::size_t column) {
  const std::byte* a = p.a + row * p.a_stride;
  const std::size_t half = column % kInt8Columns;
  const std::int8_t* b = p.b + (column - half) * p.depth + half * kInt8Depth;
  alignas(32) float totals[Rows * kLanes<float>] = {};
  for (std::size_t k = 0; k < p.depth; k += kInt8Group)
    add_int8_group<Rows>(a + 2 * k, p.a_stride, b + k * kInt8Columns, std::min(kInt8Group, p.depth - k),
                         p.b_scales + k / kInt8Group * p.b_scales_stride + column, totals);
  const __m256 bias = load(p.bias + column);
  for (std::size_t r = 0; r < Rows; ++r) {
    float* c = p.c + (row + r) * p.c_stride + column;
    store(c, multiply_add(load(totals + r * kLanes<float>), broadcast(p.a_scales[row + r]), bias));
    if (p.epilogue != Epilogue::none) apply_epilogue<float>(p.epilogue, c, kLanes<float>);
  }
}

GLOSSA_KERNEL inline void multiply_int8(const Int8Product& p) {
  for (std::size_t j = 0; j < p.columns; j += kLanes<float>) {
    std::size_t r = 0;
    for (; r + 6 <= p.rows; r += 6) multiply_int8_tile<6>(p, r, j);
    if (r + 4 <= p.rows) multiply_int8_tile<4>(p, r, j), r += 4;
    if (r + 2 <= p.rows) multiply_int8_tile<2>(p, r, j), r += 2;
    if (r < p.rows) multiply_int8_tile<1>(p, r, j);
  }
}

}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
