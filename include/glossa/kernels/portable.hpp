// The kernels in what the compiler's flags allow, through Eigen's packets; for float and for double.
#pragma once

#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/packet.hpp>
#include <glossa/kernels/target.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#define GLOSSA_KERNEL
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {

template <class T>
using Vector = Packet<T>;

#include <glossa/kernels/level/level.inl>

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE
