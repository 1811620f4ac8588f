// Products with 8-bit weights for processors with 8-bit dot products in the registers of AVX2 (AVX-VNNI).
#pragma once

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/row_form.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c,avxvnni")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {
namespace vnni {

/// In assembly, since gcc 12 moves the sums through memory around the intrinsic. {vex}: without it, assemblers take the
/// encoding of AVX-512, which these processors do not have.
GLOSSA_KERNEL_INLINE void add_dots(__m256i& sum, __m256i rows, __m256i weights) {
#if defined(__GNUC__)
  __asm__("%{vex%} vpdpbusd {%[weights], %[rows], %[sum]|%[sum], %[rows], %[weights]}"
          : [sum] "+x"(sum)
          : [rows] "x"(rows), [weights] "x"(weights));
#else
  sum = _mm256_dpbusd_avx_epi32(sum, rows, weights);
#endif
}

#include <glossa/kernels/level/int8_dot256.inl>

}  // namespace vnni
}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
