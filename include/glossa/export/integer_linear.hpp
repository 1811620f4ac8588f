// The weights of a linear layer come in; 8-bit integers with a scale for each column go out.
#pragma once

#include <glossa/export/constants.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// A linear layer in integers: its weights are integers · scale of the column; the rest is as in LinearStep.
struct IntegerLinear {
  std::vector<std::int8_t> integers;        ///< [inputs, columns]
  std::vector<float> scales;                ///< [columns]
  std::vector<float> bias;                  ///< [columns]
  std::vector<std::int32_t> bias_integers;  ///< [columns]; see round_bias()
  std::vector<float> bias_scales;           ///< [columns]
  std::vector<float> input_factors;         ///< empty: none
  float input_scale = 0;
  std::uint8_t input_zero = 0;
};

/// The scale of a column, whose largest weight becomes 127; never 0.
[[nodiscard]] inline float column_scale(const float* weights, std::size_t inputs) {
  float most = 0;
  for (std::size_t k = 0; k < inputs; ++k) most = std::max(most, std::fabs(weights[k]));
  return most > 0 ? most / 127 : 1.0F;
}

/// Rounds weights [columns, inputs] to the nearest integers.
[[nodiscard]] inline IntegerLinear round_columns(const std::vector<float>& weights, std::size_t inputs) {
  IntegerLinear out;
  out.scales.resize(weights.size() / inputs);
  std::vector<std::int8_t> rows(weights.size());
  for (std::size_t j = 0; j < out.scales.size(); ++j) {
    const float* from = weights.data() + j * inputs;
    out.scales[j] = column_scale(from, inputs);
    for (std::size_t k = 0; k < inputs; ++k)
      rows[j * inputs + k] =
          static_cast<std::int8_t>(std::clamp(std::nearbyint(from[k] / out.scales[j]), -127.0F, 127.0F));
  }
  out.integers = transposed<std::int8_t>(rows, inputs);
  return out;
}

/// How a layer whose inputs have ranges of their own adds its bias.
enum class BiasForm {
  exact,
  rounded,  ///< as integers would, in floating point
  integers
};

/// Rounds the bias to integers · input_scale · scale of the column, as operators add it that multiply integers: with
/// sums of products, to half of what one product of integers may change. A column whose scale would make that more than
/// 2^30 gets a larger one; its weights are nothing beside such a bias.
inline void round_bias(IntegerLinear& layer) {
  constexpr float kMost = 1 << 30;
  const std::size_t columns = layer.scales.size();
  layer.bias_integers.resize(columns);
  layer.bias_scales.resize(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    const float least = std::fabs(layer.bias[j]) / kMost / layer.input_scale;
    if (layer.scales[j] < least) {
      for (std::size_t k = j; k < layer.integers.size(); k += columns)
        layer.integers[k] =
            static_cast<std::int8_t>(std::nearbyint(static_cast<float>(layer.integers[k]) * (layer.scales[j] / least)));
      layer.scales[j] = least;
    }
    layer.bias_scales[j] = layer.input_scale * layer.scales[j];
    layer.bias_integers[j] =
        static_cast<std::int32_t>(std::clamp(std::nearbyint(layer.bias[j] / layer.bias_scales[j]), -kMost, kMost));
    layer.bias[j] = static_cast<float>(layer.bias_integers[j]) * layer.bias_scales[j];
  }
}

}  // namespace glossa::detail
