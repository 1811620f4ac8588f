// Packed operands of training's products in bfloat16 come in; the products go out, by AMX.
#pragma once

#include <glossa/kernels/amx_bf16.hpp>
#include <glossa/kernels/avx512_bf16_training.hpp>

#if GLOSSA_AMX

#define GLOSSA_KERNEL GLOSSA_AMX_TARGET
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace amx {

GLOSSA_KERNEL inline void sum_products(const Bf16Sums& p) {
  static_assert(kBf16Depth == 2 * kTileRows && kWidestPanel % 32 == 0);
  const Tiles tiles;
  bf16::sum_blocks<&multiply_tile_rows>(p);
}

}  // namespace amx
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
