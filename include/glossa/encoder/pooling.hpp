// The vectors of a text's tokens come in; one vector goes out.
#pragma once

#include <glossa/kernels/row_kernels.hpp>
#include <glossa/model/sentence_config.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// tokens: [count, size] with `stride`; out: [size]. Modes and their order of summation are sentence-transformers'.
template <class T>
void pool_tokens(Pooling pooling, const T* tokens, std::size_t count, std::size_t size, std::size_t stride, T* out) {
  switch (pooling) {
    case Pooling::cls: std::copy_n(tokens, size, out); return;
    case Pooling::last_token: std::copy_n(tokens + (count - 1) * stride, size, out); return;
    case Pooling::max:
      std::copy_n(tokens, size, out);
      for (std::size_t i = 1; i < count; ++i) max_row<T>(out, tokens + i * stride, size);
      return;
    case Pooling::mean:
    case Pooling::mean_sqrt_length: {
      std::copy_n(tokens, size, out);
      for (std::size_t i = 1; i < count; ++i) add_row<T>(out, tokens + i * stride, size);
      const T number = static_cast<T>(count);
      scale_row<T>(out, T(1) / (pooling == Pooling::mean ? number : std::sqrt(number)), size);
      return;
    }
    case Pooling::weighted_mean: {
      std::fill_n(out, size, T(0));
      for (std::size_t i = 0; i < count; ++i) add_scaled_row<T>(out, static_cast<T>(i + 1), tokens + i * stride, size);
      scale_row<T>(out, T(2) / (static_cast<T>(count) * static_cast<T>(count + 1)), size);
      return;
    }
  }
}

/// Scales a vector to Euclidean length 1; one of length 0 stays as it is (torch's normalize divides by at least 1e-12).
template <class T>
void normalize(T* vector, std::size_t size) {
  const T squares = sum_of_squares<T>(vector, size);
  scale_row<T>(vector, T(1) / std::max(std::sqrt(squares), T(1e-12)), size);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
