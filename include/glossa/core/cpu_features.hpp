// The processor comes in; the instruction sets that it and the operating system support go out.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64)
#define GLOSSA_X86 1
#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#else
#define GLOSSA_X86 0
#endif

// Whether kernels for more than the compiler's flags allow are built: they need the registers of 64-bit mode, and gcc
// for Windows keeps 32-byte vectors on a stack that it aligns to 16 (its bug 54412).
#if (defined(__x86_64__) || defined(_M_X64)) && !(defined(_WIN32) && defined(__GNUC__) && !defined(__clang__))
#define GLOSSA_X86_LEVELS 1
#else
#define GLOSSA_X86_LEVELS 0
#endif

namespace glossa {

/// Instruction sets beyond the architecture's first ones, each usable: the operating system saves their registers.
struct CpuFeatures {
  bool avx2 = false;         ///< AVX2, FMA and F16C
  bool avx_vnni = false;     ///< 8-bit dot products in the registers of AVX2
  bool avx512 = false;       ///< AVX-512 F, BW, DQ and VL
  bool avx512_vnni = false;  ///< 8-bit dot products in those of AVX-512
  bool avx512_bf16 = false;  ///< bfloat16 dot products
  bool amx = false;          ///< products of tiles of bytes and of bfloat16 numbers; see may_use_tiles()
};

namespace detail {

#if GLOSSA_X86
struct CpuidLeaf {
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

[[nodiscard]] inline CpuidLeaf cpuid(std::uint32_t leaf, std::uint32_t subleaf) noexcept {
  CpuidLeaf out;
#if defined(_MSC_VER) && !defined(__clang__)
  int registers[4];
  __cpuidex(registers, static_cast<int>(leaf), static_cast<int>(subleaf));
  out = {static_cast<std::uint32_t>(registers[0]), static_cast<std::uint32_t>(registers[1]),
         static_cast<std::uint32_t>(registers[2]), static_cast<std::uint32_t>(registers[3])};
#else
  if (!__get_cpuid_count(leaf, subleaf, &out.eax, &out.ebx, &out.ecx, &out.edx)) out = {};
#endif
  return out;
}

/// Which registers the operating system saves (XCR0).
[[nodiscard]] inline std::uint64_t saved_registers() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  return _xgetbv(0);
#else
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
#endif
}
#endif

[[nodiscard]] constexpr bool has_bits(std::uint64_t value, std::uint64_t bits) noexcept {
  return (value & bits) == bits;
}

}  // namespace detail

/// Asks the processor; the bits are those of the Intel manual's CPUID pages (volume 2A).
[[nodiscard]] inline CpuFeatures cpu_features() noexcept {
  CpuFeatures features;
#if GLOSSA_X86
  using detail::has_bits;
  const auto bit = [](unsigned i) { return std::uint64_t{1} << i; };
  const detail::CpuidLeaf one = detail::cpuid(1, 0);
  if (!has_bits(one.ecx, bit(27) | bit(28))) return features;  // OSXSAVE, AVX
  const std::uint64_t saved = detail::saved_registers();
  if (!has_bits(saved, 0x6)) return features;  // XMM and YMM
  const detail::CpuidLeaf seven = detail::cpuid(7, 0);
  const detail::CpuidLeaf seven_one = seven.eax >= 1 ? detail::cpuid(7, 1) : detail::CpuidLeaf{};
  features.avx2 = has_bits(seven.ebx, bit(5)) && has_bits(one.ecx, bit(12) | bit(29));  // AVX2; FMA, F16C
  features.avx_vnni = features.avx2 && has_bits(seven_one.eax, bit(4));
  features.avx512 = features.avx2 && has_bits(saved, 0xE6) &&  // ... opmask and ZMM
                    has_bits(seven.ebx, bit(16) | bit(17) | bit(30) | bit(31));
  features.avx512_vnni = features.avx512 && has_bits(seven.ecx, bit(11));
  features.avx512_bf16 = features.avx512_vnni && has_bits(seven_one.eax, bit(5));
  features.amx = features.avx512_bf16 && has_bits(saved, 0x60000) &&  // TILECFG and TILEDATA
                 has_bits(seven.edx, bit(22) | bit(24) | bit(25));    // AMX-BF16, -TILE, -INT8
#endif
  return features;
}

}  // namespace glossa
