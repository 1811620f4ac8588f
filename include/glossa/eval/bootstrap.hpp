// A score of each item comes in, or of each in two runs; how sure the mean and the difference are goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace glossa {

struct BootstrapOptions {
  std::size_t resamples = 10000;  ///< at least 1
  double confidence = 0.95;       ///< the share of resamples that the interval holds; above 0 and below 1
  std::uint64_t seed = 42;        ///< the same seed, the same result
};

/// From the lowest to the highest value that are likely.
struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapResult {
  double estimate = 0;    ///< of the items themselves
  Interval interval{};    ///< percentiles of the resamples, interpolated as by NumPy
  double p = 1;           ///< two-sided, that the true value is 0: twice the share of resamples on its other side
  std::size_t valid = 0;  ///< resamples whose statistic was a number; the others are left out
};

/// A statistic of items under resampling with replacement (Efron 1979), with SciPy's percentile interval.
/// statistic(drawn): called with `items` indices below `items`, of which some come more than once; first with each
/// once. Where the estimate is NaN, or no resample is valid, so is the interval, and p is 1. Errors: `invalid_argument`
/// for no items, and for options out of range; what `statistic` throws.
[[nodiscard]] BootstrapResult bootstrap(std::size_t items,
                                        const std::function<double(std::span<const std::size_t> drawn)>& statistic,
                                        const BootstrapOptions& options = {});

struct PairedComparison {
  double mean_a = 0;
  double mean_b = 0;
  double difference = 0;     ///< b - a
  Interval interval{};       ///< of the difference, see BootstrapResult
  double bootstrap_p = 1;    ///< see BootstrapResult
  double permutation_p = 1;  ///< see sign_flip_p()
};

/// Whether run b is better than run a, by the scores of the same items in both: queries, pairs, texts.
/// Errors: `invalid_argument` for lists of different lengths, none, NaN or infinity, and for options out of range.
[[nodiscard]] PairedComparison compare_paired(std::span<const double> a, std::span<const double> b,
                                              const BootstrapOptions& options = {});

/// The two-sided p-value of the mean difference under exchanges of a and b within items (Fisher 1935): the share of
/// exchanges with a difference at least as large. Over all 2^n where those are no more than options.resamples, as
/// SciPy's permutation_test of kind `samples`; else over so many random ones, the given one counted with them.
/// Errors: see compare_paired().
[[nodiscard]] double sign_flip_p(std::span<const double> differences, const BootstrapOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/bootstrap_impl.hpp>
#endif
