// A row comes in; it goes out with mean 0 and variance 1, scaled and shifted by learned weights.
#pragma once

#include <glossa/kernels/row_kernels.hpp>
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

  void apply(T* row) const { layer_norm<T>(row, weight_.size(), weight_.data(), bias_.data(), epsilon_); }

 private:
  std::vector<T> weight_;
  std::vector<T> bias_;
  T epsilon_ = T(0);
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
