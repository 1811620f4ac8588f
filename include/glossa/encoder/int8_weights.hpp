// The weights of linear layers come in, as numbers or as 8-bit integers; matrices of 8-bit integers go out.
#pragma once

#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

// A file of 8-bit weights says kInt8Form in its metadata. It holds, for each linear layer, its matrix in the kernels'
// order (`joined`.weight, I8 [columns / 16, depth / 4, 16, 4]) and its scales (`joined`.weight_scale, F32 [groups of
// the depth, columns]), see int8_operations.hpp; the word vectors as I8 [words, hidden] with a scale for each
// kWordGroup elements (F32 [words, groups]); and all else as F32.

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

/// The matrix of `name`, quantized here.
[[nodiscard]] inline Int8Matrix quantize_linear(const Weights& weights, const LinearName& name) {
  Int8Matrix matrix(name.inputs, name.columns());
  for_each_part<float>(weights, name, [&](std::size_t first, const float* rows) {
    matrix.set_columns_from_rows(first, name.outputs, rows, name.inputs, name.inputs);
  });
  return matrix;
}

/// The matrix of `name` in the mapped file. Errors: `corrupt_file` for another type, shape, or a scale that is no
/// finite number.
[[nodiscard]] inline Int8Matrix map_linear(const Weights& weights, const LinearName& name) {
  const auto [file, values] = weights.view(name.joined + ".weight", DType::i8, int8_shape(name.inputs, name.columns()));
  std::vector<float> scales =
      weights.read<float>(name.joined + ".weight_scale", int8_scale_shape(name.inputs, name.columns()));
  return Int8Matrix(name.inputs, name.columns(), reinterpret_cast<const std::int8_t*>(values.data()), std::move(scales),
                    file);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
