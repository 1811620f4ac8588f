// The weights of linear layers come in, as numbers or as 4-bit blocks; matrices of 4-bit blocks go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/half.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/encoder/scale_check.hpp>
#include <glossa/kernels/int4_matrix.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

// A file of 4-bit weights says kInt4Form in its metadata. It holds, for each linear layer, its matrix in the kernels'
// order (`joined`.weight, U8 [columns / 16, depth / 32, 16, 16]) with its scales (`joined`.weight_scale, F16
// [columns / 16, depth / 32, 16]), see Int4Weights; the word vectors as U8 [words, hidden / 32, 16] with their scales
// (F16 [words, hidden / 32]), a byte holding two neighbours; and all else as F32. All is filled up to whole blocks.

/// Blocks of `size` numbers.
[[nodiscard]] constexpr std::size_t int4_blocks(std::size_t size) noexcept {
  return (size + kInt4Block - 1) / kInt4Block;
}

/// Shape of a matrix's scales in the file.
[[nodiscard]] inline Shape int4_scale_shape(std::size_t depth, std::size_t columns) {
  return {round_up(columns, kWidestPanel) / kSmallColumns, int4_blocks(depth), kSmallColumns};
}

/// Shape of a matrix in the file.
[[nodiscard]] inline Shape int4_shape(std::size_t depth, std::size_t columns) {
  return {round_up(columns, kWidestPanel) / kSmallColumns, int4_blocks(depth), kInt4Block / 2, kSmallColumns};
}

/// Shape of the word vectors' scales; the vectors have kInt4Block / 2 bytes for each.
[[nodiscard]] inline Shape int4_word_scale_shape(std::size_t words, std::size_t hidden) {
  return {words, int4_blocks(hidden)};
}
[[nodiscard]] inline Shape int4_word_shape(std::size_t words, std::size_t hidden) {
  return {words, int4_blocks(hidden), kInt4Block / 2};
}

/// The matrix of `name`, rounded here: each block alone, to what is nearest to it.
[[nodiscard]] inline Int4Matrix round_to_int4(const Weights& weights, const LinearName& name) {
  Int4Matrix matrix(name.inputs, name.columns());
  for_each_part<float>(weights, name, [&](std::size_t first, const float* rows) {
    matrix.set_columns_from_rows(first, name.outputs, rows, name.inputs, name.inputs);
  });
  return matrix;
}

/// The matrix of `name` in the mapped file. Errors: `corrupt_file` for another type, shape, or a scale that is no
/// finite number.
[[nodiscard]] inline Int4Matrix map_int4(const Weights& weights, const LinearName& name) {
  const auto [file, values] = weights.view(name.joined + ".weight", DType::u8, int4_shape(name.inputs, name.columns()));
  const std::string scale = name.joined + ".weight_scale";
  const TensorSource& source = weights.at(scale, DType::f16, int4_scale_shape(name.inputs, name.columns()));
  std::vector<std::uint16_t> scales(static_cast<std::size_t>(source.info->end - source.info->begin) /
                                    sizeof(std::uint16_t));
  source.file->read_raw(*source.info, 0, scales.size(), scales.data());
  for (std::size_t i = 0; i < scales.size(); ++i)
    check_scale(scales[i], kHalfExponent, source, weights.prefix() + scale, i);
  return Int4Matrix(name.inputs, name.columns(), reinterpret_cast<const std::uint8_t*>(values.data()),
                    std::move(scales), file);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
