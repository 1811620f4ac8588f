// The kernels of training in what the compiler's flags allow; for float and for double.
#pragma once

#include <glossa/kernels/portable.hpp>
#include <glossa/kernels/training_operations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#define GLOSSA_KERNEL
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {

#include <glossa/kernels/level/training/training.inl>

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE
