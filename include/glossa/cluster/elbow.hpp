// A falling curve comes in; where it stops falling steeply goes out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

struct Elbow {
  std::size_t at = 0;      ///< the point's index
  bool confirmed = false;  ///< false: no point counts as an elbow, and `at` is the one that is farthest from the chord
};

/// Kneedle (Satopää et al. 2011, "Finding a 'Kneedle' in a Haystack") for curves that fall and are convex: of the
/// points where the curve, scaled to a unit square, is farther below the chord than around them, the first from which
/// it then comes back by `sensitivity` mean steps. x ascends. Without smoothing: inertias are not measured with noise.
[[nodiscard]] inline Elbow find_elbow(std::span<const double> x, std::span<const double> y, double sensitivity) {
  const std::size_t count = x.size();
  if (count < 3) return {};
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  const double height = *high - *low;
  const double width = x.back() - x.front();
  if (height <= 0 || width <= 0) return {};
  std::vector<double> difference(count);
  for (std::size_t i = 0; i < count; ++i) difference[i] = (*high - y[i]) / height - (x[i] - x.front()) / width;
  const double mean_step = 1 / static_cast<double>(count - 1);
  double threshold = 0;
  bool has_candidate = false;
  std::size_t candidate = 0;
  for (std::size_t i = 1; i + 1 < count; ++i) {
    if (difference[i] >= difference[i - 1] && difference[i] >= difference[i + 1]) {
      candidate = i;
      has_candidate = true;
      threshold = difference[i] - sensitivity * mean_step;
    }
    if (has_candidate && difference[i + 1] < threshold) return {candidate, true};
  }
  const auto most = std::max_element(difference.begin(), difference.end());
  return {static_cast<std::size_t>(most - difference.begin()), false};
}

}  // namespace glossa::detail
