// What inputs a linear layer had comes in; factors that make them easier to round go out.
#pragma once

#include <glossa/encoder/layer_names.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa::detail {

/// The largest magnitude of each element of a linear layer's input, over some texts.
struct InputRange {
  std::vector<float> most;
  /// How much of the differences between elements is moved from the rows to the weights; see smoothing_factors().
  float exponent = 0.5F;

  /// rows: [count, most.size()] with `stride`.
  void add(const float* rows, std::size_t stride, std::size_t count) {
    for (std::size_t r = 0; r < count; ++r)
      for (std::size_t k = 0; k < most.size(); ++k) most[k] = std::max(most[k], std::fabs(rows[r * stride + k]));
  }
};

/// The ranges of one encoder layer's inputs behind a LayerNorm: a few of their elements are far larger than the others,
/// and would leave these few steps of the 8-bit integers. The inputs of the other two linear layers gain nothing. The
/// exponents are those that kept most of the cosines of multilingual-e5-small and all-MiniLM-L6-v2.
struct LayerRanges {
  explicit LayerRanges(std::size_t hidden)
      : qkv{std::vector<float>(hidden, 0.0F), 0.8F}, wide{std::vector<float>(hidden, 0.0F), 0.6F} {}

  /// The range of one of the layer's linear layers, or null where none is kept.
  [[nodiscard]] InputRange* of(const LayerNames& names, const LinearName& linear) noexcept {
    if (linear.joined == names.qkv.joined) return &qkv;
    return linear.joined == names.wide.joined ? &wide : nullptr;
  }
  [[nodiscard]] static bool covers(const LayerNames& names, const LinearName& linear) noexcept {
    return linear.joined == names.qkv.joined || linear.joined == names.wide.joined;
  }

  InputRange qkv;
  InputRange wide;
};

/// SmoothQuant (Xiao et al. 2022): element k of the rows is multiplied by factor k, and the weights that meet it are
/// divided by it. factor = weights' largest magnitude ^ (1 - exponent) / input's largest magnitude ^ exponent.
/// largest_weights: for each element of the input.
[[nodiscard]] inline std::vector<float> smoothing_factors(const InputRange& input,
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
