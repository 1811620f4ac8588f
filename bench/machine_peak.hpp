// A level of instructions comes in; how many multiply-adds this machine can do a second with them goes out, measured.
#pragma once

#include "peak_steps.hpp"

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packet.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace bench {

/// Operations a second of one thread that does nothing else (a multiply-add counts two), and the instructions that do
/// them. 0 where nothing is known of them.
struct Peak {
  double per_second = 0;
  const char* of = "unknown";
};

namespace detail {

/// Seconds that the fastest of many short runs takes: short enough that most are not interrupted.
template <class Run>
double best_seconds(int runs, const Run& run) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

/// Of a loop from peak_steps.hpp, whose chains do `multiply_adds` each step.
inline Peak peak_of(double multiply_adds, void (*steps)(std::uint64_t), const char* of) {
  constexpr std::uint64_t kSteps = 50000;
  const double seconds = best_seconds(100, [&] { steps(kSteps); });
  return {2.0 * static_cast<double>(kSteps * kChains) * multiply_adds / seconds, of};
}

}  // namespace detail

// Which instructions a level's products take is decided by kernels/dispatch.hpp; these three repeat its choice.

/// Of f32: the multiply-adds of the level's registers.
inline Peak float_peak([[maybe_unused]] glossa::CpuLevel level) {
#if defined(__GNUC__) && defined(__x86_64__)
  if (level >= glossa::CpuLevel::avx512) return detail::peak_of(16, detail::fma_512, "vfmadd231ps, 512 bits");
  if (level >= glossa::CpuLevel::avx2) return detail::peak_of(8, detail::fma_256, "vfmadd231ps, 256 bits");
#endif
  return detail::peak_of(glossa::detail::kLanes<float>, detail::portable_float, "the compiler's multiply-add");
}

/// Of bf16: dot products of pairs, or, where the level has none, multiply-adds of floats.
inline Peak bf16_peak(glossa::CpuLevel level) {
#if defined(__GNUC__) && defined(__x86_64__)
  if (level >= glossa::CpuLevel::avx512_bf16) return detail::peak_of(32, detail::bf16_512, "vdpbf16ps, 512 bits");
#endif
  return float_peak(level);
}

/// Of products with 8-bit weights: dot products of fours, or, where the level has none, products of 16-bit integers
/// whose pairs are added up; AVX-512 alone takes those of AVX2.
inline Peak int8_peak([[maybe_unused]] glossa::CpuLevel level) {
#if defined(__GNUC__) && defined(__x86_64__)
  if (level >= glossa::CpuLevel::avx512_vnni) return detail::peak_of(64, detail::int8_512, "vpdpbusd, 512 bits");
  if (level == glossa::CpuLevel::avx2_vnni) return detail::peak_of(32, detail::int8_256, "vpdpbusd, 256 bits");
  if (level >= glossa::CpuLevel::avx2) return detail::peak_of(16, detail::wide_256, "vpmaddwd + vpaddd, 256 bits");
  return detail::peak_of(8, detail::wide_128, "pmaddwd + paddd, 128 bits");
#elif defined(__GNUC__) && GLOSSA_NEON_DOT
  return detail::peak_of(16, detail::int8_neon, "sdot, 128 bits");
#else
  return {};
#endif
}

/// Bytes a second that one thread reads from memory that no cache holds: the least time that weights take which are
/// read once, whatever is computed with them.
inline double read_bandwidth() {
  using namespace glossa::detail;
  constexpr std::size_t kFloats = std::size_t{64} << 20;  // 256 MB: more than caches hold
  constexpr std::size_t kPart = kFloats / 16;             // timed alone, so that an interruption costs but one of them
  constexpr std::size_t kStep = 8 * kLanes<float>;
  glossa::AlignedBuffer<float> memory(kFloats);
  std::fill_n(memory.data(), kFloats, 1.0F);
  volatile float sink = 0;
  std::size_t part = 0;
  const double seconds = detail::best_seconds(64, [&] {
    const float* from = memory.data() + part++ % 16 * kPart;
    Packet<float> sums[8];
    for (Packet<float>& sum : sums) sum = broadcast(0.0F);
    for (std::size_t i = 0; i < kPart; i += kStep) {
      GLOSSA_UNROLL
      for (std::size_t j = 0; j < 8; ++j) sums[j] = add(sums[j], load<float>(from + i + j * kLanes<float>));
    }
    for (std::size_t j = 1; j < 8; ++j) sums[0] = add(sums[0], sums[j]);
    sink = reduce_add(sums[0]);
  });
  return static_cast<double>(kPart * sizeof(float)) / seconds;
}

}  // namespace bench
