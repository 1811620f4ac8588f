// A place in a training run comes in; whether dropout keeps what is there goes out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Dropout (Srivastava et al. 2014) whose masks are not kept but drawn again in the backward pass: a number is a hash
/// of its place (SplitMix64 of Steele et al. 2014), so that it depends neither on threads nor on the order of the work.
class Dropout {
 public:
  /// share: of numbers that become zero, in [0, 1); the others are divided by 1 - share.
  Dropout(double share, std::uint64_t key) noexcept
      : limit_(share <= 0 ? 0 : static_cast<std::uint64_t>(share * 0x1p53)), keep_(1 / (1 - share)), key_(key) {}

  [[nodiscard]] bool is_on() const noexcept { return limit_ > 0; }

  /// What number `index` of site `site` is multiplied by.
  [[nodiscard]] double factor(std::uint64_t site, std::uint64_t index) const noexcept {
    const std::uint64_t bits = mixed(mixed(key_ + site * 0x9E3779B97F4A7C15U) + index * 0xD1B54A32D192ED03U);
    return bits >> 11 < limit_ ? 0.0 : keep_;
  }

  [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
  }

  /// A number for each batch of each step.
  [[nodiscard]] static constexpr std::uint64_t batch_key(std::uint64_t step, std::uint64_t batch) noexcept {
    constexpr std::uint64_t kEach = 64;
    const std::uint64_t key = mixed(step * kEach + batch % kEach);
    return batch < kEach ? key : mixed(key + batch / kEach);  // else a step's batch 64 would be the next one's first
  }

 private:
  std::uint64_t limit_;
  double keep_;
  std::uint64_t key_;
};

}  // namespace glossa::detail
