// A matrix comes in by rows; it goes out in the order in which the multiplication kernels read it.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The right-hand side B of a product A·B, [depth, columns], stored as panels of `panel` columns: panel p holds, for
/// each k, elements B[k][p·panel … (p+1)·panel) side by side. The last panel is filled up with zeros.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;

  /// Makes room for a matrix of which all columns are then set.
  PackedMatrix(std::size_t depth, std::size_t columns, std::size_t panel)
      : values_(round_up(columns, panel) * depth), depth_(depth), columns_(columns), panel_(panel) {
    std::fill_n(values_.data(), values_.size(), T(0));
  }

  /// Takes columns [first, first + count) from the rows of `transposed`, [count, depth] with `stride` elements from
  /// row to row: the layout [out, in] of a linear layer's weights.
  void set_columns_from_rows(std::size_t first, std::size_t count, const T* transposed, std::size_t stride) {
    if (depth_ == 0) return;  // columns without elements may lie nowhere
    for (std::size_t j = 0; j < count; ++j) {
      const std::size_t within = (first + j) % panel_;
      T* to = values_.data() + (first + j - within) * depth_ + within;
      const T* from = transposed + j * stride;
      for (std::size_t k = 0; k < depth_; ++k) to[k * panel_] = from[k];
    }
  }

  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// The panel whose first column is `column`, a multiple of a panel's columns.
  [[nodiscard]] const T* panel(std::size_t column) const noexcept { return values_.data() + column * depth_; }

 private:
  AlignedBuffer<T> values_;
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  std::size_t panel_ = 1;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
