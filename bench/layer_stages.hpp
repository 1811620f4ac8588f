// A model's first layer comes in; its steps go out, to be run one at a time on rows of made-up activations.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/layer.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace bench {

/// The steps of glossa::detail::EncoderLayer, each with buffers of its own; one thread at a time.
class LayerStages {
 public:
  LayerStages(const glossa::Weights& weights, const glossa::EncoderConfig& config, glossa::CpuLevel level,
              glossa::detail::WeightForm form)
      : LayerStages(weights, config, level, form, glossa::detail::LayerNames(config, 0)) {}

  void qkv(std::size_t tokens) { multiply(qkv_, tokens); }
  void attention_output(std::size_t tokens) { multiply(attention_output_, tokens); }

  /// With what brings its result into the form that feed_forward_out() reads.
  void feed_forward_in(std::size_t tokens) {
    const std::size_t hidden = config_.hidden_size;
    const float* x = rows(input_, tokens, hidden);
    for_each_block(tokens, [&](std::size_t row, std::size_t count) {
      wide_.prepare(kernels_, alone_, x + row * hidden, hidden, count, prepared_);
      wide_.multiply_for(narrow_, kernels_, alone_, prepared_, count, glossa::detail::epilogue_of(config_.activation),
                         activated_);
    });
  }

  /// Of the same rows for every block: in the layer too they lie where those of the block before have lain.
  void feed_forward_out(std::size_t tokens) {
    const std::size_t inputs = config_.intermediate_size;
    const std::size_t most = std::min(glossa::detail::kBlockRows, tokens);
    if (most > known_rows_) narrow_.prepare(kernels_, alone_, rows(wide_input_, most, inputs), inputs, most, known_);
    known_rows_ = std::max(most, known_rows_);
    float* y = output_.ensure(tokens * narrow_.stride());
    for_each_block(tokens, [&](std::size_t row, std::size_t count) {
      narrow_.multiply(kernels_, alone_, known_, count, y + row * narrow_.stride());
    });
  }

  /// All heads of `texts` texts of `length` tokens.
  void attention(std::size_t texts, std::size_t length) {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    const float* qkv = rows(input_, texts * length, 3 * hidden);
    float* context = output_.ensure(texts * length * hidden);
    for (std::size_t text = 0; text < texts; ++text)
      for (std::size_t head = 0; head < config_.heads; ++head) {
        const float* queries = qkv + text * length * 3 * hidden + head * size;
        kernels_.attention({queries, queries + hidden, queries + 2 * hidden, 3 * hidden, length, size,
                            context + text * length * hidden + head * size, hidden,
                            attention_.ensure(kernels_.attention_scratch(length, size))});
      }
  }

  /// Of a sum with the input of the half layer before it, as in the layer.
  void layer_norm(std::size_t tokens) {
    const float* residual = rows(input_, tokens, config_.hidden_size);
    norm_.apply(kernels_, alone_, rows(output_, tokens, config_.hidden_size), config_.hidden_size, tokens, residual,
                config_.hidden_size);
  }

 private:
  LayerStages(const glossa::Weights& weights, const glossa::EncoderConfig& config, glossa::CpuLevel level,
              glossa::detail::WeightForm form, const glossa::detail::LayerNames& names)
      : config_(config),
        kernels_(glossa::detail::kernels_of<float>(level)),
        qkv_(kernels_, form, weights, names.qkv),
        attention_output_(kernels_, form, weights, names.attention_output),
        wide_(kernels_, form, weights, names.wide),
        narrow_(kernels_, form, weights, names.narrow),
        norm_(weights, names.output_norm, config.hidden_size, config.layer_norm_epsilon) {}

  using Linear = glossa::detail::Linear<float>;
  using Buffer = glossa::AlignedBuffer<float>;

  /// Calls body(first row, rows) for blocks of as many rows as the encoder takes at a time.
  template <class Body>
  static void for_each_block(std::size_t tokens, Body&& body) {
    for (std::size_t row = 0; row < tokens; row += glossa::detail::kBlockRows)
      body(row, std::min(glossa::detail::kBlockRows, tokens - row));
  }

  /// With what brings its input, [tokens, hidden], into the form that the product reads.
  void multiply(const Linear& layer, std::size_t tokens) {
    const std::size_t hidden = config_.hidden_size;
    const float* x = rows(input_, tokens, hidden);
    float* y = output_.ensure(tokens * layer.stride());
    for_each_block(tokens, [&](std::size_t row, std::size_t count) {
      layer.prepare(kernels_, alone_, x + row * hidden, hidden, count, prepared_);
      layer.multiply(kernels_, alone_, prepared_, count, y + row * layer.stride());
    });
  }

  /// Memory for [count, size] values between -1 and 1, of which those that are new are filled in.
  static float* rows(Buffer& buffer, std::size_t count, std::size_t size) {
    const std::size_t known = buffer.size();
    float* values = buffer.ensure(count * size);
    if (buffer.size() == known) return values;
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < buffer.size(); ++i) {
      state = state * 1664525U + 1013904223U;
      values[i] = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
    }
    return values;
  }

  glossa::EncoderConfig config_;
  glossa::detail::Kernels<float> kernels_;
  glossa::Crew alone_;
  Linear qkv_;
  Linear attention_output_;
  Linear wide_;
  Linear narrow_;
  glossa::detail::LayerNorm<float> norm_;
  glossa::detail::LinearRows<float> prepared_;
  glossa::detail::LinearRows<float> activated_;
  glossa::detail::LinearRows<float> known_;
  std::size_t known_rows_ = 0;
  Buffer input_;
  Buffer wide_input_;
  Buffer output_;
  Buffer attention_;
};

}  // namespace bench
