// The processor's features come in; the level of instructions that the kernels use goes out.
#pragma once

#include <glossa/core/cpu_features.hpp>
#include <glossa/core/tile_permission.hpp>

#include <vector>

namespace glossa {

/// Instructions that the encoder's kernels are written for, from the least that a processor can have to the most; one
/// may lack some in between: most of those with AVX-512 have no AVX-VNNI. Every level gives the same vectors to within
/// rounding: each has the same weights and rows, and products differ by the order of additions; from avx512_bf16 on,
/// bfloat16 denormals are zeros, and attention is in bfloat16 where the precision is not f32.
enum class CpuLevel {
  portable,     ///< what the compiler's flags allow; SSE2 by default on x86-64, NEON on 64-bit ARM
  avx2,         ///< AVX2, FMA, F16C
  avx2_vnni,    ///< and 8-bit dot products (AVX-VNNI)
  avx512,       ///< AVX-512 F, BW, DQ, VL
  avx512_vnni,  ///< and 8-bit dot products
  avx512_bf16,  ///< and those of bfloat16 numbers
  amx,          ///< and products of tiles (AMX) of bytes and of bfloat16 numbers
};

[[nodiscard]] constexpr const char* to_string(CpuLevel level) noexcept {
  switch (level) {
    case CpuLevel::avx2: return "avx2";
    case CpuLevel::avx2_vnni: return "avx2_vnni";
    case CpuLevel::avx512: return "avx512";
    case CpuLevel::avx512_vnni: return "avx512_vnni";
    case CpuLevel::avx512_bf16: return "avx512_bf16";
    case CpuLevel::amx: return "amx";
    default: return "portable";
  }
}

/// The levels that this processor has, lowest first. Where it has AMX, Linux is asked to let this process use it.
[[nodiscard]] inline std::vector<CpuLevel> supported_levels() {
  std::vector<CpuLevel> levels{CpuLevel::portable};
#if GLOSSA_X86_LEVELS
  const CpuFeatures features = cpu_features();
  if (features.avx2) levels.push_back(CpuLevel::avx2);
  if (features.avx_vnni) levels.push_back(CpuLevel::avx2_vnni);
  if (features.avx512) levels.push_back(CpuLevel::avx512);
  if (features.avx512_vnni) levels.push_back(CpuLevel::avx512_vnni);
  if (features.avx512_bf16) levels.push_back(CpuLevel::avx512_bf16);
#if GLOSSA_AMX
  if (features.amx && detail::may_use_tiles()) levels.push_back(CpuLevel::amx);
#endif
#endif
  return levels;
}

/// The level that is used unless another is asked for.
[[nodiscard]] inline CpuLevel default_level() { return supported_levels().back(); }

}  // namespace glossa
