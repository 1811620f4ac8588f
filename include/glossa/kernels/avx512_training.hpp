// The kernels of training for processors with AVX-512 F, BW, DQ and VL.
#pragma once

#include <glossa/kernels/avx512.hpp>
#include <glossa/kernels/training_operations.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {

#include <glossa/kernels/level/training/training.inl>

}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
