// The inputs of a linear layer come in; the range in which they become 8-bit integers goes out.
#pragma once

#include <glossa/encoder/calibration_error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace glossa::detail {

/// How numbers become integers from 0 to 255: (integer - zero) · scale. 0 stays 0.
struct InputRange {
  float scale = 1;
  std::uint8_t zero = 0;

  /// The range from `least`, at most 0, to `most`, at least 0.
  [[nodiscard]] static InputRange of(float least, float most) {
    InputRange range;
    range.scale = std::max((most - least) / 255, std::numeric_limits<float>::min());
    range.zero = static_cast<std::uint8_t>(std::clamp(std::nearbyint(-least / range.scale), 0.0F, 255.0F));
    return range;
  }

  [[nodiscard]] float round(float value) const {
    const float offset = static_cast<float>(zero);
    return (std::clamp(std::nearbyint(value / scale) + offset, 0.0F, 255.0F) - offset) * scale;
  }
};

/// Some rows of a layer's input, and the limits of all of them.
class InputSample {
 public:
  /// step: every how many rows one is kept.
  InputSample(std::size_t size, std::size_t step) : size_(size), step_(step), least_(size, 0.0F), most_(size, 0.0F) {}

  /// rows: [count, size] with `stride`. Errors: `numeric` for what is not finite.
  void add(const float* rows, std::size_t stride, std::size_t count) {
    for (std::size_t r = 0; r < count; ++r) {
      const float* row = rows + r * stride;
      for (std::size_t k = 0; k < size_; ++k) {
        if (!std::isfinite(row[k])) throw activations_not_finite();
        least_[k] = std::min(least_[k], row[k]);
        most_[k] = std::max(most_[k], row[k]);
      }
      if (seen_++ % step_ == 0) rows_.insert(rows_.end(), row, row + size_);
    }
  }

  /// The largest magnitude of each element.
  [[nodiscard]] std::vector<float> most() const {
    std::vector<float> out(size_);
    for (std::size_t k = 0; k < size_; ++k) out[k] = std::max(-least_[k], most_[k]);
    return out;
  }

  /// Factors that bring elements with outliers closer to the others: 1 / √ of an element's largest magnitude, or of the
  /// median of these where it has less, so that little is known of no element. What an activation function lets through
  /// has magnitudes beyond 30 in a few elements of multilingual-e5-small and below 2 in most: with one scale for all,
  /// the vectors' cosine is .9974, with these factors .9997.
  [[nodiscard]] std::vector<float> evening_factors() const {
    std::vector<float> out = most();
    std::vector<float> sorted = out;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const float median = std::max(*middle, 1e-5F);
    for (float& one : out) one = 1 / std::sqrt(std::max(one, median));
    return out;
  }

  /// The range of the rows once they are multiplied by factors: that of all.
  [[nodiscard]] InputRange range(const std::vector<float>& factors) const {
    float least = 0;
    float most = 0;
    for (std::size_t k = 0; k < size_; ++k) {
      least = std::min(least, least_[k] * factors[k]);
      most = std::max(most, most_[k] * factors[k]);
    }
    return InputRange::of(least, most);
  }

  /// The means of the multiplied rows, exact and, where there is a range, rounded.
  [[nodiscard]] std::pair<std::vector<double>, std::vector<double>> means(const std::vector<float>& factors,
                                                                          const InputRange* range) const {
    std::vector<double> exact(size_, 0.0);
    std::vector<double> rounded(size_, 0.0);
    const std::size_t rows = rows_.size() / size_;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const float value = rows_[i] * factors[i % size_];
      exact[i % size_] += static_cast<double>(value) / static_cast<double>(rows);
      rounded[i % size_] +=
          static_cast<double>(range == nullptr ? value : range->round(value)) / static_cast<double>(rows);
    }
    return {std::move(exact), std::move(rounded)};
  }

 private:
  std::size_t size_;
  std::size_t step_;
  std::size_t seen_ = 0;
  std::vector<float> least_;
  std::vector<float> most_;
  std::vector<float> rows_;
};

}  // namespace glossa::detail
