// What the encoder asks of its kernels: the operands of each operation.
#pragma once

#include <glossa/model/encoder_config.hpp>

#include <cstddef>

namespace glossa::detail {

/// The smallest multiple of `step` that is not less than `value`.
[[nodiscard]] constexpr std::size_t round_up(std::size_t value, std::size_t step) noexcept {
  return (value + step - 1) / step * step;
}

/// What happens to a finished element of a product.
enum class Epilogue {
  none,
  gelu,
  gelu_rounded,  ///< GELU within 5e-5 of max(1, |x|), for results that are rounded to 8 or 16 bits
  gelu_tanh,
  relu,
};

[[nodiscard]] constexpr Epilogue epilogue_of(Activation activation) noexcept {
  switch (activation) {
    case Activation::gelu: return Epilogue::gelu;
    case Activation::gelu_tanh: return Epilogue::gelu_tanh;
    default: return Epilogue::relu;
  }
}

/// The same where the result is rounded to 8 or 16 bits.
[[nodiscard]] constexpr Epilogue rounded_epilogue(Epilogue epilogue) noexcept {
  return epilogue == Epilogue::gelu ? Epilogue::gelu_rounded : epilogue;
}

/// C = epilogue(A·B + bias). a: [rows, depth]. b: panels of a packed matrix, one after another, or small weights (see
/// small_weights.hpp); `columns` is a multiple of a panel's. c: [rows, columns]. bias: [columns], or null.
template <class T, class B = const T*>
struct Product {
  const T* a;
  std::size_t a_stride;
  std::size_t rows;
  B b;
  std::size_t depth;
  std::size_t columns;
  T* c;
  std::size_t c_stride;
  const T* bias = nullptr;
  Epilogue epilogue = Epilogue::none;
};

/// x = LayerNorm(x + y) for each of `rows` rows of `size` elements (Ba et al. 2016). y may be null. weight, bias:
/// [size].
template <class T>
struct NormalizedSum {
  T* x;
  std::size_t x_stride;
  const T* y;
  std::size_t y_stride;
  std::size_t rows;
  std::size_t size;
  const T* weight;
  const T* bias;
  T epsilon;
};

/// softmax(Q·Kᵀ / sqrt(size))·V of one head of one text (Vaswani et al. 2017). queries, keys, values: [tokens, size]
/// with `stride`; context: [tokens, size] with `context_stride`. scratch: attention_scratch() elements.
template <class T>
struct AttentionHead {
  const T* queries;
  const T* keys;
  const T* values;
  std::size_t stride;
  std::size_t tokens;
  std::size_t size;
  T* context;
  std::size_t context_stride;
  T* scratch;
};

}  // namespace glossa::detail
