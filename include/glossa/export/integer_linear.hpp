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
  std::vector<std::int8_t> integers;  ///< [inputs, columns]
  std::vector<float> scales;          ///< [columns]
  std::vector<float> bias;            ///< [columns]
  std::vector<float> input_factors;   ///< empty: none
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

}  // namespace glossa::detail
