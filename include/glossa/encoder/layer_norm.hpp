// Rows come in; they go out with mean 0 and variance 1, scaled and shifted by learned weights.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

template <class T>
class LayerNorm {
 public:
  LayerNorm() = default;

  /// Reads `name`.weight and `name`.bias, both [size]; checkpoints from TensorFlow call them gamma and beta.
  LayerNorm(const Weights& weights, const std::string& name, std::size_t size, double epsilon)
      : weight_(weights.read<T>(name + (weights.find(name + ".gamma") != nullptr ? ".gamma" : ".weight"), {size})),
        bias_(weights.read<T>(name + (weights.find(name + ".beta") != nullptr ? ".beta" : ".bias"), {size})),
        epsilon_(static_cast<T>(epsilon)) {}

  /// x = LayerNorm(x + y) for each of `rows` rows, which the crew shares; without y, x = LayerNorm(x).
  void apply(const Kernels<T>& kernels, Crew& crew, T* x, std::size_t x_stride, std::size_t rows, const T* y = nullptr,
             std::size_t y_stride = 0) const {
    crew.for_each_range(rows, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels.add_and_normalize({x + begin * x_stride, x_stride, y == nullptr ? y : y + begin * y_stride, y_stride,
                                 end - begin, weight_.size(), weight_.data(), bias_.data(), epsilon_});
    });
  }

 private:
  std::vector<T> weight_;
  std::vector<T> bias_;
  T epsilon_ = T(0);
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
