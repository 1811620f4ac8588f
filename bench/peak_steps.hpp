// Loops of one instruction each, that do nothing but compute: what machine_peak.hpp times.
#pragma once

#include <glossa/kernels/packet.hpp>
#include <glossa/kernels/target.hpp>

#include <cstddef>
#include <cstdint>

namespace bench::detail {

/// Chains that do not wait for one another: enough to hide the latency, few enough for the registers.
inline constexpr std::size_t kChains = 12;

// The loops are assembly as a whole: from intrinsics, gcc 12 makes code that moves the sums through memory, and what is
// measured then is half of what the kernels reach. The sums stand in registers 0 to 11, the operands in 14 and 15; all
// are zero, which costs no processor more or less time than other values.
#if defined(__GNUC__) && defined(__x86_64__)

#define BENCH_EACH_CHAIN(chain)                                                                                 \
  chain("0") chain("1") chain("2") chain("3") chain("4") chain("5") chain("6") chain("7") chain("8") chain("9") \
      chain("10") chain("11")
#define BENCH_LOOP(name, clear_one, clear, chain)                                                                 \
  inline void name(std::uint64_t steps) {                                                                         \
    __asm__ volatile(BENCH_EACH_CHAIN(clear_one) clear_one("14") clear_one(                                       \
                         "15") ".p2align 5\n1:\n\t" BENCH_EACH_CHAIN(chain) "dec %[steps]\n\tjnz 1b\n\t" clear    \
                     : [steps] "+r"(steps)::"cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", \
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                     \
  }

#define BENCH_CLEAR_VEX(n) "vpxor %%xmm" n ", %%xmm" n ", %%xmm" n "\n\t"
#define BENCH_CLEAR_SSE(n) "pxor %%xmm" n ", %%xmm" n "\n\t"
#define BENCH_FMA_512(n) "vfmadd231ps %%zmm14, %%zmm15, %%zmm" n "\n\t"
#define BENCH_FMA_256(n) "vfmadd231ps %%ymm14, %%ymm15, %%ymm" n "\n\t"
#define BENCH_BF16_512(n) "vdpbf16ps %%zmm14, %%zmm15, %%zmm" n "\n\t"
#define BENCH_INT8_512(n) "vpdpbusd %%zmm14, %%zmm15, %%zmm" n "\n\t"
#define BENCH_INT8_256(n) "%{vex%} vpdpbusd %%ymm14, %%ymm15, %%ymm" n "\n\t"
#define BENCH_WIDE_256(n)                  \
  "vpmaddwd %%ymm14, %%ymm15, %%ymm13\n\t" \
  "vpaddd %%ymm13, %%ymm" n ", %%ymm" n "\n\t"
#define BENCH_WIDE_128(n)        \
  "movdqa %%xmm15, %%xmm13\n\t"  \
  "pmaddwd %%xmm14, %%xmm13\n\t" \
  "paddd %%xmm13, %%xmm" n "\n\t"

BENCH_LOOP(fma_512, BENCH_CLEAR_VEX, "vzeroupper", BENCH_FMA_512)
BENCH_LOOP(fma_256, BENCH_CLEAR_VEX, "vzeroupper", BENCH_FMA_256)
BENCH_LOOP(bf16_512, BENCH_CLEAR_VEX, "vzeroupper", BENCH_BF16_512)
BENCH_LOOP(int8_512, BENCH_CLEAR_VEX, "vzeroupper", BENCH_INT8_512)
BENCH_LOOP(int8_256, BENCH_CLEAR_VEX, "vzeroupper", BENCH_INT8_256)
BENCH_LOOP(wide_256, BENCH_CLEAR_VEX, "vzeroupper", BENCH_WIDE_256)
BENCH_LOOP(wide_128, BENCH_CLEAR_SSE, "", BENCH_WIDE_128)

#undef BENCH_EACH_CHAIN
#undef BENCH_LOOP
#undef BENCH_CLEAR_VEX
#undef BENCH_CLEAR_SSE
#undef BENCH_FMA_512
#undef BENCH_FMA_256
#undef BENCH_BF16_512
#undef BENCH_INT8_512
#undef BENCH_INT8_256
#undef BENCH_WIDE_256
#undef BENCH_WIDE_128

#elif defined(__GNUC__) && defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)

inline void int8_neon(std::uint64_t steps) {
  __asm__ volatile(
      "1:\n\t"
      "sdot v0.4s, v14.16b, v15.16b\n\tsdot v1.4s, v14.16b, v15.16b\n\tsdot v2.4s, v14.16b, v15.16b\n\t"
      "sdot v3.4s, v14.16b, v15.16b\n\tsdot v4.4s, v14.16b, v15.16b\n\tsdot v5.4s, v14.16b, v15.16b\n\t"
      "sdot v6.4s, v14.16b, v15.16b\n\tsdot v7.4s, v14.16b, v15.16b\n\tsdot v8.4s, v14.16b, v15.16b\n\t"
      "sdot v9.4s, v14.16b, v15.16b\n\tsdot v10.4s, v14.16b, v15.16b\n\tsdot v11.4s, v14.16b, v15.16b\n\t"
      "subs %[steps], %[steps], #1\n\tb.ne 1b"
      : [steps] "+r"(steps)::"cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11");
}

#endif

/// Multiply-adds in what the compiler's flags allow, as the portable kernels'. Each link takes the last one's result as
/// an operand, so that the compiler has to compute all of them; were all chains the same, it would compute one.
inline void portable_float(std::uint64_t steps) {
  using namespace glossa::detail;
  static volatile float sink = 1e-6F;
  const Packet<float> x = broadcast(1.0F - static_cast<float>(sink));
  const Packet<float> y = broadcast(static_cast<float>(sink));
  Packet<float> sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = broadcast(1.0F + 0.25F * static_cast<float>(i));
  for (; steps > 0; --steps) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) sums[i] = multiply_add(x, sums[i], y);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = add(sums[0], sums[i]);
  sink = reduce_add(sums[0]) * 1e-9F;
}

}  // namespace bench::detail
