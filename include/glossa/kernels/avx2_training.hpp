// The kernels of training for processors with AVX2 and FMA.
#pragma once

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/training_operations.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx2 {

#include <glossa/kernels/level/training/training.inl>

}  // namespace avx2
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
