// Vectors in bytes come in; their products with others, several times as fast as those of floats, go out.
#pragma once

#include <glossa/cluster/rough_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/code_columns.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {

/// Multiplies vectors in bytes; null where that is not faster than with floats.
using RoughMultiply = void (*)(const CodeProduct&);

[[nodiscard]] inline RoughMultiply rough_multiply(const Kernels<float>& kernels, std::size_t dims) noexcept {
  constexpr std::size_t kLeastDims = 64;
  return dims < kLeastDims || dims > kMostRoughDims ? nullptr : kernels.codes.int8_product;
}

/// Vectors of signed bytes as the second operand of a product; see CodeProduct.
class RoughColumns {
 public:
  /// Makes room for `count` of `stride` bytes; those that are not set are zeros.
  void clear(std::size_t count, std::size_t stride) {
    stride_ = stride;
    columns_ = round_up(count, kInt8Columns);
    std::fill_n(packed_.ensure(columns_ * stride), columns_ * stride, std::int8_t{0});
    offsets_.assign(columns_, 0);
    scales_.assign(columns_, 0.0F);
    limits_.assign(columns_, std::numeric_limits<float>::infinity());
  }

  /// codes: [stride] of what stand for themselves less RoughRows::kZero.
  void set(std::size_t column, const std::uint8_t* codes, float scale) noexcept {
    offsets_[column] = pack_code_column(packed_.data(), stride_, column,
                                        [&](std::size_t k) { return int{codes[k]} - RoughRows::kZero; });
    scales_[column] = scale;
  }

  /// How many there are, with what fills them up.
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// The products of `count` vectors, at most kMostRows, with all columns: products [count, columns()]. codes: of the
  /// vectors as RoughRows has them, one after another.
  void multiply(RoughMultiply kernel, const std::uint8_t* codes, const float* scales, std::size_t count,
                float* products) const {
    static constexpr std::array<float, kMostRows> kNoTerms{};
    std::array<bool, kMostRows> found;
    // The kernel takes scales and terms with one stride.
    kernel({reinterpret_cast<const std::byte*>(codes), stride_, count, stride_, scales, kNoTerms.data(), 1,
            packed_.data(), columns_, offsets_.data(), scales_.data(), limits_.data(), products, found.data()});
  }
  static constexpr std::size_t kMostRows = 256;

 private:
  std::size_t stride_ = 0;
  std::size_t columns_ = 0;
  AlignedBuffer<std::int8_t> packed_;
  std::vector<std::int32_t> offsets_;
  std::vector<float> scales_;
  std::vector<float> limits_;
};

}  // namespace glossa::detail
