// A level of instructions comes in; the table of its kernels for training goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/training_operations.hpp>

namespace glossa::detail {
inline namespace GLOSSA_KERNELS_SCOPE {

/// The kernels of a level that this processor has; see kernels_of().
template <class T>
[[nodiscard]] TrainingKernels<T> training_kernels_of(CpuLevel level) noexcept;

}  // namespace GLOSSA_KERNELS_SCOPE
}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/kernels/training_dispatch_impl.hpp>
#endif
