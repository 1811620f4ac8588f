// The weights of linear layers come in, as numbers or as 8-bit integers; matrices of 8-bit integers go out.
#pragma once

#include <glossa/encoder/calibration_error.hpp>
#include <glossa/encoder/input_statistics.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

// A file of 8-bit weights says kInt8Form in its metadata. It holds, for each linear layer, its matrix in the kernels'
// order (`joined`.weight, I8 [columns / 16, depth / 4, 16, 4]), its scales (`joined`.weight_scale, F32 [groups of the
// depth, columns]) and the sums of its groups (`joined`.weight_sum, I16, the same), see int8_operations.hpp, and where
// its input is multiplied by factors, these (`joined`.input_factor, F32 [depth]); the word vectors as I8 [words,
// hidden] with a scale for each kWordGroup elements (BF16 [words, groups]); and all else as F32.

/// Elements of a word vector that share a scale. multilingual-e5-small's have a few large components: with one scale
/// for all 384, some text of 243 loses 1.4e-3 of its cosine to the reference.
inline constexpr std::size_t kWordGroup = 64;

/// Shape of the word vectors' scales.
[[nodiscard]] inline Shape word_scale_shape(std::size_t words, std::size_t hidden) {
  return {words, (hidden + kWordGroup - 1) / kWordGroup};
}

/// Shape of a matrix in the file.
[[nodiscard]] inline Shape int8_shape(std::size_t depth, std::size_t columns) {
  return {round_up(columns, kInt8Columns) / kInt8Columns, round_up(depth, kInt8Depth) / kInt8Depth, kInt8Columns,
          kInt8Depth};
}

[[nodiscard]] inline Shape int8_scale_shape(std::size_t depth, std::size_t columns) {
  return {int8_groups(round_up(depth, kInt8Depth)), round_up(columns, kInt8Columns)};
}

/// The weights of a linear layer.
struct Int8Linear {
  Int8Matrix matrix;
  std::vector<float> factors;     ///< what its input is multiplied by; empty: nothing
  std::vector<float> correction;  ///< what is to be added to its bias; empty: nothing
};

/// Moves a part of the input's range to the weights [columns, inputs]; returns the factors.
[[nodiscard]] inline std::vector<float> smooth(const InputStatistics& input, std::vector<float>& joined) {
  const std::size_t inputs = input.most.size();
  std::vector<float> largest(inputs, 0.0F);
  for (std::size_t i = 0; i < joined.size(); ++i)
    largest[i % inputs] = std::max(largest[i % inputs], std::fabs(joined[i]));
  std::vector<float> factors = smoothing_factors(input, largest);
  for (std::size_t i = 0; i < joined.size(); ++i) joined[i] /= factors[i % inputs];
  return factors;
}

/// The matrix of `name`, quantized here: each weight to its nearest integer. `input`: what is known of its input, or
/// null. Where it is, what rounding the weights takes from the results for the mean input is added back to the bias
/// (bias correction, Nagel et al. 2019).
[[nodiscard]] inline Int8Linear quantize_linear(const Weights& weights, const LinearName& name,
                                                const InputStatistics* input) {
  std::vector<float> joined = joined_weights(weights, name);
  Int8Linear linear;
  linear.matrix = Int8Matrix(name.inputs, name.columns());
  if (input == nullptr) {
    linear.matrix.set_columns_from_rows(0, name.columns(), joined.data(), name.inputs, name.inputs);
    return linear;
  }
  std::vector<double> means(name.inputs);
  for (std::size_t k = 0; k < means.size(); ++k) {
    means[k] = input->mean(k);
    if (!std::isfinite(means[k])) throw activations_not_finite();
  }
  if (input->exponent > 0) {
    linear.factors = smooth(*input, joined);
    for (std::size_t k = 0; k < means.size(); ++k) means[k] *= static_cast<double>(linear.factors[k]);
  }
  std::vector<double> lost(name.columns(), 0.0);
  linear.matrix.set_columns_from_rows(
      0, name.columns(), joined.data(), name.inputs, name.inputs,
      [&](std::size_t j, std::size_t k, std::span<const std::int8_t> values, float scale) {
        const float* exact = joined.data() + j * name.inputs + k;
        for (std::size_t i = 0; i < values.size(); ++i)
          lost[j] += static_cast<double>(exact[i] - scale * static_cast<float>(values[i])) * means[k + i];
      });
  linear.correction.assign(lost.begin(), lost.end());
  return linear;
}

/// The matrix of `name` in the mapped file. Errors: `corrupt_file` for another type, shape, a scale that is no finite
/// number, or a sum that no group can have.
[[nodiscard]] inline Int8Linear map_linear(const Weights& weights, const LinearName& name) {
  constexpr int kMost = 128 * int{kInt8Group};
  const auto [file, values] = weights.view(name.joined + ".weight", DType::i8, int8_shape(name.inputs, name.columns()));
  const Shape groups = int8_scale_shape(name.inputs, name.columns());
  std::vector<float> scales = weights.read<float>(name.joined + ".weight_scale", groups);
  const TensorSource& source = weights.at(name.joined + ".weight_sum", DType::i16, groups);
  std::vector<std::int16_t> sums(scales.size());
  source.file->read_raw(*source.info, 0, sums.size(), sums.data());
  for (std::size_t i = 0; i < sums.size(); ++i)
    if (std::abs(int{sums[i]}) > kMost)
      throw Error(ErrorKind::corrupt_file,
                  {.file = source.file->name(),
                   .field = weights.prefix() + name.joined + ".weight_sum",
                   .problem = "element " + std::to_string(i) + " is no sum of a group",
                   .expected = "from -" + std::to_string(kMost) + " to " + std::to_string(kMost),
                   .found = std::to_string(sums[i]),
                   .remedy = "fetch the file again"});
  Int8Linear linear;
  const std::string factor = name.joined + ".input_factor";
  if (weights.find(factor) != nullptr) linear.factors = weights.read<float>(factor, {name.inputs});
  linear.matrix = Int8Matrix(name.inputs, name.columns(), reinterpret_cast<const std::int8_t*>(values.data()),
                             std::move(scales), std::move(sums), file);
  return linear;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
