// A number of threads comes in; how many multiply-adds of T the machine can do a second goes out, measured.
#pragma once

#include <glossa/kernels/packet.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

namespace bench {

/// Floating-point operations a second (a multiply-add counts two) of one thread that does nothing else: as many
/// independent chains as hide the latency, all in registers, through the same packets as the kernels.
template <class T>
double one_thread_peak() {
  using namespace glossa::detail;
  constexpr std::size_t kChains = kRegisters >= 32 ? 24 : 12;
  constexpr int kSteps = 200000;
  using Clock = std::chrono::steady_clock;
  Packet<T> sums[kChains];
  for (std::size_t i = 0; i < kChains; ++i) sums[i] = broadcast(T(0));
  double best = 0;
  for (int run = 0; run < 20; ++run) {
    volatile T factor = T(1) - T(1e-3) * static_cast<T>(run);  // the compiler must not know the operands
    volatile T addend = T(1e-6);
    const Packet<T> x = broadcast(static_cast<T>(factor));
    const Packet<T> y = broadcast(static_cast<T>(addend));
    const auto start = Clock::now();
    for (int step = 0; step < kSteps; ++step)
      for (std::size_t i = 0; i < kChains; ++i) sums[i] = Eigen::internal::pmadd(x, sums[i], y);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * kSteps * static_cast<double>(kChains * kLanes<T>) / seconds);
  }
  T keep = T(0);
  for (const Packet<T>& sum : sums) keep += Eigen::internal::predux(sum);
  volatile T sink = keep;
  (void)sink;
  return best;
}

/// The same of several threads together.
template <class T>
double machine_peak(std::size_t threads) {
  std::vector<double> peaks(threads);
  std::vector<std::thread> workers;
  for (double& peak : peaks) workers.emplace_back([&peak] { peak = one_thread_peak<T>(); });
  double total = 0;
  for (std::size_t i = 0; i < threads; ++i) {
    workers[i].join();
    total += peaks[i];
  }
  return total;
}

}  // namespace bench
