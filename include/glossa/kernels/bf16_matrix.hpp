// The weights of a linear layer come in; they go out rounded to bfloat16, in the order in which the kernels read them.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/half.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// A matrix B of a product A·B, [depth, columns], in the layout of Bf16Weights, filled up with zeros.
class Bf16Matrix {
 public:
  Bf16Matrix() = default;

  /// Makes room for a matrix of which all columns are then set.
  Bf16Matrix(std::size_t depth, std::size_t columns)
      : depth_(round_up(depth, 2)), columns_(round_up(columns, kWidestPanel)), values_(depth_ * columns_) {
    std::fill_n(values_.data(), values_.size(), std::uint16_t{0});
  }

  /// Rounds columns [first, first + count), given as rows [count, depth] with `stride` elements from row to row: the
  /// layout [out, in] of a linear layer's weights.
  void set_columns_from_rows(std::size_t first, std::size_t count, const float* transposed, std::size_t depth,
                             std::size_t stride) {
    for (std::size_t j = 0; j < count; ++j) {
      const std::size_t within = (first + j) % kSmallColumns;
      std::uint16_t* to = values_.data() + (first + j - within) * depth_ + 2 * within;
      for (std::size_t k = 0; k < depth; ++k)
        to[k / 2 * 2 * kSmallColumns + k % 2] = float_to_bfloat16(transposed[j * stride + k]);
    }
  }

  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// The columns from `column`, a multiple of kSmallColumns, on.
  [[nodiscard]] Bf16Weights panel(std::size_t column) const noexcept {
    return {values_.data() + column * depth_, depth_};
  }

 private:
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  AlignedBuffer<std::uint16_t> values_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
