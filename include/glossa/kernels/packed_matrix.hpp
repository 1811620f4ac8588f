// A matrix comes in by rows; it goes out in the order in which the multiplication kernel reads it.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/packet.hpp>

#include <algorithm>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Columns that the kernel computes at a time: two registers.
template <class T>
inline constexpr std::size_t kPanel = 2 * kLanes<T>;

[[nodiscard]] constexpr std::size_t round_up(std::size_t value, std::size_t step) noexcept {
  return (value + step - 1) / step * step;
}

/// The right-hand side B of a product A·B, [depth, columns], stored as panels of kPanel columns: panel p holds, for
/// each k, elements B[k][p·kPanel … (p+1)·kPanel) side by side. The last panel is filled up with zeros.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;

  /// Makes room for another matrix, reusing the memory; fill it with the functions below.
  void reset(std::size_t depth, std::size_t columns) {
    depth_ = depth;
    columns_ = columns;
    values_.ensure(round_up(columns, kPanel<T>) * depth);
  }

  /// Takes columns [first, first + count) from the rows of `transposed`, [count, depth] with `stride` elements from
  /// row to row: the layout [out, in] of a linear layer's weights. Columns from `columns` on are zeros.
  void set_columns_from_rows(std::size_t first, std::size_t count, const T* transposed, std::size_t stride) {
    for (std::size_t j = 0; j < count; ++j) {
      T* to = element(0, first + j);
      const T* from = transposed + j * stride;
      for (std::size_t k = 0; k < depth_; ++k) to[k * kPanel<T>] = from[k];
    }
    if (first + count == columns_) clear_padding();
  }

  /// Takes all of B from its rows, [depth, columns] with `stride` elements from row to row.
  void set_rows(const T* rows, std::size_t stride) {
    for (std::size_t j = 0; j < columns_; j += kPanel<T>) {
      const std::size_t width = std::min(kPanel<T>, columns_ - j);
      T* to = element(0, j);
      for (std::size_t k = 0; k < depth_; ++k, to += kPanel<T>) std::copy_n(rows + k * stride + j, width, to);
    }
    clear_padding();
  }

  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// The panel whose first column is `column` (a multiple of kPanel), from its row `k` on.
  [[nodiscard]] const T* panel(std::size_t column, std::size_t k) const noexcept {
    return values_.data() + column * depth_ + k * kPanel<T>;
  }

 private:
  T* element(std::size_t k, std::size_t column) noexcept {
    const std::size_t within = column % kPanel<T>;
    return values_.data() + (column - within) * depth_ + k * kPanel<T> + within;
  }

  void clear_padding() noexcept {
    for (std::size_t j = columns_; j < round_up(columns_, kPanel<T>); ++j)
      for (std::size_t k = 0; k < depth_; ++k) *element(k, j) = T(0);
  }

  AlignedBuffer<T> values_;
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
