// The weights of a linear layer come in; they go out as 4-bit numbers, in the order in which the kernels read them.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/int4_block.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// A matrix B of a product A·B, [depth, columns], in the layout of Int4Weights. Depth and columns are filled up with
/// zeros to whole blocks and panels.
class Int4Matrix {
 public:
  Int4Matrix() = default;

  /// A matrix of zeros.
  Int4Matrix(std::size_t depth, std::size_t columns)
      : depth_(round_up(depth, kInt4Block)),
        columns_(round_up(columns, kWidestPanel)),
        own_values_(depth_ / 2 * columns_),
        values_(own_values_.data()),
        scales_(depth_ / kInt4Block * columns_, std::uint16_t{0}) {
    std::fill_n(own_values_.data(), own_values_.size(), std::uint8_t{0x88});
  }

  /// A matrix whose values lie elsewhere, in the layout of this class, and stay there as long as `owner` lives.
  Int4Matrix(std::size_t depth, std::size_t columns, const std::uint8_t* values, std::vector<std::uint16_t> scales,
             std::shared_ptr<const void> owner)
      : depth_(round_up(depth, kInt4Block)),
        columns_(round_up(columns, kWidestPanel)),
        values_(values),
        scales_(std::move(scales)),
        owner_(std::move(owner)) {}

  /// Sets a column's elements [first, first + kInt4Block); `first` is a multiple of it.
  void set_block(std::size_t first, std::size_t column, const Int4Block& block) {
    const std::size_t unit = unit_of(first, column);
    const std::size_t within = column % kSmallColumns;
    scales_[unit * kSmallColumns + within] = block.scale;
    for (std::size_t pair = 0; pair < kInt4Block / 2; ++pair)
      own_values_[unit * kInt4UnitBytes + pair * kSmallColumns + within] = block.pair(pair);
  }

  [[nodiscard]] Int4Block block(std::size_t first, std::size_t column) const {
    const std::size_t unit = unit_of(first, column);
    const std::size_t within = column % kSmallColumns;
    Int4Block block;
    block.scale = scales_[unit * kSmallColumns + within];
    for (std::size_t pair = 0; pair < kInt4Block / 2; ++pair)
      block.set_pair(pair, values_[unit * kInt4UnitBytes + pair * kSmallColumns + within]);
    return block;
  }

  /// Rounds columns [first, first + count), given as rows [count, depth] with `stride` elements from row to row: the
  /// layout [out, in] of a linear layer's weights.
  void set_columns_from_rows(std::size_t first, std::size_t count, const float* transposed, std::size_t depth,
                             std::size_t stride) {
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t k = 0; k < depth; k += kInt4Block)
        set_block(k, first + j, round_to_int4({transposed + j * stride + k, std::min(kInt4Block, depth - k)}));
  }

  [[nodiscard]] bool empty() const noexcept { return values_ == nullptr; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::span<const std::uint8_t> values() const noexcept { return {values_, depth_ / 2 * columns_}; }
  [[nodiscard]] const std::vector<std::uint16_t>& scales() const noexcept { return scales_; }

  /// The columns from `column`, a multiple of kSmallColumns, on.
  [[nodiscard]] Int4Weights panel(std::size_t column) const noexcept {
    return {values_ + column * (depth_ / 2), scales_.data() + column * (depth_ / kInt4Block), depth_};
  }

 private:
  [[nodiscard]] std::size_t unit_of(std::size_t k, std::size_t column) const noexcept {
    return column / kSmallColumns * (depth_ / kInt4Block) + k / kInt4Block;
  }

  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  AlignedBuffer<std::uint8_t> own_values_;
  const std::uint8_t* values_ = nullptr;
  std::vector<std::uint16_t> scales_;
  std::shared_ptr<const void> owner_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
