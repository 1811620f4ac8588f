// Two vectors come in; their cosine goes out, 1 exactly for those of one direction and length.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace glossa::detail {

/// 1 - ‖a/‖a‖ - b/‖b‖‖²/2, as scikit-learn's paired_cosine_distances has it: pairs of equal texts are a tie, which
/// they are not where the rounding of lengths has a say. A zero vector is divided by 1.
[[nodiscard]] inline double paired_cosine(std::span<const float> a, std::span<const float> b) noexcept {
  const auto length = [](std::span<const float> vector) {
    double squares = 0;
    for (const float value : vector) squares += static_cast<double>(value) * static_cast<double>(value);
    return squares > 0 ? std::sqrt(squares) : 1;
  };
  const double length_of_a = length(a);
  const double length_of_b = length(b);
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) / length_of_a - static_cast<double>(b[i]) / length_of_b;
    squares += difference * difference;
  }
  return 1 - squares / 2;
}

}  // namespace glossa::detail
