// Token vectors come in; they go out one transformer layer later.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/kernels.hpp>
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
  AlignedBuffer<T> attention;
  LinearScratch linear;
};

/// Rows that go through the linear layers together: few enough that they stay in the second-level cache, many enough
/// that reading the weights costs little.
inline constexpr std::size_t kBlockRows = 96;

/// BERT's layer (Devlin et al. 2018), normalised after each half:
///   a = LayerNorm(x + Dense(Attention(x)));  y = LayerNorm(a + Dense(activation(Dense(a))))
template <class T>
class EncoderLayer {
 public:
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               std::size_t index)
      : EncoderLayer(kernels, form, weights, config, "encoder.layer." + std::to_string(index) + ".") {}

  /// x: [batch.tokens(), hidden] with `stride` elements from row to row, rewritten in place.
  void apply(const Kernels<T>& kernels, const RaggedBatch& batch, T* x, std::size_t stride,
             LayerScratch<T>& scratch) const {
    const std::size_t tokens = batch.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* qkv = scratch.qkv.ensure(tokens * qkv_.stride());
    T* context = scratch.context.ensure(tokens * hidden);
    for (std::size_t row = 0; row < tokens; row += kBlockRows)
      qkv_.apply(kernels, x + row * stride, stride, std::min(kBlockRows, tokens - row), qkv + row * qkv_.stride(),
                 scratch.linear);
    for (std::size_t text = 0; text < batch.texts(); ++text)
      for (std::size_t head = 0; head < config_.heads; ++head)
        attend(kernels, batch, text, head, qkv, context, scratch);
    T* wide = scratch.wide.ensure(kBlockRows * wide_.stride());
    T* narrow = scratch.narrow.ensure(kBlockRows * narrow_.stride());
    for (std::size_t row = 0; row < tokens; row += kBlockRows) {
      const std::size_t rows = std::min(kBlockRows, tokens - row);
      T* block = x + row * stride;
      attention_output_.apply(kernels, context + row * hidden, hidden, rows, narrow, scratch.linear);
      attention_norm_.apply(kernels, block, stride, rows, narrow, attention_output_.stride());
      wide_.apply(kernels, block, stride, rows, wide, scratch.linear, epilogue_of(config_.activation));
      narrow_.apply(kernels, wide, wide_.stride(), rows, narrow, scratch.linear);
      output_norm_.apply(kernels, block, stride, rows, narrow, narrow_.stride());
    }
  }

 private:
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               const std::string& name)
      : config_(config),
        qkv_(kernels, form, weights,
             {name + "attention.self.query", name + "attention.self.key", name + "attention.self.value"},
             config.hidden_size, config.hidden_size),
        attention_output_(kernels, form, weights, {name + "attention.output.dense"}, config.hidden_size,
                          config.hidden_size),
        attention_norm_(weights, name + "attention.output.LayerNorm", config.hidden_size, config.layer_norm_epsilon),
        wide_(kernels, form, weights, {name + "intermediate.dense"}, config.hidden_size, config.intermediate_size),
        narrow_(kernels, form, weights, {name + "output.dense"}, config.intermediate_size, config.hidden_size),
        output_norm_(weights, name + "output.LayerNorm", config.hidden_size, config.layer_norm_epsilon) {}

  /// One head of one text.
  void attend(const Kernels<T>& kernels, const RaggedBatch& batch, std::size_t text, std::size_t head, const T* qkv,
              T* context, LayerScratch<T>& scratch) const {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    const std::size_t tokens = batch.length(text);
    const T* queries = qkv + batch.starts[text] * qkv_.stride() + head * size;
    kernels.attention({queries, queries + hidden, queries + 2 * hidden, qkv_.stride(), tokens, size,
                       context + batch.starts[text] * hidden + head * size, hidden,
                       scratch.attention.ensure(kernels.attention_scratch(tokens, size))});
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
