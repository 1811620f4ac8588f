// The weights of linear layers come in, as numbers or as 8-bit integers; matrices of 8-bit integers go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The table of word vectors, whose element type tells what form a folder's weights have.
inline constexpr std::string_view kWordTable = "embeddings.word_embeddings.weight";

/// What the metadata of files with 8-bit weights say under this key. Such a file holds, for each linear layer, its
/// matrix in the kernels' order (`joined`.weight, I8 [columns / 16, depth / 4, 16, 4]) and its scales
/// (`joined`.weight_scale, F32 [groups of the depth, columns]), see int8_operations.hpp; the word vectors as I8
/// [words, hidden] with a scale for each kWordGroup elements (F32 [words, groups]); and all else as F32.
inline constexpr const char* kFormKey = "glossa.weights";
inline constexpr const char* kInt8Form = "int8-1";

/// Elements of a word vector that share a scale. multilingual-e5-small's have a few large components: with one scale
/// for all 384, some text of 243 loses 1.4e-3 of its cosine to the reference.
inline constexpr std::size_t kWordGroup = 64;

/// Shape of the word vectors' scales.
[[nodiscard]] inline Shape word_scale_shape(std::size_t words, std::size_t hidden) {
  return {words, (hidden + kWordGroup - 1) / kWordGroup};
}

/// Whether the folder's weights are 8-bit integers. Errors: `unsupported` for a form that this version does not know.
[[nodiscard]] inline bool has_int8_weights(const Weights& weights) {
  const TensorSource& words = weights.require(kWordTable);
  const auto form = words.file->metadata().find(kFormKey);
  if (form == words.file->metadata().end()) return false;
  if (form->second == kInt8Form) return true;
  throw Error(ErrorKind::unsupported, {.file = words.file->name(),
                                       .field = std::string("__metadata__.") + kFormKey,
                                       .problem = "the weights have a form that this version cannot read",
                                       .expected = kInt8Form,
                                       .found = form->second,
                                       .remedy = "update glossa, or quantize the model again"});
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
  std::size_t first = 0;
  for (const std::string& part : name.parts) {
    const std::vector<float> values = weights.read<float>(part + ".weight", {name.outputs, name.inputs});
    matrix.set_columns_from_rows(first, name.outputs, values.data(), name.inputs, name.inputs);
    first += name.outputs;
  }
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
