// Rows come in; they go out multiplied by a weight matrix, plus a bias.
#pragma once

#include <glossa/kernels/matmul.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// y = x·Wᵀ + b, with W [out, in] as in PyTorch's Linear; several such layers with the same input can be one.
template <class T>
class Linear {
 public:
  Linear() = default;

  /// Reads `name`.weight [outputs, inputs] and `name`.bias [outputs] for each name and puts them side by side.
  Linear(const Weights& weights, std::initializer_list<std::string> names, std::size_t inputs, std::size_t outputs) {
    // Before there is memory for them: a config.json may name any sizes.
    for (const std::string& name : names) (void)weights.at(name + ".weight", {outputs, inputs});
    packed_.reset(inputs, names.size() * outputs);
    bias_ = AlignedBuffer<T>(stride());
    std::fill_n(bias_.data(), bias_.size(), T(0));
    std::size_t first = 0;
    for (const std::string& name : names) {
      const std::vector<T> matrix = weights.read<T>(name + ".weight", {outputs, inputs});
      packed_.set_columns_from_rows(first, outputs, matrix.data(), inputs);
      const std::vector<T> bias = weights.read<T>(name + ".bias", {outputs});
      std::copy(bias.begin(), bias.end(), bias_.data() + first);
      first += outputs;
    }
  }

  /// Elements from row to row that apply() needs in y: the number of outputs, rounded up to what the kernel writes.
  [[nodiscard]] std::size_t stride() const noexcept { return round_up(packed_.columns(), kPanel<T>); }

  /// x: [rows, inputs] with x_stride; y: [rows, stride()]. `finish(values, count)` is applied to all of y in parts.
  template <class Finish>
  void apply(const T* x, std::size_t x_stride, std::size_t rows, T* y, Finish&& finish) const {
    multiply<T>(x, x_stride, rows, packed_, y, stride(), bias_.data(), finish);
  }
  void apply(const T* x, std::size_t x_stride, std::size_t rows, T* y) const {
    apply(x, x_stride, rows, y, [](T*, std::size_t) {});
  }

 private:
  PackedMatrix<T> packed_;
  AlignedBuffer<T> bias_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
