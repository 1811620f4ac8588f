// Token vectors come in; they go out one transformer layer later.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/encoder/attention.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/activation.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers of a layer; all layers share one set.
template <class T>
struct LayerScratch {
  AlignedBuffer<T> qkv;      // [tokens, 3·hidden]
  AlignedBuffer<T> context;  // [tokens, hidden]
  AlignedBuffer<T> wide;     // [kBlockRows, intermediate]
  AlignedBuffer<T> narrow;   // [kBlockRows, hidden]
  AttentionScratch<T> attention;
};

/// Rows that go through the linear layers together: few enough that they stay in the second-level cache, many enough
/// that reading the weights costs little.
inline constexpr std::size_t kBlockRows = 96;

/// BERT's layer (Devlin et al. 2018), normalised after each half:
///   a = LayerNorm(x + Dense(Attention(x)));  y = LayerNorm(a + Dense(activation(Dense(a))))
template <class T>
class EncoderLayer {
 public:
  EncoderLayer(const Weights& weights, const EncoderConfig& config, std::size_t index)
      : EncoderLayer(weights, config, "encoder.layer." + std::to_string(index) + ".") {}

  /// x: [batch.tokens(), hidden] with `stride` elements from row to row, rewritten in place.
  void apply(const RaggedBatch& batch, T* x, std::size_t stride, LayerScratch<T>& scratch) const {
    const std::size_t tokens = batch.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* qkv = scratch.qkv.ensure(tokens * qkv_.stride());
    T* context = scratch.context.ensure(tokens * hidden);
    for (std::size_t row = 0; row < tokens; row += kBlockRows)
      qkv_.apply(x + row * stride, stride, std::min(kBlockRows, tokens - row), qkv + row * qkv_.stride());
    for (std::size_t text = 0; text < batch.texts(); ++text)
      attention<T>(qkv + batch.starts[text] * qkv_.stride(), qkv_.stride(), batch.length(text), config_.heads,
                   config_.head_size(), context + batch.starts[text] * hidden, hidden, scratch.attention);
    T* wide = scratch.wide.ensure(kBlockRows * wide_.stride());
    T* narrow = scratch.narrow.ensure(kBlockRows * narrow_.stride());
    for (std::size_t row = 0; row < tokens; row += kBlockRows) {
      const std::size_t rows = std::min(kBlockRows, tokens - row);
      T* block = x + row * stride;
      attention_output_.apply(context + row * hidden, hidden, rows, narrow);
      add_and_normalize(narrow, rows, attention_norm_, block, stride);
      wide_.apply(block, stride, rows, wide,
                  [&](T* values, std::size_t count) { apply_activation<T>(config_.activation, values, count); });
      narrow_.apply(wide, wide_.stride(), rows, narrow);
      add_and_normalize(narrow, rows, output_norm_, block, stride);
    }
  }

 private:
  EncoderLayer(const Weights& weights, const EncoderConfig& config, const std::string& name)
      : config_(config),
        qkv_(weights, {name + "attention.self.query", name + "attention.self.key", name + "attention.self.value"},
             config.hidden_size, config.hidden_size),
        attention_output_(weights, {name + "attention.output.dense"}, config.hidden_size, config.hidden_size),
        attention_norm_(weights, name + "attention.output.LayerNorm", config.hidden_size, config.layer_norm_epsilon),
        wide_(weights, {name + "intermediate.dense"}, config.hidden_size, config.intermediate_size),
        narrow_(weights, {name + "output.dense"}, config.intermediate_size, config.hidden_size),
        output_norm_(weights, name + "output.LayerNorm", config.hidden_size, config.layer_norm_epsilon) {}

  /// x = norm(x + y), y having the stride of `narrow_`.
  void add_and_normalize(const T* y, std::size_t rows, const LayerNorm<T>& norm, T* x, std::size_t stride) const {
    for (std::size_t r = 0; r < rows; ++r) {
      add_row<T>(x + r * stride, y + r * narrow_.stride(), config_.hidden_size);
      norm.apply(x + r * stride);
    }
  }

  EncoderConfig config_;
  Linear<T> qkv_;
  Linear<T> attention_output_;
  LayerNorm<T> attention_norm_;
  Linear<T> wide_;
  Linear<T> narrow_;
  LayerNorm<T> output_norm_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
