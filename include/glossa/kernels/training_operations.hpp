// What training asks of its kernels: the operands of each operation. All matrices are in row-major order; columns of
// those that say so are filled up to whole panels, with zeros.
#pragma once

#include <glossa/kernels/bf16_training.hpp>
#include <glossa/kernels/operations.hpp>

#include <cstddef>

namespace glossa::detail {

/// B of a product A·B as rows [depth, columns] with `stride`, where they lie: what the backward pass multiplies by.
template <class T>
struct RowMajor {
  const T* values;
  std::size_t stride;
};

/// C += Aᵀ·B, or C = Aᵀ·B. a: [depth, rows]. b: [depth, columns], columns filled up to whole panels. c: [rows,
/// columns]. Each element is one chain of sums over the depth.
template <class T>
struct OuterProduct {
  const T* a;
  std::size_t a_stride;
  const T* b;
  std::size_t b_stride;
  std::size_t depth;
  std::size_t rows;
  std::size_t columns;
  T* c;
  std::size_t c_stride;
  bool adds = false;
};

/// out = f(x), or dx = dy · f'(x) in the place of dy; [rows, columns], columns filled up to whole vectors.
template <class T>
struct ActivatedRows {
  const T* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t columns;
  T* out;
  std::size_t out_stride;
  Epilogue activation;
};

/// y = LayerNorm(x) of `rows` rows of `size` elements. means, scales: [rows], of x and one over its deviation.
template <class T>
struct NormalizedRows {
  const T* x;
  std::size_t x_stride;
  T* y;
  std::size_t y_stride;
  std::size_t rows;
  std::size_t size;
  const T* weight;
  const T* bias;
  T epsilon;
  T* means;
  T* scales;
};

/// dx of dy, in its place; see NormalizedRows.
template <class T>
struct NormalizedGradient {
  const T* x;
  std::size_t x_stride;
  T* dy;
  std::size_t dy_stride;
  std::size_t rows;
  std::size_t size;
  const T* weight;
  const T* means;
  const T* scales;
};

/// Adds the gradients of weight and bias, of elements [first, first + count); first is a multiple of a panel, so that
/// an element's arithmetic does not depend on how they are shared out.
template <class T>
struct NormalizedSums {
  const T* x;
  std::size_t x_stride;
  const T* dy;
  std::size_t dy_stride;
  std::size_t rows;
  const T* means;
  const T* scales;
  std::size_t first;
  std::size_t count;
  T* weight;
  T* bias;
};

/// One head of one text, forward or backward. queries, keys, values, and their gradients: [tokens, size] with `stride`;
/// context and its gradient: with `context_stride`. mask: what each weight is multiplied by after the softmax
/// (dropout), [tokens, tokens] with rows of round_up(tokens, panel) elements, or null. scratch:
/// training_attention_scratch() elements.
template <class T>
struct TrainedHead {
  const T* queries;
  const T* keys;
  const T* values;
  std::size_t stride;
  std::size_t tokens;
  std::size_t size;
  T* context;                 // forward: written
  const T* context_gradient;  // backward: read
  std::size_t context_stride;
  T* query_gradient;  // backward: written, with `gradient_stride`
  T* key_gradient;
  T* value_gradient;
  std::size_t gradient_stride;
  const T* mask;
  T* scratch;
};

/// One step of AdamW (Loshchilov & Hutter 2019) for `count` weights; see train/adamw.hpp.
template <class T>
struct AdamwRow {
  T* weights;
  const T* gradients;  // or null: zeros
  T* first;            // moments
  T* second;
  std::size_t count;
  T factor;        // what gradients are multiplied by: clipping
  T first_decay;   // beta1
  T second_decay;  // beta2
  T step;          // rate / (1 - beta1^t)
  T inverse_root;  // 1 / sqrt(1 - beta2^t)
  T epsilon;
  T shrink;  // 1 - rate · weight decay
};

/// The operations of one level of instructions.
template <class T>
struct TrainingKernels {
  std::size_t panel = 0;  ///< columns of a panel of a packed matrix
  void (*multiply)(const Product<T>&) = nullptr;
  void (*multiply_rows)(const Product<T, RowMajor<T>>&) = nullptr;
  void (*multiply_outer)(const OuterProduct<T>&) = nullptr;
  void (*activate)(const ActivatedRows<T>&) = nullptr;
  void (*activation_gradient)(const ActivatedRows<T>&) = nullptr;
  void (*normalize)(const NormalizedRows<T>&) = nullptr;
  void (*normalize_gradient)(const NormalizedGradient<T>&) = nullptr;
  void (*normalize_sums)(const NormalizedSums<T>&) = nullptr;
  void (*attend)(const TrainedHead<T>&) = nullptr;
  void (*attention_gradient)(const TrainedHead<T>&) = nullptr;
  std::size_t (*attention_scratch)(std::size_t tokens, std::size_t size) = nullptr;
  void (*adamw)(const AdamwRow<T>&) = nullptr;
  Bf16TrainingKernels bf16{};  ///< for float alone
};

}  // namespace glossa::detail
