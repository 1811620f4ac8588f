// A seed comes in; draws go out, the same with every standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

class RandomDraws {
 public:
  explicit RandomDraws(std::uint64_t seed) : engine_(seed) {}

  /// A number below `count`.
  [[nodiscard]] std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }

  /// 64 of them, each 0 or 1 by chance.
  [[nodiscard]] std::uint64_t bits() { return engine_(); }

  /// A number in [0, 1).
  [[nodiscard]] double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  /// An index, drawn by weights that are not negative; any where all are zero.
  [[nodiscard]] std::size_t by_weight(std::span<const double> weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    const double at = unit() * total;
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += weights[i];
      if (sum > at) return i;
    }
    return below(weights.size());
  }

  /// `wanted` different numbers below `count`, in random order; all of them where there are no more.
  [[nodiscard]] std::vector<std::uint32_t> sample(std::size_t count, std::size_t wanted) {
    std::vector<std::uint32_t> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<std::uint32_t>(i);
    if (wanted > count) wanted = count;
    for (std::size_t i = 0; i < wanted; ++i) std::swap(all[i], all[i + below(count - i)]);
    all.resize(wanted);
    return all;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace glossa::detail
