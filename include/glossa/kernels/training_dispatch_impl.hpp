// Definition of training_kernels_of(); see core/linkage.hpp.
#pragma once

#include <glossa/kernels/amx_bf16_training.hpp>
#include <glossa/kernels/avx2_training.hpp>
#include <glossa/kernels/avx512_bf16_training.hpp>
#include <glossa/kernels/avx512_training.hpp>
#include <glossa/kernels/bf16_pack.hpp>
#include <glossa/kernels/portable_training.hpp>
#include <glossa/kernels/training_dispatch.hpp>

#include <cstdint>
#include <type_traits>

namespace glossa::detail {
inline namespace GLOSSA_KERNELS_SCOPE {

#define GLOSSA_TRAINING_KERNELS(level, T)                                                                         \
  {                                                                                                               \
    level::kPanel<T>, &level::multiply_matrix<T>, &level::multiply_row_major<T>, &level::multiply_outer<T>,       \
        &level::activate<T>, &level::activation_gradient<T>, &level::normalize<T>, &level::normalize_gradient<T>, \
        &level::normalize_sums<T>, &level::attend<T>, &level::attention_gradient<T>,                              \
        &level::training_attention_scratch<T>, &level::adamw<T>, {}                                               \
  }

#define GLOSSA_ROUNDED_TRAINING(level)                                                       \
  {                                                                                          \
    sizeof(float), &level::round_rows, &pack_bf16_rows, &pack_bf16_columns, &turn_bf16_rows, \
        &level::sum_rounded_products                                                         \
  }

template <class T>
TrainingKernels<T> training_kernels_of([[maybe_unused]] CpuLevel level) noexcept {
  TrainingKernels<T> kernels GLOSSA_TRAINING_KERNELS(portable, T);
  if constexpr (std::is_same_v<T, float>) {
    kernels.bf16 = GLOSSA_ROUNDED_TRAINING(portable);
#if GLOSSA_X86_LEVELS
    if (level >= CpuLevel::avx512) {
      kernels = GLOSSA_TRAINING_KERNELS(avx512, float);
      kernels.bf16 = GLOSSA_ROUNDED_TRAINING(avx512);
    } else if (level >= CpuLevel::avx2) {
      kernels = GLOSSA_TRAINING_KERNELS(avx2, float);
      kernels.bf16 = GLOSSA_ROUNDED_TRAINING(avx2);
    }
    if (level >= CpuLevel::avx512_bf16)
      kernels.bf16 = {sizeof(std::uint16_t),       &avx512::bf16::round_whole_rows, &avx512::bf16::pack_rows,
                      &avx512::bf16::pack_columns, &avx512::bf16::turn_rows,        &avx512::bf16::sum_products};
#if GLOSSA_AMX
    if (level >= CpuLevel::amx) kernels.bf16.sum_products = &avx512::amx::sum_products;
#endif
#endif
  }
  return kernels;
}

#undef GLOSSA_ROUNDED_TRAINING
#undef GLOSSA_TRAINING_KERNELS

#if defined(GLOSSA_IMPLEMENTATION)
template TrainingKernels<float> training_kernels_of(CpuLevel) noexcept;
template TrainingKernels<double> training_kernels_of(CpuLevel) noexcept;
#endif

}  // namespace GLOSSA_KERNELS_SCOPE
}  // namespace glossa::detail
