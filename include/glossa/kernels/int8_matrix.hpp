// The weights of a linear layer come in; they go out as 8-bit integers, in the order in which the kernels read them.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/isa.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// A matrix B of a product A·B, [depth, columns]: symmetric 8-bit integers with a scale for each group of a column.
/// Depth and columns are filled up with zeros to whole units of the layout in int8_operations.hpp.
class Int8Matrix {
 public:
  Int8Matrix() = default;

  /// Makes room for a matrix of which all columns are then set.
  Int8Matrix(std::size_t depth, std::size_t columns)
      : depth_(round_up(depth, kInt8Depth)),
        columns_(round_up(columns, kInt8Columns)),
        values_(depth_ * columns_),
        scales_(int8_groups(depth_) * columns_) {
    std::fill_n(values_.data(), values_.size(), std::int8_t{0});
    std::fill_n(scales_.data(), scales_.size(), 0.0F);
  }

  /// Quantizes columns [first, first + count), given as rows [count, depth] with `stride` elements from row to row: the
  /// layout [out, in] of a linear layer's weights. The largest value of a group becomes 127.
  void set_columns_from_rows(std::size_t first, std::size_t count, const float* transposed, std::size_t depth,
                             std::size_t stride) {
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t k = 0; k < depth; k += kInt8Group)
        set_group(k, first + j, transposed + j * stride + k, std::min(kInt8Group, depth - k));
  }

  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// The weights of the unit whose first column is `column`, a multiple of kInt8Columns, and all behind them.
  [[nodiscard]] const std::int8_t* panel(std::size_t column) const noexcept { return values_.data() + column * depth_; }
  /// [int8_groups(depth()), columns()]
  [[nodiscard]] const float* scales() const noexcept { return scales_.data(); }

 private:
  void set_group(std::size_t first, std::size_t column, const float* from, std::size_t count) {
    float most = 0;
    for (std::size_t i = 0; i < count; ++i) most = std::max(most, std::fabs(from[i]));
    const float exact = 127.0F / most;  // infinity where all are zeros, or next to nothing
    const float inverse = exact <= std::numeric_limits<float>::max() ? exact : 0.0F;
    for (std::size_t i = 0; i < count; ++i)
      values_[place(first + i, column)] = static_cast<std::int8_t>(std::nearbyint(from[i] * inverse));
    scales_[first / kInt8Group * columns_ + column] = most / 127.0F;
  }

  [[nodiscard]] std::size_t place(std::size_t k, std::size_t column) const noexcept {
    const std::size_t panel = column / kInt8Columns * kInt8Columns * depth_;
    const std::size_t line = k / kInt8Depth * kInt8Columns * kInt8Depth;
    return panel + line + column % kInt8Columns * kInt8Depth + k % kInt8Depth;
  }

  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  AlignedBuffer<std::int8_t> values_;
  AlignedBuffer<float> scales_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
