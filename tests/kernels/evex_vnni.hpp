// The kernels of avx_vnni.hpp with the instruction's encoding of AVX-512: what is tested of them where AVX-VNNI lacks.
#pragma once

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/row_form.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c,avx512f,avx512vl,avx512vnni")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {
namespace evex {

GLOSSA_KERNEL_INLINE void add_dots(__m256i& sum, __m256i rows, __m256i weights) {
#if defined(__GNUC__)
  __asm__("vpdpbusd {%[weights], %[rows], %[sum]|%[sum], %[rows], %[weights]}"
          : [sum] "+v"(sum)
          : [rows] "v"(rows), [weights] "v"(weights));
#else
  sum = _mm256_dpbusd_epi32(sum, rows, weights);
#endif
}

#include <glossa/kernels/level/int8_dot256.inl>

}  // namespace evex
}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
