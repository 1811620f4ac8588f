// Definitions of bootstrap's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/random_draws.hpp>
#include <glossa/core/error.hpp>
#include <glossa/eval/bootstrap.hpp>
#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

inline void check(const BootstrapOptions& options) {
  if (options.resamples == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "resamples", .expected = "at least 1", .found = "0"});
  if (!(options.confidence > 0 && options.confidence < 1))
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "confidence", .expected = "a number between 0 and 1", .found = std::to_string(options.confidence)});
}

/// Twice the smaller of the shares at or below 0, and at or above it; the given sample is counted among them, so that
/// none is 0.
[[nodiscard]] inline double two_sided_p(std::span<const double> values) noexcept {
  const auto low = std::count_if(values.begin(), values.end(), [](double value) { return value <= 0; });
  const auto high = std::count_if(values.begin(), values.end(), [](double value) { return value >= 0; });
  const double smaller = static_cast<double>(std::min(low, high) + 1) / static_cast<double>(values.size() + 1);
  return std::min(1.0, 2 * smaller);
}

[[nodiscard]] inline double mean_value(std::span<const double> values) noexcept {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// How many of all sign patterns make a sum of at least `limit` by magnitude; each differs from the one before by one
/// sign (a Gray code).
[[nodiscard]] inline std::uint64_t count_all_flips(std::span<const double> differences, double limit) {
  std::vector<double> signs(differences.size(), 1);
  const std::uint64_t patterns = std::uint64_t{1} << differences.size();
  std::uint64_t count = 0;
  for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
    if (pattern > 0) {
      std::size_t changed = 0;
      while ((pattern >> changed & 1) == 0) ++changed;
      signs[changed] = -signs[changed];
    }
    const double sum = std::inner_product(signs.begin(), signs.end(), differences.begin(), 0.0);
    if (std::abs(sum) >= limit) ++count;
  }
  return count;
}

}  // namespace detail

GLOSSA_INLINE BootstrapResult bootstrap(std::size_t items,
                                        const std::function<double(std::span<const std::size_t>)>& statistic,
                                        const BootstrapOptions& options) {
  detail::require_some(items, "items");
  detail::check(options);
  std::vector<std::size_t> drawn(items);
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  BootstrapResult result;
  result.estimate = statistic(drawn);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  result.interval = {kNone, kNone};
  if (std::isnan(result.estimate)) return result;
  detail::RandomDraws draws(options.seed);
  std::vector<double> values;
  values.reserve(options.resamples);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    for (std::size_t& item : drawn) item = draws.below(items);
    const double value = statistic(drawn);
    if (!std::isnan(value)) values.push_back(value);
  }
  result.valid = values.size();
  if (values.empty()) return result;
  std::sort(values.begin(), values.end());
  const double outside = (1 - options.confidence) / 2;
  result.interval = {detail::quantile(values, outside), detail::quantile(values, 1 - outside)};
  result.p = detail::two_sided_p(values);
  return result;
}

GLOSSA_INLINE double sign_flip_p(std::span<const double> differences, const BootstrapOptions& options) {
  detail::require_some(differences.size(), "items");
  detail::require_finite_scores(differences, "items");
  detail::check(options);
  const double sum = std::accumulate(differences.begin(), differences.end(), 0.0);
  const double magnitudes = std::accumulate(differences.begin(), differences.end(), 0.0,
                                            [](double so_far, double value) { return so_far + std::abs(value); });
  const double limit = std::abs(sum) - 1e-12 * magnitudes;  // another order of additions is no smaller difference
  if (differences.size() < 64 && std::uint64_t{1} << differences.size() <= options.resamples)
    return static_cast<double>(detail::count_all_flips(differences, limit)) /
           std::ldexp(1.0, static_cast<int>(differences.size()));
  detail::RandomDraws draws(options.seed);
  std::size_t count = 1;
  for (std::size_t i = 0; i < options.resamples; ++i) {
    double flipped = 0;
    for (const double difference : differences) flipped += draws.unit() < 0.5 ? difference : -difference;
    if (std::abs(flipped) >= limit) ++count;
  }
  return static_cast<double>(count) / static_cast<double>(options.resamples + 1);
}

GLOSSA_INLINE PairedComparison compare_paired(std::span<const double> a, std::span<const double> b,
                                              const BootstrapOptions& options) {
  detail::require_equal_sizes(a.size(), b.size(), "items");
  detail::require_some(a.size(), "items");
  detail::require_finite_scores(a, "items");
  detail::require_finite_scores(b, "items");
  std::vector<double> differences(a.size());
  std::transform(b.begin(), b.end(), a.begin(), differences.begin(), std::minus<>());
  const BootstrapResult resampled = bootstrap(
      a.size(),
      [&](std::span<const std::size_t> drawn) {
        double sum = 0;
        for (const std::size_t item : drawn) sum += differences[item];
        return sum / static_cast<double>(drawn.size());
      },
      options);
  return {.mean_a = detail::mean_value(a),
          .mean_b = detail::mean_value(b),
          .difference = resampled.estimate,
          .interval = resampled.interval,
          .bootstrap_p = resampled.p,
          .permutation_p = sign_flip_p(differences, options)};
}

}  // namespace glossa
