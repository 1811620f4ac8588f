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

/// Whether this processor has a level. For AMX alone, where it has that, Linux is asked to let this process use it.
[[nodiscard]] inline bool is_supported([[maybe_unused]] CpuLevel level) {
#if GLOSSA_X86_LEVELS
  const CpuFeatures features = cpu_features();
  switch (level) {
    case CpuLevel::portable: return true;
    case CpuLevel::avx2: return features.avx2;
    case CpuLevel::avx2_vnni: return features.avx_vnni;
    case CpuLevel::avx512: return features.avx512;
    case CpuLevel::avx512_vnni: return features.avx512_vnni;
    case CpuLevel::avx512_bf16: return features.avx512_bf16;
    case CpuLevel::amx: return features.amx && detail::may_use_tiles();
  }
  return false;
#else
  return level == CpuLevel::portable;
#endif
}

/// The levels that this processor has, lowest first.
[[nodiscard]] inline std::vector<CpuLevel> supported_levels() {
  std::vector<CpuLevel> levels;
  for (const CpuLevel level : {CpuLevel::portable, CpuLevel::avx2, CpuLevel::avx2_vnni, CpuLevel::avx512,
                               CpuLevel::avx512_vnni, CpuLevel::avx512_bf16, CpuLevel::amx})
    if (is_supported(level)) levels.push_back(level);
  return levels;
}

/// The level that is used unless another is asked for.
[[nodiscard]] inline CpuLevel default_level() { return supported_levels().back(); }

}  // namespace glossa
