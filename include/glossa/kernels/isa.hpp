// The compiler's instruction set comes in; the name of the namespace that keeps code for it apart goes out.
#pragma once

#include <Eigen/Core>

// Whether the compiler's flags allow ARM's 8-bit dot products, beside Eigen's packets for NEON.
#if defined(EIGEN_VECTORIZE_NEON) && defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD) && !defined(__AARCH64EB__)
#define GLOSSA_NEON_DOT 1
#else
#define GLOSSA_NEON_DOT 0
#endif

// Functions that the compiler turns into different machine code under different flags lie in
// glossa::detail::GLOSSA_ISA. Two translation units of one program may be built with different -march flags; were
// such functions to share a name, the linker would keep one of them for both, and code that packs a matrix for one
// register width would meet code that reads it for another. The namespace is inline: nobody has to write its name.
#if defined(EIGEN_DONT_VECTORIZE)
#define GLOSSA_ISA isa_scalar
#elif defined(__AVX512F__)
#define GLOSSA_ISA isa_avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define GLOSSA_ISA isa_avx2_fma
#elif defined(__AVX__) && defined(__FMA__)
#define GLOSSA_ISA isa_avx_fma
#elif defined(__AVX__)
#define GLOSSA_ISA isa_avx
#elif defined(__SSE4_1__)
#define GLOSSA_ISA isa_sse4
#elif defined(__SSE2__) || defined(_M_X64)
#define GLOSSA_ISA isa_sse2
#elif GLOSSA_NEON_DOT
#define GLOSSA_ISA isa_neon_dot
#elif defined(__ARM_NEON) || defined(_M_ARM64)
#define GLOSSA_ISA isa_neon
#else
#define GLOSSA_ISA isa_generic
#endif

#define GLOSSA_TEXT_OF(x) #x
#define GLOSSA_TEXT(x) GLOSSA_TEXT_OF(x)

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The instruction set that this translation unit was compiled for.
[[nodiscard]] constexpr const char* isa_name() noexcept { return &GLOSSA_TEXT(GLOSSA_ISA)[4]; }

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
