// The number of a step comes in; its learning rate goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace glossa {

enum class RateShape : std::uint8_t {
  constant,  ///< after the warm-up
  linear,    ///< down to 0 at the end
  cosine,    ///< along half a wave down to 0 (Loshchilov & Hutter 2017)
};

[[nodiscard]] constexpr const char* to_string(RateShape shape) noexcept {
  switch (shape) {
    case RateShape::constant: return "constant";
    case RateShape::cosine: return "cosine";
    default: return "linear";
  }
}

/// A learning rate that rises in a line over the first steps, and falls over the others.
struct RateSchedule {
  double rate = 2e-5;
  RateShape shape = RateShape::linear;
  double warm_up = 0.1;  ///< the share of all steps over which it rises

  /// Of step `step` of `total`, from 0 on: the first one has a rate above 0, as in transformers' schedules shifted by
  /// one.
  [[nodiscard]] double at(std::size_t step, std::size_t total) const noexcept {
    const auto rising = std::min(static_cast<std::size_t>(std::ceil(warm_up * static_cast<double>(total))), total);
    if (step < rising) return rate * static_cast<double>(step + 1) / static_cast<double>(rising);
    if (shape == RateShape::constant) return rate;
    const double rest = static_cast<double>(total - std::min(step, total)) /
                        static_cast<double>(std::max<std::size_t>(total - rising, 1));
    if (shape == RateShape::linear) return rate * rest;
    return rate * 0.5 * (1 - std::cos(3.14159265358979323846 * rest));
  }
};

}  // namespace glossa
