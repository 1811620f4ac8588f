// The weights of a linear layer come in; they go out as 8-bit integers, in the order in which the kernels read them.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_form.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Rounds numbers to symmetric 8-bit integers, the largest to 127, and gives each to put(i, value). Returns their
/// scale, after round_scale(scale), which must not make it smaller.
template <class Put, class RoundScale>
[[nodiscard]] float quantize_values(const float* from, std::size_t count, Put&& put, RoundScale&& round_scale) {
  float most = 0;
  for (std::size_t i = 0; i < count; ++i) most = std::max(most, std::fabs(from[i]));
  const float scale = round_scale(most / 127.0F);
  const float exact = 1.0F / scale;  // infinity where all are zeros, or next to nothing
  const float inverse = exact <= std::numeric_limits<float>::max() ? exact : 0.0F;
  for (std::size_t i = 0; i < count; ++i)
    put(i, static_cast<std::int8_t>(std::clamp(std::nearbyint(from[i] * inverse), -127.0F, 127.0F)));
  return scale;
}

template <class Put>
[[nodiscard]] float quantize_values(const float* from, std::size_t count, Put&& put) {
  return quantize_values(from, count, put, [](float scale) { return scale; });
}

/// A matrix B of a product A·B, [depth, columns]: symmetric 8-bit integers with a scale for each group of a column.
/// Depth and columns are filled up with zeros to whole units of the layout in int8_operations.hpp.
class Int8Matrix {
 public:
  Int8Matrix() = default;

  /// Makes room for a matrix of which all columns are then set.
  Int8Matrix(std::size_t depth, std::size_t columns)
      : depth_(round_up(depth, kInt8Depth)),
        columns_(round_up(columns, kInt8Columns)),
        own_values_(depth_ * columns_),
        values_(own_values_.data()),
        scales_(int8_groups(depth_) * columns_, 0.0F),
        sums_(scales_.size(), std::int16_t{0}) {
    std::fill_n(own_values_.data(), own_values_.size(), std::int8_t{0});
  }

  /// A matrix whose values lie elsewhere, in the layout of this class, and stay there as long as `owner` lives.
  Int8Matrix(std::size_t depth, std::size_t columns, const std::int8_t* values, std::vector<float> scales,
             std::vector<std::int16_t> sums, std::shared_ptr<const void> owner)
      : depth_(round_up(depth, kInt8Depth)),
        columns_(round_up(columns, kInt8Columns)),
        values_(values),
        scales_(std::move(scales)),
        sums_(std::move(sums)),
        owner_(std::move(owner)) {}

  /// Quantizes columns [first, first + count), given as rows [count, depth] with `stride` elements from row to row: the
  /// layout [out, in] of a linear layer's weights. Calls tell(j, k, values, scale) for each group, of elements from k
  /// on of row j.
  template <class Tell>
  void set_columns_from_rows(std::size_t first, std::size_t count, const float* transposed, std::size_t depth,
                             std::size_t stride, Tell&& tell) {
    std::array<std::int8_t, kInt8Group> values;
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t k = 0; k < depth; k += kInt8Group) {
        const std::size_t group = std::min(kInt8Group, depth - k);
        const float scale = quantize_values(transposed + j * stride + k, group,
                                            [&](std::size_t i, std::int8_t value) { values[i] = value; });
        set_group(k, first + j, {values.data(), group}, scale);
        tell(j, k, std::span<const std::int8_t>(values.data(), group), scale);
      }
  }

  void set_columns_from_rows(std::size_t first, std::size_t count, const float* transposed, std::size_t depth,
                             std::size_t stride) {
    set_columns_from_rows(first, count, transposed, depth, stride, [](auto&&...) {});
  }

  /// Sets elements [first, first + values.size()), a group, of a column.
  void set_group(std::size_t first, std::size_t column, std::span<const std::int8_t> values, float scale) {
    int sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      own_values_[place(first + i, column)] = values[i];
      sum += values[i];
    }
    scales_[first / kInt8Group * columns_ + column] = scale;
    sums_[first / kInt8Group * columns_ + column] = static_cast<std::int16_t>(sum);
  }

  [[nodiscard]] bool empty() const noexcept { return values_ == nullptr; }
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// The weights of the unit whose first column is `column`, a multiple of kInt8Columns, and all behind them.
  [[nodiscard]] const std::int8_t* panel(std::size_t column) const noexcept { return values_ + column * depth_; }
  [[nodiscard]] std::span<const std::int8_t> values() const noexcept { return {values_, depth_ * columns_}; }
  /// [int8_groups(depth()), columns()]
  [[nodiscard]] const std::vector<float>& scales() const noexcept { return scales_; }
  /// The sum of each group's integers, which cannot exceed 16 bits: [int8_groups(depth()), columns()]
  [[nodiscard]] const std::vector<std::int16_t>& sums() const noexcept { return sums_; }

  /// What a product adds to each sum, for rows of this form and zero point; see offset_factor().
  [[nodiscard]] std::vector<std::int32_t> offsets(RowForm form, int zero) const {
    std::vector<std::int32_t> offsets(sums_.size());
    const std::int32_t factor = offset_factor(form, zero);
    std::transform(sums_.begin(), sums_.end(), offsets.begin(), [&](std::int16_t sum) { return factor * sum; });
    return offsets;
  }

 private:
  [[nodiscard]] std::size_t place(std::size_t k, std::size_t column) const noexcept {
    const std::size_t panel = column / kInt8Columns * kInt8Columns * depth_;
    const std::size_t line = k / kInt8Depth * kInt8Columns * kInt8Depth;
    return panel + line + column % kInt8Columns * kInt8Depth + k % kInt8Depth;
  }

  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  AlignedBuffer<std::int8_t> own_values_;
  const std::int8_t* values_ = nullptr;
  std::vector<float> scales_;
  std::vector<std::int16_t> sums_;
  std::shared_ptr<const void> owner_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
