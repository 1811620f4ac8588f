// The kernels for processors with AVX-512 F, BW, DQ and VL.
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

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
  using Type = __m512;
};
template <class T>
using Vector = typename VectorOf<T>::Type;
template <class T>
inline constexpr std::size_t kLanes = 64 / sizeof(T);
inline constexpr std::size_t kRegisters = 32;

/// gcc 12 warns of uninitialised values in the unmasked forms of some intrinsics; with this mask they are the same.
inline constexpr __mmask16 kAll = 0xFFFF;

GLOSSA_KERNEL_INLINE __m512 load(const float* from) { return _mm512_loadu_ps(from); }
GLOSSA_KERNEL_INLINE void store(float* to, __m512 value) { _mm512_storeu_ps(to, value); }
GLOSSA_KERNEL_INLINE __m512 broadcast(float value) { return _mm512_set1_ps(value); }
GLOSSA_KERNEL_INLINE __m512 add(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
GLOSSA_KERNEL_INLINE __m512 subtract(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
GLOSSA_KERNEL_INLINE __m512 multiply(__m512 a, __m512 b) { return _mm512_mul_ps(a, b); }
GLOSSA_KERNEL_INLINE __m512 divide(__m512 a, __m512 b) { return _mm512_div_ps(a, b); }
GLOSSA_KERNEL_INLINE __m512 square_root(__m512 a) { return _mm512_maskz_sqrt_ps(kAll, a); }
GLOSSA_KERNEL_INLINE __m512 multiply_add(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
GLOSSA_KERNEL_INLINE __m512 smallest(__m512 a, __m512 b) { return _mm512_maskz_min_ps(kAll, a, b); }
GLOSSA_KERNEL_INLINE __m512 largest(__m512 a, __m512 b) { return _mm512_maskz_max_ps(kAll, a, b); }
GLOSSA_KERNEL_INLINE float reduce_add(__m512 a) {
  const __m256 half = _mm256_add_ps(_mm512_maskz_extractf32x8_ps(0xFF, a, 0), _mm512_maskz_extractf32x8_ps(0xFF, a, 1));
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}
GLOSSA_KERNEL_INLINE std::int32_t add_up(__m512i sums) {
  const __m256i half =
      _mm256_add_epi32(_mm512_maskz_extracti32x8_epi32(0xFF, sums, 0), _mm512_maskz_extracti32x8_epi32(0xFF, sums, 1));
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}
GLOSSA_KERNEL_INLINE float reduce_largest(__m512 a) {
  const __m256 half = _mm256_max_ps(_mm512_maskz_extractf32x8_ps(0xFF, a, 0), _mm512_maskz_extractf32x8_ps(0xFF, a, 1));
  __m128 most = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  most = _mm_max_ps(most, _mm_movehl_ps(most, most));
  return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
}
/// Bit i: whether a[i] is not less than b[i].
GLOSSA_KERNEL_INLINE unsigned lanes_not_below(__m512 a, __m512 b) {
  return static_cast<unsigned>(_mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ));
}
/// sum[i] += a[i]
GLOSSA_KERNEL_INLINE void add_wide(double* sum, __m512 a) {
  const __m512d low = _mm512_maskz_cvtps_pd(0xFF, _mm512_maskz_extractf32x8_ps(0xFF, a, 0));
  const __m512d high = _mm512_maskz_cvtps_pd(0xFF, _mm512_maskz_extractf32x8_ps(0xFF, a, 1));
  _mm512_storeu_pd(sum, _mm512_add_pd(_mm512_loadu_pd(sum), low));
  _mm512_storeu_pd(sum + 8, _mm512_add_pd(_mm512_loadu_pd(sum + 8), high));
}
GLOSSA_KERNEL_INLINE __m512 nearest(__m512 a) {
  return _mm512_maskz_roundscale_ps(kAll, a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
GLOSSA_KERNEL_INLINE __m512 scale_by_power(__m512 value, __m512 exponent) {
  return _mm512_maskz_scalef_ps(kAll, value, exponent);
}

GLOSSA_KERNEL_INLINE __m512 nearest_bf16(__m512 value) {
  const __m512i bits = _mm512_castps_si512(value);
  const __m512i odd = _mm512_and_si512(_mm512_maskz_srli_epi32(kAll, bits, 16), _mm512_set1_epi32(1));
  const __m512i up = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
  const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
  const __m512i both = _mm512_mask_blend_epi32(_mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q), up, quiet);
  return _mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32(-0x10000)));
}
GLOSSA_KERNEL_INLINE void store_bf16(std::uint16_t* to, __m512 value) {
  const __m512i high = _mm512_maskz_srli_epi32(kAll, _mm512_castps_si512(nearest_bf16(value)), 16);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_maskz_cvtepi32_epi16(kAll, high));
}
GLOSSA_KERNEL_INLINE void expand_bf16(const std::uint16_t* from, float* even, float* odd) {
  const __m512i pairs = _mm512_loadu_si512(from);
  store(even, _mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, pairs, 16)));
  store(odd, _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(-0x10000))));
}
GLOSSA_KERNEL_INLINE __m512 load_half(const std::uint16_t* from) {
  return _mm512_maskz_cvtph_ps(kAll, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
GLOSSA_KERNEL_INLINE __m512 load_bf16(const std::uint16_t* from) {
  const __m256i narrow = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, _mm512_maskz_cvtepu16_epi32(kAll, narrow), 16));
}
/// Σ a·(b - 128) of a multiple of 64 bytes.
GLOSSA_KERNEL_INLINE std::int32_t code_dot(const std::int8_t* a, const std::uint8_t* b, std::size_t count) {
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t k = 0; k < count; k += 32) {
    const __m512i x = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + k)));
    const __m512i y = _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + k)));
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(x, _mm512_sub_epi16(y, _mm512_set1_epi16(128))));
  }
  return add_up(sum);
}
/// What a 4-bit number is before its scale: the permutation that looks it up reads just four bits of a lane.
GLOSSA_KERNEL_INLINE __m512 int4_values() {
  return _mm512_set_ps(7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8);
}
GLOSSA_KERNEL_INLINE __m512i load_int4(const std::uint8_t* from) {
  return _mm512_maskz_cvtepu8_epi32(kAll, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
GLOSSA_KERNEL_INLINE __m512 lower_int4(__m512i bytes, __m512 scale) {
  return _mm512_mul_ps(_mm512_maskz_permutexvar_ps(kAll, bytes, int4_values()), scale);
}
GLOSSA_KERNEL_INLINE __m512 upper_int4(__m512i bytes, __m512 scale) {
  return lower_int4(_mm512_maskz_srli_epi32(kAll, bytes, 4), scale);
}
GLOSSA_KERNEL_INLINE void expand_int4(const std::uint8_t* from, __m512 scale, float* even, float* odd) {
  const __m512i bytes = load_int4(from);
  store(even, lower_int4(bytes, scale));
  store(odd, upper_int4(bytes, scale));
}

#include <glossa/kernels/level/exponential.inl>

#include <glossa/kernels/level/level.inl>

}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
