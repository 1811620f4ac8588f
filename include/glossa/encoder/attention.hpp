// Queries, keys and values of a text come in; for each token, the values that its query attends to go out.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/matmul.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/row_kernels.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers of attention(), for one head at a time.
template <class T>
struct AttentionScratch {
  PackedMatrix<T> keys;     // [head_size, tokens]
  PackedMatrix<T> values;   // [tokens, head_size]
  AlignedBuffer<T> scores;  // [kAttentionRows, tokens]
  AlignedBuffer<T> mixed;   // [kAttentionRows, head_size]
};

/// Queries that are treated together: their scores stay in the second-level cache for 512 tokens.
inline constexpr std::size_t kAttentionRows = 48;

/// Multi-head attention within one text (Vaswani et al. 2017): softmax(Q·Kᵀ / sqrt(head_size))·V for each head.
///
/// qkv: [tokens, 3·hidden] with `qkv_stride`, a row holding query, key and value, each of heads·head_size elements.
/// context: [tokens, heads·head_size] with `context_stride`.
template <class T>
void attention(const T* qkv, std::size_t qkv_stride, std::size_t tokens, std::size_t heads, std::size_t head_size,
               T* context, std::size_t context_stride, AttentionScratch<T>& scratch) {
  const std::size_t hidden = heads * head_size;
  const std::size_t score_stride = round_up(tokens, kPanel<T>);
  const std::size_t mixed_stride = round_up(head_size, kPanel<T>);
  T* scores = scratch.scores.ensure(kAttentionRows * score_stride);
  T* mixed = scratch.mixed.ensure(kAttentionRows * mixed_stride);
  const T scale = T(1) / std::sqrt(static_cast<T>(head_size));
  for (std::size_t head = 0; head < heads; ++head) {
    const T* queries = qkv + head * head_size;
    scratch.keys.reset(head_size, tokens);
    scratch.keys.set_columns_from_rows(0, tokens, queries + hidden, qkv_stride);
    scratch.values.reset(tokens, head_size);
    scratch.values.set_rows(queries + 2 * hidden, qkv_stride);
    for (std::size_t first = 0; first < tokens; first += kAttentionRows) {
      const std::size_t rows = std::min(kAttentionRows, tokens - first);
      multiply<T>(queries + first * qkv_stride, qkv_stride, rows, scratch.keys, scores, score_stride);
      T sums[kAttentionRows];
      for (std::size_t r = 0; r < rows; ++r) sums[r] = exponentials<T>(scores + r * score_stride, tokens, scale);
      multiply<T>(scores, score_stride, rows, scratch.values, mixed, mixed_stride);
      for (std::size_t r = 0; r < rows; ++r) {
        const T factor = T(1) / sums[r];
        const T* from = mixed + r * mixed_stride;
        T* to = context + (first + r) * context_stride + head * head_size;
        for (std::size_t i = 0; i < head_size; ++i) to[i] = from[i] * factor;
      }
    }
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
