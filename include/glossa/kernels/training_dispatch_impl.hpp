// Definition of training_kernels_of(); see core/linkage.hpp.
#pragma once

#include <glossa/kernels/avx2_training.hpp>
#include <glossa/kernels/avx512_training.hpp>
#include <glossa/kernels/portable_training.hpp>
#include <glossa/kernels/training_dispatch.hpp>

#include <type_traits>

namespace glossa::detail {
inline namespace GLOSSA_KERNELS_SCOPE {

#define GLOSSA_TRAINING_KERNELS(level, T)                                                                         \
  {                                                                                                               \
    level::kPanel<T>, &level::multiply_matrix<T>, &level::multiply_row_major<T>, &level::multiply_outer<T>,       \
        &level::activate<T>, &level::activation_gradient<T>, &level::normalize<T>, &level::normalize_gradient<T>, \
        &level::normalize_sums<T>, &level::attend<T>, &level::attention_gradient<T>,                              \
        &level::training_attention_scratch<T>, &level::adamw<T>                                                   \
  }

template <class T>
TrainingKernels<T> training_kernels_of([[maybe_unused]] CpuLevel level) noexcept {
#if GLOSSA_X86_LEVELS
  if constexpr (std::is_same_v<T, float>) {
    if (level >= CpuLevel::avx512) return GLOSSA_TRAINING_KERNELS(avx512, float);
    if (level >= CpuLevel::avx2) return GLOSSA_TRAINING_KERNELS(avx2, float);
  }
#endif
  return GLOSSA_TRAINING_KERNELS(portable, T);
}

#undef GLOSSA_TRAINING_KERNELS

#if defined(GLOSSA_IMPLEMENTATION)
template TrainingKernels<float> training_kernels_of(CpuLevel) noexcept;
template TrainingKernels<double> training_kernels_of(CpuLevel) noexcept;
#endif

}  // namespace GLOSSA_KERNELS_SCOPE
}  // namespace glossa::detail
