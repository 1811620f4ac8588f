// Definitions of correlation's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/correlation.hpp>
#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/student_t.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// Takes the mean away, twice: the first one was rounded.
inline void centre(std::vector<double>& values) {
  for (int times = 0; times < 2; ++times) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    for (double& value : values) value -= mean;
  }
}

/// The numbers less their mean, by a power of two: their squares are neither infinite nor zero where numbers differ.
/// Empty where all are the same, or one is infinite or NaN.
[[nodiscard]] inline std::vector<double> scaled_deviations(std::span<const double> values) {
  double largest = 0;
  bool differ = false;
  for (const double value : values) {
    if (!std::isfinite(value)) return {};
    largest = std::max(largest, std::abs(value));
    differ = differ || value != values[0];
  }
  if (!differ) return {};
  int exponent = 0;
  (void)std::frexp(largest, &exponent);
  std::vector<double> scaled(values.size());
  std::transform(values.begin(), values.end(), scaled.begin(),
                 [&](double value) { return std::ldexp(value, -exponent); });
  centre(scaled);
  return scaled;
}

}  // namespace detail

GLOSSA_INLINE double pearson(std::span<const double> x, std::span<const double> y) {
  detail::require_equal_sizes(x.size(), y.size(), "correlation");
  const std::vector<double> a = detail::scaled_deviations(x);
  const std::vector<double> b = detail::scaled_deviations(y);
  if (a.empty() || b.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (a.size() == 2) return (a[0] < a[1]) == (b[0] < b[1]) ? 1 : -1;
  double squares_of_a = 0;
  double squares_of_b = 0;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    squares_of_a += a[i] * a[i];
    squares_of_b += b[i] * b[i];
    products += a[i] * b[i];
  }
  return std::clamp(products / (std::sqrt(squares_of_a) * std::sqrt(squares_of_b)), -1.0, 1.0);
}

GLOSSA_INLINE double spearman(std::span<const double> x, std::span<const double> y) {
  detail::require_equal_sizes(x.size(), y.size(), "correlation");
  return pearson(average_ranks(x), average_ranks(y));
}

GLOSSA_INLINE double correlation_p(double correlation, std::size_t count) {
  if (std::isnan(correlation) || count < 2) return std::numeric_limits<double>::quiet_NaN();
  if (std::abs(correlation) > 1)
    throw Error(ErrorKind::invalid_argument,
                {.field = "correlation", .expected = "a number from -1 to 1", .found = std::to_string(correlation)});
  return count == 2 ? 1 : detail::student_tails(correlation, count - 2);
}

GLOSSA_INLINE std::vector<double> average_ranks(std::span<const double> values) {
  std::vector<double> ranks(values.size(), std::numeric_limits<double>::quiet_NaN());
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) return ranks;
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = static_cast<double>(first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

}  // namespace glossa
