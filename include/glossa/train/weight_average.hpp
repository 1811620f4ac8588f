// How far an average of weights reaches back comes in; the share that a step's weights have in it goes out.
#pragma once

#include <algorithm>
#include <cstddef>

namespace glossa::detail {

/// Averages of the weights that training passes through are less noisy than the last of them (Polyak & Juditsky 1992).
/// After step t, from 1 on: average += share · (weights - average), with share = 1 - min(d, (1 + t) / (10 + t)), and at
/// first the initial weights. That limit of d is the warm-up of TensorFlow's ExponentialMovingAverage. Without it the
/// initial weights would have d^t in the average, 0.9 after 100 steps with 0.999: what PreserveOptions::interpolation
/// is for. With it the average is over about the last ninth of the steps, until 1 / (1 - d) are fewer.
/// d = 0: there are no averages, and the share is 0.
[[nodiscard]] inline double average_share(double d, std::size_t t) noexcept {
  if (d == 0) return 0;
  const auto count = static_cast<double>(t);
  return 1 - std::min(d, (1 + count) / (10 + count));
}

}  // namespace glossa::detail
