// Differences of the items of two runs come in; draws of their mean go out, and of means over several subsets.
#pragma once

#include <glossa/cluster/random_draws.hpp>
#include <glossa/eval/compared_scores.hpp>
#include <glossa/eval/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// The same mean difference as it might have come out, options.resamples times each; empty where nothing was compared.
struct ComparedDraws {
  std::vector<double> resampled{};  ///< of items drawn with replacement
  std::vector<double> flipped{};    ///< of items some of which changed sides
};

[[nodiscard]] inline ComparedDraws draw_differences(std::span<const double> differences, std::size_t times,
                                                    std::uint64_t seed) {
  RandomDraws draws(seed);
  const auto size = static_cast<double>(differences.size());
  ComparedDraws out;
  out.resampled.reserve(times);
  out.flipped.reserve(times);
  for (std::size_t i = 0; i < times; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < differences.size(); ++j) sum += differences[draws.below(differences.size())];
    out.resampled.push_back(sum / size);
  }
  for (std::size_t i = 0; i < times; ++i) {
    double sum = 0;
    std::uint64_t signs = 0;
    for (std::size_t j = 0; j < differences.size(); ++j, signs >>= 1) {
      if (j % 64 == 0) signs = draws.bits();
      sum += (signs & 1) != 0 ? differences[j] : -differences[j];
    }
    out.flipped.push_back(sum / size);
  }
  return out;
}

/// Puts the interval and p of a difference by its draws; leaves both where there are none.
inline void test_by_draws(ComparedScores& scores, const ComparedDraws& draws, double confidence) {
  if (draws.resampled.empty() || !std::isfinite(scores.difference)) return;
  std::vector<double> sorted = draws.resampled;
  std::sort(sorted.begin(), sorted.end());
  const double outside = (1 - confidence) / 2;
  scores.interval = {quantile(sorted, outside), quantile(sorted, 1 - outside)};
  // Another order of additions is no smaller difference.
  const double limit = std::abs(scores.difference) * (1 - 1e-9) - 1e-13;
  const auto large = std::count_if(draws.flipped.begin(), draws.flipped.end(),
                                   [limit](double value) { return std::abs(value) >= limit; });
  scores.p = static_cast<double>(large + 1) / static_cast<double>(draws.flipped.size() + 1);
}

/// The mean of the scores of parts, whose items are drawn apart from each other: a stratified bootstrap. It is tested
/// where all of its parts are.
class ComparedMean {
 public:
  void add(const ComparedScores& part, const ComparedDraws& draws) {
    only_ = part;
    a_ += part.a;
    b_ += part.b;
    is_tested_ = is_tested_ && !draws.resampled.empty();
    ++count_;
    add(sum_.resampled, draws.resampled);
    add(sum_.flipped, draws.flipped);
  }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  [[nodiscard]] ComparedDraws draws() const {
    if (!is_tested_) return {};
    ComparedDraws mean = sum_;
    for (std::vector<double>* values : {&mean.resampled, &mean.flipped})
      for (double& value : *values) value /= static_cast<double>(count_);
    return mean;
  }

  /// Of one part what that has itself; NaN for none.
  [[nodiscard]] ComparedScores scores(double confidence) const {
    if (count_ == 1) return only_;
    ComparedScores mean;
    mean.a = count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : a_ / static_cast<double>(count_);
    mean.b = count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : b_ / static_cast<double>(count_);
    mean.difference = mean.b - mean.a;
    test_by_draws(mean, draws(), confidence);
    return mean;
  }

 private:
  static void add(std::vector<double>& sum, const std::vector<double>& values) {
    sum.resize(std::max(sum.size(), values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) sum[i] += values[i];
  }

  ComparedScores only_{};
  double a_ = 0;
  double b_ = 0;
  std::size_t count_ = 0;
  bool is_tested_ = true;
  ComparedDraws sum_{};
};

}  // namespace glossa::detail
