// Definition of kernels_of(); see core/linkage.hpp.
#pragma once

#include <glossa/kernels/amx_attention.hpp>
#include <glossa/kernels/amx_bf16.hpp>
#include <glossa/kernels/amx_int8.hpp>
#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/avx2_int8.hpp>
#include <glossa/kernels/avx512.hpp>
#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/avx512_bf16_attention.hpp>
#include <glossa/kernels/avx512_vnni.hpp>
#include <glossa/kernels/avx_vnni.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/neon_dot.hpp>
#include <glossa/kernels/portable.hpp>
#include <glossa/kernels/portable_int8.hpp>

#include <cstdint>
#include <type_traits>

namespace glossa::detail {
inline namespace GLOSSA_KERNELS_SCOPE {

#define GLOSSA_KERNELS(level, T)                                                                      \
  {                                                                                                   \
    level::kPanel<T>, &level::multiply_matrix<T>, &level::add_and_normalize<T>, &level::attention<T>, \
        &level::attention_scratch<T>,                                                                 \
        {&level::best_two<T>,          &level::bound_centers<T>, &level::columns_within<T>,           \
         &level::squared_distances<T>, &level::contenders<T>,    &level::add_to_sum<T>},              \
        {}, {}, {}, {}, &level::repel<T>                                                              \
  }
#define GLOSSA_ROW_SUMS(level)                                                                     \
  {                                                                                                \
    &level::sum_rows<level::RowSum::product>, &level::sum_rows<level::RowSum::squared_difference>, \
        &level::sum_rows<level::RowSum::absolute_difference>                                       \
  }
#define GLOSSA_CODE_SUMS(level)                                                                               \
  {                                                                                                           \
    &level::sum_codes<level::F32Code>, &level::sum_codes<level::Bf16Code>, &level::sum_codes<level::F16Code>, \
        &level::sum_int8_codes, &level::sum_bit_codes, &level::widen_codes<level::Bf16Code>,                  \
        &level::widen_codes<level::F16Code>, nullptr                                                          \
  }
#define GLOSSA_ROUNDED_KERNELS(level)                                                                                \
  {                                                                                                                  \
    sizeof(float), &level::round_rows, &level::multiply_rounded<Bf16Weights>, &level::multiply_rounded<Int4Weights>, \
        nullptr, nullptr                                                                                             \
  }

template <class T>
Kernels<T> kernels_of([[maybe_unused]] CpuLevel level) noexcept {
  Kernels<T> kernels GLOSSA_KERNELS(portable, T);
  if constexpr (std::is_same_v<T, float>) {
    kernels.int8 = {RowForm::wide, &portable::quantize, &portable::multiply_int8};
    kernels.bf16 = GLOSSA_ROUNDED_KERNELS(portable);
    kernels.row_sums = GLOSSA_ROW_SUMS(portable);
    kernels.codes = GLOSSA_CODE_SUMS(portable);
#if GLOSSA_NEON_DOT
    kernels.int8 = {RowForm::signed_byte, &portable::neon::quantize, &portable::neon::multiply_int8};
#endif
#if GLOSSA_X86_LEVELS
    if (level >= CpuLevel::avx512) {
      kernels = GLOSSA_KERNELS(avx512, float);
      kernels.bf16 = GLOSSA_ROUNDED_KERNELS(avx512);
      kernels.row_sums = GLOSSA_ROW_SUMS(avx512);
      kernels.codes = GLOSSA_CODE_SUMS(avx512);
    } else if (level >= CpuLevel::avx2) {
      kernels = GLOSSA_KERNELS(avx2, float);
      kernels.bf16 = GLOSSA_ROUNDED_KERNELS(avx2);
      kernels.row_sums = GLOSSA_ROW_SUMS(avx2);
      kernels.codes = GLOSSA_CODE_SUMS(avx2);
    }
    if (level >= CpuLevel::avx2) kernels.int8 = {RowForm::wide, &avx2::quantize, &avx2::multiply_int8};
    if (level == CpuLevel::avx2_vnni) {  // not above: a processor with AVX-512 may lack it
      kernels.int8 = {RowForm::unsigned_byte, &avx2::vnni::quantize, &avx2::vnni::multiply_int8};
      kernels.codes.int8 = &avx2::vnni::dot_codes;
      kernels.codes.int8_product = &avx2::vnni::score_codes;
      kernels.codes.int8_row = &avx2::vnni::code_row;
    }
    if (level >= CpuLevel::avx512_vnni) {
      kernels.int8 = {RowForm::unsigned_byte, &avx512::vnni::quantize, &avx512::vnni::multiply_int8};
      kernels.codes.int8 = &avx512::vnni::dot_codes;
      kernels.codes.int8_product = &avx512::vnni::score_codes;
      kernels.codes.int8_row = &avx512::vnni::code_row;
    }
    if (level >= CpuLevel::avx512_bf16)
      kernels.bf16 = {sizeof(std::uint16_t),
                      &avx512::bf16::round_rows,
                      &avx512::bf16::multiply_bf16<Bf16Weights>,
                      &avx512::bf16::multiply_bf16<Int4Weights>,
                      &avx512::bf16::attention,
                      &avx512::bf16::attention_scratch};
#if GLOSSA_AMX
    if (level >= CpuLevel::amx) {
      kernels.int8.multiply = &avx512::amx::multiply_int8;
      kernels.bf16.multiply = &avx512::amx::multiply_bf16<Bf16Weights>;
      kernels.bf16.multiply_int4 = &avx512::amx::multiply_bf16<Int4Weights>;
      kernels.bf16.attention = &avx512::amx::attention;
      kernels.bf16.attention_scratch = &avx512::amx::attention_scratch;
    }
#endif
#endif
  }
  return kernels;
}

#undef GLOSSA_KERNELS
#undef GLOSSA_ROUNDED_KERNELS
#undef GLOSSA_ROW_SUMS
#undef GLOSSA_CODE_SUMS

#if defined(GLOSSA_IMPLEMENTATION)
template Kernels<float> kernels_of(CpuLevel) noexcept;
template Kernels<double> kernels_of(CpuLevel) noexcept;
#endif

}  // namespace GLOSSA_KERNELS_SCOPE
}  // namespace glossa::detail
