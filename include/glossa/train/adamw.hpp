// What a step of AdamW needs besides weights and gradients.
#pragma once

#include <glossa/kernels/training_operations.hpp>

#include <cmath>
#include <cstddef>

namespace glossa {

/// AdamW (Loshchilov & Hutter 2019) in PyTorch's arithmetic.
struct AdamwOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;  ///< of matrices and embeddings; biases and normalisations have none
  /// Decay towards the weights that training began with, in place of zero (L2-SP of Li et al. 2018, decoupled as weight
  /// decay is): keeps what the model knew. Of all weights.
  double initial_decay = 0;
  double max_norm = 1;    ///< of all gradients together, which are scaled down to it; 0: they are not
  double layer_rate = 1;  ///< each layer's rate is this times that of the one above it; the embeddings' comes last
};

namespace detail {

/// The numbers of one step that are the same for all weights of a tensor.
struct AdamwStep {
  double step = 0;          ///< rate / (1 - beta1^t)
  double inverse_root = 0;  ///< 1 / sqrt(1 - beta2^t)
  double shrink = 1;        ///< 1 - rate · weight decay
  double towards = 0;       ///< rate · decay towards the initial weights
  double share = 0;         ///< that the weights after it have in their average; see weight_average.hpp
};

/// Step t, from 1 on. `decay`: of this tensor; `share`: AdamwStep's.
[[nodiscard]] inline AdamwStep adamw_step(const AdamwOptions& options, std::size_t t, double rate, double decay,
                                          double share = 0) {
  const auto count = static_cast<double>(t);
  return {rate / (1 - std::pow(options.beta1, count)), 1 / std::sqrt(1 - std::pow(options.beta2, count)),
          1 - rate * decay, rate * options.initial_decay, share};
}

template <class T>
[[nodiscard]] AdamwRow<T> adamw_row(const AdamwOptions& options, const AdamwStep& step, T* weights, const T* gradients,
                                    T* first, T* second, std::size_t count, double factor) {
  return {weights,
          gradients,
          first,
          second,
          count,
          static_cast<T>(factor),
          static_cast<T>(options.beta1),
          static_cast<T>(options.beta2),
          static_cast<T>(step.step),
          static_cast<T>(step.inverse_root),
          static_cast<T>(options.epsilon),
          static_cast<T>(step.shrink)};
}

/// w -= towards · (w - initial)
template <class T>
void draw_towards(T* weights, const T* initial, std::size_t count, double towards) {
  const T share = static_cast<T>(towards);
  for (std::size_t i = 0; i < count; ++i) weights[i] -= share * (weights[i] - initial[i]);
}

}  // namespace detail
}  // namespace glossa
