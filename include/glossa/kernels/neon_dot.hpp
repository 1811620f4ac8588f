// Products with 8-bit weights for ARM processors with 8-bit dot products, where the compiler's flags allow these.
#pragma once

#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/portable.hpp>
#include <glossa/kernels/row_form.hpp>

#if GLOSSA_NEON_DOT

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include <arm_neon.h>

#define GLOSSA_KERNEL
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {
namespace neon {

using Sums = int32x4_t;

inline constexpr std::size_t kValueBytes = 1;
/// 20 registers of sums, of 32: with a row more, gcc 12 has too few for the rows, which it reads all at once.
inline constexpr std::size_t kDotRows = 5;
inline constexpr std::size_t kDotUnits = 1;

GLOSSA_KERNEL_INLINE int32x4_t load_sums(const std::int32_t* from) { return vld1q_s32(from); }
GLOSSA_KERNEL_INLINE float32x4_t to_floats(int32x4_t sums) { return vcvtq_f32_s32(sums); }
/// In assembly, since gcc 12 takes two instructions, the second of them in the units of the products.
GLOSSA_KERNEL_INLINE int32x4_t broadcast_four(const std::byte* from) {
  int32x4_t four;
  __asm__("ld1r {%[four].4s}, %[from]" : [four] "=w"(four) : [from] "Q"(*reinterpret_cast<const char(*)[4]>(from)));
  return four;
}
GLOSSA_KERNEL_INLINE void add_dots(int32x4_t& sum, int32x4_t rows, int32x4_t weights) {
  sum = vdotq_s32(sum, vreinterpretq_s8_s32(weights), vreinterpretq_s8_s32(rows));
}
GLOSSA_KERNEL_INLINE void store_rounded(std::byte* to, std::size_t first, float32x4_t value, int zero) {
  const int32x4_t values = vaddq_s32(vcvtnq_s32_f32(value), vdupq_n_s32(zero - 128));
  const int16x4_t words = vmovn_s32(values);
  const int8x8_t bytes = vmovn_s16(vcombine_s16(words, words));
  const std::int32_t four = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
  std::memcpy(to + first, &four, sizeof four);
}

#include <glossa/kernels/level/int8_rows.inl>

#include <glossa/kernels/level/int8_dot.inl>

}  // namespace neon
}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
