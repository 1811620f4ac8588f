// Vectors come in; vectors of length 1 go out, and slopes of these become slopes of the vectors.
#pragma once

#include <glossa/train/pooling_gradient.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Rows scaled as PyTorch's normalize() does, which divides by at least 1e-12.
template <class T>
class UnitVectors {
 public:
  UnitVectors(const std::vector<T>& values, std::size_t dims) : values_(values), unit_(values), dims_(dims) {
    for (std::size_t i = 0; i < unit_.size(); i += dims) {
      const T length = std::sqrt(sum_of_squares<T>(unit_.data() + i, dims));
      scale_row<T>(unit_.data() + i, T(1) / std::max(length, T(1e-12)), dims);
    }
  }

  [[nodiscard]] const T* operator[](std::size_t row) const noexcept { return unit_.data() + row * dims_; }
  [[nodiscard]] std::size_t rows() const noexcept { return dims_ == 0 ? 0 : unit_.size() / dims_; }

  void to_slopes_of_vectors(std::vector<T>& slopes) const {
    for (std::size_t i = 0; i < slopes.size(); i += dims_)
      length_gradient<T>(values_.data() + i, dims_, slopes.data() + i);
  }

 private:
  const std::vector<T>& values_;
  std::vector<T> unit_;
  std::size_t dims_;
};

template <class T>
[[nodiscard]] T dot_product(const T* a, const T* b, std::size_t size) {
  Packet<T> sums = broadcast(T(0));
  std::size_t i = 0;
  for (; i + kLanes<T> <= size; i += kLanes<T>) sums = multiply_add(load<T>(a + i), load<T>(b + i), sums);
  T sum = reduce_add(sums);
  for (; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
