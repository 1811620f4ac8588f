// The inputs of linear layers come in; what they are like, and factors that make them easier to round, go out.
#pragma once

#include <glossa/encoder/layer_names.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {

/// What each element of a linear layer's input is like, over some texts.
struct InputStatistics {
  std::vector<float> most;  ///< largest magnitudes
  std::vector<double> sums;
  std::size_t rows = 0;
  /// How much of the differences between elements is moved from the rows to the weights; see smoothing_factors().
  /// 0: nothing.
  float exponent = 0;

  InputStatistics(std::size_t size, float smoothing) : most(size, 0.0F), sums(size, 0.0), exponent(smoothing) {}

  /// from: [count, most.size()] with `stride`.
  void add(const float* from, std::size_t stride, std::size_t count) {
    for (std::size_t r = 0; r < count; ++r)
      for (std::size_t k = 0; k < most.size(); ++k) {
        const float value = from[r * stride + k];
        most[k] = std::max(most[k], std::fabs(value));
        sums[k] += static_cast<double>(value);
      }
    rows += count;
  }

  [[nodiscard]] double mean(std::size_t k) const noexcept {
    return rows == 0 ? 0.0 : sums[k] / static_cast<double>(rows);
  }
};

/// The inputs of one encoder layer's linear layers. Those behind a LayerNorm are smoothed: a few of their elements are
/// far larger than the others, and would leave these few steps of the 8-bit integers. The other two gain nothing. The
/// exponents are those that kept most of the cosines of multilingual-e5-small and all-MiniLM-L6-v2.
class LayerStatistics {
 public:
  explicit LayerStatistics(const LayerNames& names)
      : names_{names.qkv.joined, names.attention_output.joined, names.wide.joined, names.narrow.joined},
        inputs_{InputStatistics(names.qkv.inputs, exponent_of(names, names.qkv)),
                InputStatistics(names.attention_output.inputs, exponent_of(names, names.attention_output)),
                InputStatistics(names.wide.inputs, exponent_of(names, names.wide)),
                InputStatistics(names.narrow.inputs, exponent_of(names, names.narrow))} {}

  /// InputStatistics::exponent of one of the layer's linear layers.
  [[nodiscard]] static float exponent_of(const LayerNames& names, const LinearName& linear) noexcept {
    if (linear.joined == names.qkv.joined) return 0.85F;
    return linear.joined == names.wide.joined ? 0.6F : 0.0F;
  }

  /// Those of one of the layer's linear layers.
  [[nodiscard]] InputStatistics& of(const LinearName& linear) noexcept { return inputs_[place(linear)]; }
  [[nodiscard]] const InputStatistics& of(const LinearName& linear) const noexcept { return inputs_[place(linear)]; }

 private:
  [[nodiscard]] std::size_t place(const LinearName& linear) const noexcept {
    std::size_t i = 0;
    while (i + 1 < names_.size() && names_[i] != linear.joined) ++i;
    return i;
  }

  std::array<std::string, 4> names_;
  std::array<InputStatistics, 4> inputs_;
};

/// What is known of the input of one of a layer's linear layers, or null.
[[nodiscard]] inline const InputStatistics* of(const LayerStatistics* statistics, const LinearName& linear) noexcept {
  return statistics == nullptr ? nullptr : &statistics->of(linear);
}

/// SmoothQuant (Xiao et al. 2022): element k of the rows is multiplied by factor k, and the weights that meet it are
/// divided by it. factor = weights' largest magnitude ^ (1 - exponent) / input's largest magnitude ^ exponent.
/// largest_weights: for each element of the input.
[[nodiscard]] inline std::vector<float> smoothing_factors(const InputStatistics& input,
                                                          const std::vector<float>& largest_weights) {
  constexpr float kLeast = 1e-5F;
  std::vector<float> factors(input.most.size());
  for (std::size_t k = 0; k < factors.size(); ++k) {
    const float most = std::max(input.most[k], kLeast);
    const float weight = std::max(largest_weights[k], kLeast);
    factors[k] = std::pow(weight, 1 - input.exponent) / std::pow(most, input.exponent);
  }
  return factors;
}

}  // namespace glossa::detail
