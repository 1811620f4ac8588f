// A level of instructions comes in; how many multiply-adds this machine can do a second with them goes out, measured.
#pragma once

#include <glossa/kernels/cpu_level.hpp>
#include <glossa/kernels/packet.hpp>
#include <glossa/kernels/target.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#if GLOSSA_X86_LEVELS
#include <immintrin.h>
#endif

namespace bench {

/// Operations a second of one thread that does nothing else (a multiply-add counts two), and the instructions that do
/// them. 0 where nothing is known of them.
struct Peak {
  double per_second = 0;
  const char* of = "unknown";
};

namespace detail {

/// Chains of multiply-adds that do not wait for one another: enough to hide the latency, few enough for the registers.
/// Each link takes the last one's result as an operand, so that the compiler has to compute all of them.
inline constexpr std::size_t kChains = 12;
inline constexpr int kSteps = 200000;

/// The best of twenty runs of `steps(run)`, which do `operations` each.
template <class Steps>
double best_rate(double operations, const Steps& steps) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int run = 0; run < 20; ++run) {
    const auto start = Clock::now();
    steps(run);
    best = std::max(best, operations / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Where chain i starts: were all the same, the compiler would compute one.
inline float start_of(std::size_t i) { return 1.0F + 0.25F * static_cast<float>(i); }

/// In what the compiler's flags allow, as the portable kernels.
inline void portable_float_steps(int run, volatile float* sink) {
  using namespace glossa::detail;
  const Packet<float> x = broadcast(1.0F - 1e-3F * static_cast<float>(run));
  const Packet<float> y = broadcast(static_cast<float>(*sink));
  Packet<float> sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = broadcast(start_of(i));
  for (int step = 0; step < kSteps; ++step) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) sums[i] = multiply_add(x, sums[i], y);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = add(sums[0], sums[i]);
  *sink = reduce_add(sums[0]) * 1e-9F;
}

#if GLOSSA_X86_LEVELS

GLOSSA_TARGET("avx2,fma") inline void avx2_float_steps(int run, volatile float* sink) {
  const __m256 x = _mm256_set1_ps(1.0F - 1e-3F * static_cast<float>(run));
  const __m256 y = _mm256_set1_ps(*sink);
  __m256 sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm256_set1_ps(start_of(i));
  for (int step = 0; step < kSteps; ++step) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm256_fmadd_ps(x, sums[i], y);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = _mm256_add_ps(sums[0], sums[i]);
  *sink = _mm256_cvtss_f32(sums[0]) * 1e-9F;
}

GLOSSA_TARGET("avx512f") inline void avx512_float_steps(int run, volatile float* sink) {
  const __m512 x = _mm512_set1_ps(1.0F - 1e-3F * static_cast<float>(run));
  const __m512 y = _mm512_set1_ps(*sink);
  __m512 sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm512_set1_ps(start_of(i));
  for (int step = 0; step < kSteps; ++step) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm512_fmadd_ps(x, sums[i], y);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  *sink = _mm512_cvtss_f32(sums[0]) * 1e-9F;
}

/// sum += pairs of products of x and sum. In assembly, since gcc would move all chains' products before all additions
/// and run out of registers.
GLOSSA_TARGET("avx2") GLOSSA_ALWAYS_INLINE void add_products(__m256i& sum, __m256i x) {
#if defined(__GNUC__)
  __m256i products;
  __asm__(
      "vpmaddwd {%[sum], %[x], %[products]|%[products], %[x], %[sum]}\n\t"
      "vpaddd {%[products], %[sum], %[sum]|%[sum], %[sum], %[products]}"
      : [sum] "+x"(sum), [products] "=&x"(products)
      : [x] "x"(x));
#else
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, sum));
#endif
}

/// The same with SSE2, which is in every 64-bit x86 processor.
GLOSSA_ALWAYS_INLINE void add_products(__m128i& sum, __m128i x) {
#if defined(__GNUC__)
  __m128i products;
  __asm__(
      "movdqa {%[sum], %[products]|%[products], %[sum]}\n\t"
      "pmaddwd {%[x], %[products]|%[products], %[x]}\n\t"
      "paddd {%[products], %[sum]|%[sum], %[products]}"
      : [sum] "+x"(sum), [products] "=&x"(products)
      : [x] "x"(x));
#else
  sum = _mm_add_epi32(sum, _mm_madd_epi16(x, sum));
#endif
}

GLOSSA_TARGET("avx2") inline void avx2_int8_steps(int run, volatile int* sink) {
  const __m256i x = _mm256_set1_epi16(static_cast<std::int16_t>(run + *sink));
  __m256i sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm256_add_epi32(x, _mm256_set1_epi32(static_cast<int>(i)));
  for (int step = 0; step < kSteps; ++step) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) add_products(sums[i], x);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = _mm256_xor_si256(sums[0], sums[i]);
  *sink = _mm256_extract_epi32(sums[0], 0) & 1;
}

inline void sse2_int8_steps(int run, volatile int* sink) {
  const __m128i x = _mm_set1_epi16(static_cast<std::int16_t>(run + *sink));
  __m128i sums[kChains];
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = _mm_add_epi32(x, _mm_set1_epi32(static_cast<int>(i)));
  for (int step = 0; step < kSteps; ++step) {
    GLOSSA_UNROLL
    for (std::size_t i = 0; i < kChains; ++i) add_products(sums[i], x);
  }
  GLOSSA_UNROLL
  for (std::size_t i = 1; i < kChains; ++i) sums[0] = _mm_xor_si128(sums[0], sums[i]);
  *sink = _mm_cvtsi128_si32(sums[0]) & 1;
}

#endif

}  // namespace detail

/// Of f32: what one thread can do with the fused multiply-adds of a level's registers.
inline Peak float_peak([[maybe_unused]] glossa::CpuLevel level) {
  volatile float sink = 1e-6F;
  const auto rate = [&](std::size_t lanes, void (*steps)(int, volatile float*)) {
    return detail::best_rate(2.0 * detail::kSteps * detail::kChains * static_cast<double>(lanes),
                             [&](int run) { steps(run, &sink); });
  };
#if GLOSSA_X86_LEVELS
  if (level == glossa::CpuLevel::avx512) return {rate(16, detail::avx512_float_steps), "vfmadd, 512 bits"};
  if (level == glossa::CpuLevel::avx2) return {rate(8, detail::avx2_float_steps), "vfmadd, 256 bits"};
#endif
  return {rate(glossa::detail::kLanes<float>, detail::portable_float_steps), "the compiler's multiply-add"};
}

/// Of products with 8-bit weights: what one thread can do with the instructions that a level's kernels use, which
/// multiply 16-bit integers and add up pairs of them. AVX-512 uses those of AVX2.
inline Peak int8_peak([[maybe_unused]] glossa::CpuLevel level) {
#if GLOSSA_X86_LEVELS
  volatile int sink = 1;
  const auto rate = [&](std::size_t lanes, void (*steps)(int, volatile int*)) {
    return detail::best_rate(2.0 * detail::kSteps * detail::kChains * static_cast<double>(lanes),
                             [&](int run) { steps(run, &sink); });
  };
  if (level >= glossa::CpuLevel::avx2) return {rate(16, detail::avx2_int8_steps), "vpmaddwd + vpaddd, 256 bits"};
  return {rate(8, detail::sse2_int8_steps), "pmaddwd + paddd, 128 bits"};
#else
  return {};
#endif
}

}  // namespace bench
