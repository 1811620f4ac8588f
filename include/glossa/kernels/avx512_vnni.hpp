// Products with 8-bit weights for processors with the 8-bit dot products of AVX-512 (VNNI).
#pragma once

#include <glossa/kernels/avx512.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/row_form.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace vnni {

using Sums = __m512i;

inline constexpr std::size_t kValueBytes = 1;
inline constexpr std::size_t kDotRows = 6;
inline constexpr std::size_t kDotUnits = 4;

GLOSSA_KERNEL_INLINE __m512i load_sums(const std::int32_t* from) { return _mm512_loadu_si512(from); }
GLOSSA_KERNEL_INLINE __m512i zero_sums() { return _mm512_setzero_si512(); }
GLOSSA_KERNEL_INLINE __m512i same_bytes(char byte) { return _mm512_set1_epi8(byte); }
GLOSSA_KERNEL_INLINE bool any_at_least(__m512 values, __m512 limits) {
  return _mm512_cmp_ps_mask(values, limits, _CMP_GE_OQ) != 0;
}
GLOSSA_KERNEL_INLINE __m512 to_floats(__m512i sums) { return _mm512_maskz_cvtepi32_ps(kAll, sums); }
GLOSSA_KERNEL_INLINE __m512i broadcast_four(const std::byte* from) {
  std::int32_t four;
  std::memcpy(&four, from, sizeof four);
  return _mm512_set1_epi32(four);
}
/// In assembly, since gcc 12 moves the sums through memory around the intrinsic.
GLOSSA_KERNEL_INLINE void add_dots(__m512i& sum, __m512i rows, __m512i weights) {
#if defined(__GNUC__)
  __asm__("vpdpbusd {%[weights], %[rows], %[sum]|%[sum], %[rows], %[weights]}"
          : [sum] "+v"(sum)
          : [rows] "v"(rows), [weights] "v"(weights));
#else
  sum = _mm512_dpbusd_epi32(sum, rows, weights);
#endif
}
GLOSSA_KERNEL_INLINE void store_rounded(std::byte* to, std::size_t first, __m512 value, int zero) {
  const __m512i values = _mm512_add_epi32(_mm512_maskz_cvtps_epi32(kAll, value), _mm512_set1_epi32(zero));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + first), _mm512_maskz_cvtepi32_epi8(kAll, values));
}

/// Four vectors, which store_rounded() would store one by one.
GLOSSA_KERNEL_INLINE void store_four_rounded(std::byte* to, __m512 a, __m512 b, __m512 c, __m512 d, __m512i zero) {
  const __m512i first = _mm512_maskz_packs_epi32(~0U, _mm512_add_epi32(_mm512_maskz_cvtps_epi32(kAll, a), zero),
                                                 _mm512_add_epi32(_mm512_maskz_cvtps_epi32(kAll, b), zero));
  const __m512i second = _mm512_maskz_packs_epi32(~0U, _mm512_add_epi32(_mm512_maskz_cvtps_epi32(kAll, c), zero),
                                                  _mm512_add_epi32(_mm512_maskz_cvtps_epi32(kAll, d), zero));
  // Packing goes by quarters of a register: four numbers of each vector lie side by side.
  const __m512i order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
  const __m512i bytes = _mm512_maskz_packus_epi16(~std::uint64_t{0}, first, second);
  _mm512_storeu_si512(to, _mm512_maskz_permutexvar_epi32(kAll, order, bytes));
}

/// A group's values times `inverse`, rounded.
GLOSSA_KERNEL_INLINE void store_group(std::byte* to, const __m512 (&values)[8], __m512 inverse, int zero) {
  const __m512i offset = _mm512_set1_epi32(zero);
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < 8; i += 4)
    store_four_rounded(to + 16 * i, multiply(values[i], inverse), multiply(values[i + 1], inverse),
                       multiply(values[i + 2], inverse), multiply(values[i + 3], inverse), offset);
}

#include <glossa/kernels/level/int8_rows.inl>

#include <glossa/kernels/level/int8_dot.inl>

#include <glossa/kernels/level/code_dots.inl>

#include <glossa/kernels/level/code_products.inl>

}  // namespace vnni
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
