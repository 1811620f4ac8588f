// The kernels for processors with AVX2, FMA and F16C.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/kernels/bf16_operations.hpp>
#include <glossa/kernels/centers.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/repulsion.hpp>
#include <glossa/kernels/row_sums.hpp>
#include <glossa/kernels/small_weights.hpp>
#include <glossa/kernels/target.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include <immintrin.h>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  using Type = __m256;
};
template <class T>
using Vector = typename VectorOf<T>::Type;
template <class T>
inline constexpr std::size_t kLanes = 32 / sizeof(T);
inline constexpr std::size_t kRegisters = 16;

GLOSSA_KERNEL_INLINE __m256 load(const float* from) { return _mm256_loadu_ps(from); }
GLOSSA_KERNEL_INLINE void store(float* to, __m256 value) { _mm256_storeu_ps(to, value); }
GLOSSA_KERNEL_INLINE __m256 broadcast(float value) { return _mm256_set1_ps(value); }
GLOSSA_KERNEL_INLINE __m256 add(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
GLOSSA_KERNEL_INLINE __m256 subtract(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
GLOSSA_KERNEL_INLINE __m256 multiply(__m256 a, __m256 b) { return _mm256_mul_ps(a, b); }
GLOSSA_KERNEL_INLINE __m256 divide(__m256 a, __m256 b) { return _mm256_div_ps(a, b); }
GLOSSA_KERNEL_INLINE __m256 square_root(__m256 a) { return _mm256_sqrt_ps(a); }
GLOSSA_KERNEL_INLINE __m256 multiply_add(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
GLOSSA_KERNEL_INLINE __m256 smallest(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
GLOSSA_KERNEL_INLINE __m256 largest(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }
GLOSSA_KERNEL_INLINE float reduce_add(__m256 a) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
GLOSSA_KERNEL_INLINE float reduce_largest(__m256 a) {
  __m128 most = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  most = _mm_max_ps(most, _mm_movehl_ps(most, most));
  return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
}
/// Bit i: whether a[i] is not less than b[i].
GLOSSA_KERNEL_INLINE unsigned lanes_not_below(__m256 a, __m256 b) {
  return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_NLT_UQ)));
}
/// sum[i] += a[i]
GLOSSA_KERNEL_INLINE void add_wide(double* sum, __m256 a) {
  const __m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(a));
  const __m256d high = _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1));
  _mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), low));
  _mm256_storeu_pd(sum + 4, _mm256_add_pd(_mm256_loadu_pd(sum + 4), high));
}
GLOSSA_KERNEL_INLINE __m256 nearest(__m256 a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/// value · 2^exponent, in two steps so that results may be denormal; |exponent| <= 252.
GLOSSA_KERNEL_INLINE __m256 scale_by_power(__m256 value, __m256 exponent) {
  const __m256i whole = _mm256_cvtps_epi32(exponent);
  const __m256i half = _mm256_srai_epi32(whole, 1);
  const __m256i bias = _mm256_set1_epi32(127);
  const __m256i rest = _mm256_sub_epi32(whole, half);
  const __m256 first = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(half, bias), 23));
  const __m256 second = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(rest, bias), 23));
  return _mm256_mul_ps(_mm256_mul_ps(value, first), second);
}

/// The bfloat16 number next to each lane; of two, the even one.
GLOSSA_KERNEL_INLINE __m256 nearest_bf16(__m256 value) {
  const __m256i bits = _mm256_castps_si256(value);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
  const __m256 quiet = _mm256_or_ps(value, _mm256_castsi256_ps(_mm256_set1_epi32(0x400000)));
  const __m256 both = _mm256_blendv_ps(_mm256_castsi256_ps(up), quiet, _mm256_cmp_ps(value, value, _CMP_UNORD_Q));
  return _mm256_and_ps(both, _mm256_castsi256_ps(_mm256_set1_epi32(-0x10000)));
}
/// The same as 16 bits each.
GLOSSA_KERNEL_INLINE void store_bf16(std::uint16_t* to, __m256 value) {
  const __m256i high = _mm256_srli_epi32(_mm256_castps_si256(nearest_bf16(value)), 16);
  const __m128i narrow = _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), narrow);
}
/// Pairs of bfloat16 numbers: the first of each to `even`, the second to `odd`.
GLOSSA_KERNEL_INLINE void expand_bf16(const std::uint16_t* from, float* even, float* odd) {
  const __m256i pairs = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  store(even, _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16)));
  store(odd, _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(-0x10000))));
}
/// Half-precision numbers as floats.
GLOSSA_KERNEL_INLINE __m256 load_half(const std::uint16_t* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
/// bfloat16 numbers as floats.
GLOSSA_KERNEL_INLINE __m256 load_bf16(const std::uint16_t* from) {
  const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(narrow), 16));
}
/// Σ a·(b - 128) of a multiple of 64 bytes.
GLOSSA_KERNEL_INLINE std::int32_t code_dot(const std::int8_t* a, const std::uint8_t* b, std::size_t count) {
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t k = 0; k < count; k += 16) {
    const __m256i x = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + k)));
    const __m256i y = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b + k)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, _mm256_sub_epi16(y, _mm256_set1_epi16(128))));
  }
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}
/// The weights of a byte a lane: those of the lower four bits to `even`, of the upper ones to `odd`.
GLOSSA_KERNEL_INLINE void expand_int4(const std::uint8_t* from, __m256 scale, float* even, float* odd) {
  const __m256i bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  const __m256i zero = _mm256_set1_epi32(8);
  const __m256i low = _mm256_sub_epi32(_mm256_and_si256(bytes, _mm256_set1_epi32(15)), zero);
  const __m256i high = _mm256_sub_epi32(_mm256_srli_epi32(bytes, 4), zero);
  store(even, multiply(_mm256_cvtepi32_ps(low), scale));
  store(odd, multiply(_mm256_cvtepi32_ps(high), scale));
}

#include <glossa/kernels/level/exponential.inl>

#include <glossa/kernels/level/level.inl>

}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
