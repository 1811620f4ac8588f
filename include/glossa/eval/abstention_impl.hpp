// Definitions of abstention's functions; see core/linkage.hpp.
#pragma once

#include <glossa/eval/abstention.hpp>
#include <glossa/eval/paired_sizes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace glossa {
namespace detail {

/// The metric's mean over all queries, and over those that are left at each rate: the area under the curve of both.
struct AbstentionAreas {
  double flat;
  double curve;
};

/// by: queries with the least of it are left out first; of those with as much, each counts as their mean, whatever
/// their order.
[[nodiscard]] inline AbstentionAreas abstention_areas(std::span<const double> metric, std::span<const double> by) {
  constexpr int kRates = 10;
  std::vector<std::size_t> order(by.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return by[a] < by[b]; });
  std::vector<double> sums(order.size() + 1);  // of the metric from each place on
  for (std::size_t end = order.size(); end > 0;) {
    std::size_t first = end - 1;
    while (first > 0 && by[order[first - 1]] == by[order[end - 1]]) --first;
    double mean = 0;
    for (std::size_t i = first; i < end; ++i) mean += metric[order[i]] / static_cast<double>(end - first);
    for (; end > first; --end) sums[end - 1] = sums[end] + mean;
  }
  double area = 0;
  double before = 0;
  for (int i = 0; i < kRates; ++i) {
    const double out = std::nearbyint(i * 0.1 * static_cast<double>(order.size()));  // halves to the even, as Python
    const std::size_t first = std::min(static_cast<std::size_t>(out), order.size() - 1);
    const double mean = sums[first] / static_cast<double>(order.size() - first);
    if (i > 0) area += 0.1 * (before + mean) / 2;
    before = mean;
  }
  return {0.9 * sums[0] / static_cast<double>(order.size()), area};
}

}  // namespace detail

GLOSSA_INLINE Confidence confidence_of(std::span<const float> scores) {
  if (scores.empty()) return {};
  const double count = static_cast<double>(scores.size());
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / count;
  double squares = 0;
  float best = -std::numeric_limits<float>::infinity();
  float second = best;
  for (const float score : scores) {
    squares += (static_cast<double>(score) - mean) * (static_cast<double>(score) - mean);
    second = std::max(second, std::min(best, score));
    best = std::max(best, score);
  }
  Confidence confidence{static_cast<double>(best), std::sqrt(squares / count), 0};
  if (scores.size() > 1) confidence.diff1 = static_cast<double>(best) - static_cast<double>(second);
  return confidence;
}

GLOSSA_INLINE double abstention_area(std::span<const double> confidence, std::span<const double> metric) {
  detail::require_equal_sizes(confidence.size(), metric.size(), "queries");
  detail::require_some(metric.size(), "queries");
  detail::require_finite_scores(confidence, "confidence");
  detail::require_finite_scores(metric, "metric");
  if (std::all_of(metric.begin(), metric.end(), [&](double value) { return value == metric[0]; }))
    return std::numeric_limits<double>::quiet_NaN();
  const auto [flat, found] = detail::abstention_areas(metric, confidence);
  const auto [again, best] = detail::abstention_areas(metric, metric);
  return (found - flat) / (best - again);
}

}  // namespace glossa
