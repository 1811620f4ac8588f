// What a loss changes by with a text's vector comes in; what it changes by with the text's tokens goes out.
#pragma once

#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/model/pooling.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// slopes of x / max(|x|, 1e-12) become slopes of x. A vector that short is divided by a constant.
template <class T>
void length_gradient(const T* x, std::size_t size, T* slopes) {
  const T length = std::sqrt(sum_of_squares<T>(x, size));
  const T scale = T(1) / std::max(length, T(1e-12));
  T along = 0;
  for (std::size_t i = 0; i < size; ++i) along += x[i] * slopes[i];
  along = length > T(1e-12) ? along * scale * scale : T(0);
  for (std::size_t i = 0; i < size; ++i) slopes[i] = (slopes[i] - along * x[i]) * scale;
}

/// Adds to flow [count, size], with `stride` as tokens have it; see pool_tokens(). Of several largest numbers the first
/// one takes the slope, as in PyTorch.
template <class T>
void add_pooling_gradient(Pooling pooling, const T* tokens, std::size_t count, std::size_t size, std::size_t stride,
                          const T* slopes, T* flow) {
  switch (pooling) {
    case Pooling::cls: add_row<T>(flow, slopes, size); return;
    case Pooling::last_token: add_row<T>(flow + (count - 1) * stride, slopes, size); return;
    case Pooling::max:
      for (std::size_t k = 0; k < size; ++k) {
        std::size_t most = 0;
        for (std::size_t i = 1; i < count; ++i)
          if (tokens[i * stride + k] > tokens[most * stride + k]) most = i;
        flow[most * stride + k] += slopes[k];
      }
      return;
    case Pooling::mean:
    case Pooling::mean_sqrt_length: {
      const T number = static_cast<T>(count);
      const T factor = T(1) / (pooling == Pooling::mean ? number : std::sqrt(number));
      for (std::size_t i = 0; i < count; ++i) add_scaled_row<T>(flow + i * stride, factor, slopes, size);
      return;
    }
    case Pooling::weighted_mean: {
      const T factor = T(2) / (static_cast<T>(count) * static_cast<T>(count + 1));
      for (std::size_t i = 0; i < count; ++i)
        add_scaled_row<T>(flow + i * stride, factor * static_cast<T>(i + 1), slopes, size);
      return;
    }
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
