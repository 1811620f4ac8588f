// Token vectors come in; they go out one transformer layer later.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers of a layer; all layers share one set.
template <class T>
struct LayerScratch {
  /// What a thread has for itself.
  struct Worker {
    AlignedBuffer<T> wide;    // [rows of a block, intermediate]
    AlignedBuffer<T> narrow;  // [rows of a block, hidden]
    AlignedBuffer<T> attention;
    LinearScratch linear;
  };
  AlignedBuffer<T> qkv;      // [tokens, 3·hidden]
  AlignedBuffer<T> context;  // [tokens, hidden]
  std::vector<Worker> workers;
};

/// The most rows that go through the linear layers together: few enough that they stay in the second-level cache, many
/// enough that reading the weights costs little.
inline constexpr std::size_t kBlockRows = 96;

/// With fewer rows than this for each thread, a crew shares the columns of every layer, so that each thread reads but
/// its part of the weights; with more, the rows, so that the threads seldom meet.
inline constexpr std::size_t kRowsOfOneThread = 32;

/// BERT's layer (Devlin et al. 2018), normalised after each half:
///   a = LayerNorm(x + Dense(Attention(x)));  y = LayerNorm(a + Dense(activation(Dense(a))))
template <class T>
class EncoderLayer {
 public:
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               std::size_t index)
      : EncoderLayer(kernels, form, weights, config, LayerNames(config, index)) {}

  /// x: [batch.tokens(), hidden] with `stride` elements from row to row, rewritten in place.
  void apply(const Kernels<T>& kernels, Crew& crew, const RaggedBatch& batch, T* x, std::size_t stride,
             LayerScratch<T>& scratch) const {
    const std::size_t tokens = batch.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* qkv = scratch.qkv.ensure(tokens * qkv_.stride());
    T* context = scratch.context.ensure(tokens * hidden);
    if (scratch.workers.size() < crew.members()) scratch.workers.resize(crew.members());
    for_each_block(crew, tokens, scratch, [&](std::size_t row, std::size_t rows, auto& worker, Crew& helpers) {
      qkv_.apply(kernels, helpers, x + row * stride, stride, rows, qkv + row * qkv_.stride(), worker.linear);
    });
    crew.for_each(batch.texts() * config_.heads, [&](std::size_t i, std::size_t worker) {
      attend(kernels, batch, i / config_.heads, i % config_.heads, qkv, context, scratch.workers[worker].attention);
    });
    for_each_block(crew, tokens, scratch, [&](std::size_t row, std::size_t rows, auto& worker, Crew& helpers) {
      T* wide = worker.wide.ensure(rows * wide_.stride());
      T* narrow = worker.narrow.ensure(rows * narrow_.stride());
      T* block = x + row * stride;
      attention_output_.apply(kernels, helpers, context + row * hidden, hidden, rows, narrow, worker.linear);
      attention_norm_.apply(kernels, helpers, block, stride, rows, narrow, attention_output_.stride());
      wide_.apply(kernels, helpers, block, stride, rows, wide, worker.linear, epilogue_of(config_.activation));
      narrow_.apply(kernels, helpers, wide, wide_.stride(), rows, narrow, worker.linear);
      output_norm_.apply(kernels, helpers, block, stride, rows, narrow, narrow_.stride());
    });
  }

 private:
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               const LayerNames& names)
      : config_(config),
        qkv_(kernels, form, weights, names.qkv),
        attention_output_(kernels, form, weights, names.attention_output),
        attention_norm_(weights, names.attention_norm, config.hidden_size, config.layer_norm_epsilon),
        wide_(kernels, form, weights, names.wide),
        narrow_(kernels, form, weights, names.narrow),
        output_norm_(weights, names.output_norm, config.hidden_size, config.layer_norm_epsilon) {}

  /// Calls body(first row, rows, worker's buffers, its helpers) for blocks of rows, which the crew shares; or for all
  /// rows at once where they are few, with the crew to help with each of them.
  template <class Body>
  void for_each_block(Crew& crew, std::size_t tokens, LayerScratch<T>& scratch, Body&& body) const {
    const std::size_t members = crew.members();
    if (members > 1 && tokens < members * kRowsOfOneThread) return body(0, tokens, scratch.workers.front(), crew);
    const std::size_t rounds = (tokens + members * kBlockRows - 1) / (members * kBlockRows);
    const std::size_t blocks = std::min(rounds * members, tokens);
    Crew alone;
    crew.for_each(blocks, [&](std::size_t block, std::size_t worker) {
      const std::size_t begin = block * tokens / blocks;
      const std::size_t end = (block + 1) * tokens / blocks;
      body(begin, end - begin, scratch.workers[worker], alone);
    });
  }

  /// One head of one text.
  void attend(const Kernels<T>& kernels, const RaggedBatch& batch, std::size_t text, std::size_t head, const T* qkv,
              T* context, AlignedBuffer<T>& scratch) const {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    const std::size_t tokens = batch.length(text);
    const T* queries = qkv + batch.starts[text] * qkv_.stride() + head * size;
    kernels.attention({queries, queries + hidden, queries + 2 * hidden, qkv_.stride(), tokens, size,
                       context + batch.starts[text] * hidden + head * size, hidden,
                       scratch.ensure(kernels.attention_scratch(tokens, size))});
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
