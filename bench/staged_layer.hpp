// Token vectors come in; they go out one transformer layer later, with the time that each step took.
#pragma once

#include "stage.hpp"

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/layer.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <cstdint>

namespace bench {

/// glossa::detail::EncoderLayer on one thread, with a look at the clock between its steps; the vectors are the same,
/// bit for bit, which staged_encoder.hpp checks. The steps of a layer that is run again and again would find its
/// weights in a nearer cache than those of a whole encoder do, so they are timed in their places.
class StagedLayer {
 public:
  StagedLayer(const glossa::detail::Kernels<float>& kernels, glossa::detail::WeightForm form,
              const glossa::Weights& weights, const glossa::EncoderConfig& config, std::size_t index,
              const glossa::detail::LayerStatistics* statistics)
      : StagedLayer(kernels, form, weights, config, glossa::detail::LayerNames(config, index), statistics) {}

  void apply(const glossa::RaggedBatch& batch, float* x, std::size_t stride,
             glossa::detail::LayerScratch<float>& scratch, StageClock& clock) const {
    scratch.workers.resize(1);
    auto& own = scratch.workers.front();
    glossa::Crew alone;
    const std::size_t hidden = config_.hidden_size;
    float* context = scratch.context.ensure(batch.tokens() * hidden);
    attend(batch, x, stride, context, scratch, clock);
    for_each_block(batch.tokens(), [&](std::size_t row, std::size_t rows) {
      float* narrow = own.narrow.ensure(rows * narrow_.stride());
      float* block = x + row * stride;
      attention_output_.prepare(kernels_, alone, context + row * hidden, hidden, rows, own.rows);
      clock.end(Stage::prepare);
      attention_output_.multiply(kernels_, alone, own.rows, rows, narrow);
      clock.end(Stage::attention_output);
      attention_norm_.apply(kernels_, alone, block, stride, rows, narrow, attention_output_.stride());
      clock.end(Stage::layer_norm);
      wide_.prepare(kernels_, alone, block, stride, rows, own.rows);
      clock.end(Stage::prepare);
      wide_.multiply_for(narrow_, kernels_, alone, own.rows, rows, glossa::detail::epilogue_of(config_.activation),
                         own.activated);
      clock.end(Stage::feed_forward_in);
      narrow_.multiply(kernels_, alone, own.activated, rows, narrow);
      clock.end(Stage::feed_forward_out);
      output_norm_.apply(kernels_, alone, block, stride, rows, narrow, narrow_.stride());
      clock.end(Stage::layer_norm);
    });
  }

 private:
  using Linear = glossa::detail::Linear<float>;

  StagedLayer(const glossa::detail::Kernels<float>& kernels, glossa::detail::WeightForm form,
              const glossa::Weights& weights, const glossa::EncoderConfig& config,
              const glossa::detail::LayerNames& names, const glossa::detail::LayerStatistics* statistics)
      : config_(config),
        kernels_(kernels),
        attention_in_bf16_(form != glossa::detail::WeightForm::full && kernels.bf16.attention != nullptr &&
                           config.head_size() % 2 == 0),
        qkv_(kernels, form, weights, names.qkv, glossa::detail::of(statistics, names.qkv)),
        attention_output_(kernels, form, weights, names.attention_output,
                          glossa::detail::of(statistics, names.attention_output)),
        attention_norm_(weights, names.attention_norm, config.hidden_size, config.layer_norm_epsilon),
        wide_(kernels, form, weights, names.wide, glossa::detail::of(statistics, names.wide)),
        narrow_(kernels, form, weights, names.narrow, glossa::detail::of(statistics, names.narrow)),
        output_norm_(weights, names.output_norm, config.hidden_size, config.layer_norm_epsilon) {}

  /// The blocks that the encoder makes for one thread.
  template <class Body>
  static void for_each_block(std::size_t tokens, Body&& body) {
    const std::size_t blocks = (tokens + glossa::detail::kBlockRows - 1) / glossa::detail::kBlockRows;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::size_t begin = block * tokens / blocks;
      body(begin, (block + 1) * tokens / blocks - begin);
    }
  }

  void attend(const glossa::RaggedBatch& batch, const float* x, std::size_t stride, float* context,
              glossa::detail::LayerScratch<float>& scratch, StageClock& clock) const {
    auto& own = scratch.workers.front();
    glossa::Crew alone;
    const std::size_t wide = qkv_.stride();
    const std::size_t size = config_.head_size();
    float* qkv = attention_in_bf16_ ? nullptr : scratch.qkv.ensure(batch.tokens() * wide);
    std::uint16_t* rounded = attention_in_bf16_ ? scratch.bf16_qkv.ensure(batch.tokens() * wide) : nullptr;
    for_each_block(batch.tokens(), [&](std::size_t row, std::size_t rows) {
      qkv_.prepare(kernels_, alone, x + row * stride, stride, rows, own.rows);
      clock.end(Stage::prepare);
      if (attention_in_bf16_)
        qkv_.multiply_to_bf16(kernels_, alone, own.rows, rows, rounded + row * wide);
      else
        qkv_.multiply(kernels_, alone, own.rows, rows, qkv + row * wide);
      clock.end(Stage::qkv);
    });
    for (std::size_t text = 0; text < batch.texts(); ++text)
      for (std::size_t head = 0; head < config_.heads; ++head) {
        const std::size_t first = batch.starts[text] * wide + head * size;
        float* to = context + batch.starts[text] * config_.hidden_size + head * size;
        if (attention_in_bf16_)
          attend_to(kernels_.bf16, rounded + first, batch.length(text), to, own.bf16_attention);
        else
          attend_to(kernels_, qkv + first, batch.length(text), to, own.attention);
      }
    clock.end(Stage::attention);
  }

  /// One head of one text, by the kernels for floats or those for bfloat16 numbers.
  template <class Number>
  void attend_to(const auto& kernels, const Number* queries, std::size_t tokens, float* context, auto& memory) const {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    kernels.attention({queries, queries + hidden, queries + 2 * hidden, qkv_.stride(), tokens, size, context, hidden,
                       memory.ensure(kernels.attention_scratch(tokens, size))});
  }

  glossa::EncoderConfig config_;
  glossa::detail::Kernels<float> kernels_;
  bool attention_in_bf16_;
  Linear qkv_;
  Linear attention_output_;
  glossa::detail::LayerNorm<float> attention_norm_;
  Linear wide_;
  Linear narrow_;
  glossa::detail::LayerNorm<float> output_norm_;
};

}  // namespace bench
