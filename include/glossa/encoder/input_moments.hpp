// The inputs of a linear layer come in; how each pair of their elements goes together comes out.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Σ x·xᵀ over the rows x of a linear layer's input, [size, size].
class InputMoments {
 public:
  InputMoments(const Kernels<float>& kernels, std::size_t size)
      : kernels_(kernels), size_(size), sums_(size * size, 0.0), across_(size * kRows) {}

  /// rows: [count, size] with `stride`.
  void add(const float* rows, std::size_t stride, std::size_t count) {
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t k = 0; k < size_; ++k) across_[k * kRows + waiting_] = rows[r * stride + k];
      if (++waiting_ == kRows) flush();
    }
  }

  /// Row-major and symmetric, of all rows added so far.
  [[nodiscard]] const std::vector<double>& sums() {
    flush();
    return sums_;
  }

 private:
  /// Rows that are added by one product in float; its rounding is far below what the sums are damped by.
  static constexpr std::size_t kRows = 256;

  void flush() {
    if (waiting_ == 0) return;
    PackedMatrix<float> rows(waiting_, size_, kernels_.panel);
    rows.set_columns_from_rows(0, size_, across_.data(), kRows);
    const std::size_t stride = round_up(size_, kernels_.panel);
    float* product = product_.ensure(size_ * stride);
    kernels_.multiply({across_.data(), kRows, size_, rows.panel(0), waiting_, stride, product, stride});
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < size_; ++j) sums_[i * size_ + j] += static_cast<double>(product[i * stride + j]);
    waiting_ = 0;
  }

  Kernels<float> kernels_;
  std::size_t size_;
  std::size_t waiting_ = 0;
  std::vector<double> sums_;
  AlignedBuffer<float> across_;  // [size, kRows]
  AlignedBuffer<float> product_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
