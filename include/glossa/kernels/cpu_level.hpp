// The processor's features come in; the level of instructions that the kernels use goes out.
#pragma once

#include <glossa/core/cpu_features.hpp>

#include <vector>

namespace glossa {

/// Instructions that the encoder's kernels are written for. Every level gives the same vectors to within rounding.
enum class CpuLevel {
  portable,  ///< what the compiler's flags allow; SSE2 by default on x86-64, NEON on ARM
  avx2,      ///< AVX2, FMA, F16C
  avx512,    ///< AVX-512 F, BW, DQ, VL; not offered yet: no machine has run its tests
};

[[nodiscard]] constexpr const char* to_string(CpuLevel level) noexcept {
  switch (level) {
    case CpuLevel::avx2: return "avx2";
    case CpuLevel::avx512: return "avx512";
    default: return "portable";
  }
}

/// The levels that this processor has and that are offered, lowest first.
[[nodiscard]] inline std::vector<CpuLevel> supported_levels() {
  std::vector<CpuLevel> levels{CpuLevel::portable};
#if GLOSSA_X86_LEVELS
  const CpuFeatures features = cpu_features();
  if (features.avx2) levels.push_back(CpuLevel::avx2);
#endif
  return levels;
}

/// The level that is used unless another is asked for.
[[nodiscard]] inline CpuLevel default_level() { return supported_levels().back(); }

}  // namespace glossa
