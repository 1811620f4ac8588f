// Token vectors come in; they go out one transformer layer later.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/input_statistics.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/linear.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers of a layer; all layers share one set.
template <class T>
struct LayerScratch {
  /// What a thread has for itself.
  struct Worker {
    LinearRows<T> rows;       // the input of a linear layer
    LinearRows<T> activated;  // of the one behind the activation
    AlignedBuffer<T> narrow;  // [rows of a block, hidden]
    AlignedBuffer<T> attention;
    AlignedBuffer<std::byte> bf16_attention;
  };
  AlignedBuffer<T> qkv;                   // [tokens, 3·hidden]
  AlignedBuffer<std::uint16_t> bf16_qkv;  // the same, where attention reads bfloat16 numbers
  AlignedBuffer<T> context;               // [tokens, hidden]
  std::vector<Worker> workers;
};

/// Looks at the inputs of a layer's linear layers: name, rows, stride and number of rows.
template <class T>
using LayerObserver = std::function<void(const LinearName&, const T*, std::size_t, std::size_t)>;

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
  /// statistics: what is known of the layer's inputs, for weights that become 8-bit integers here; or null.
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               std::size_t index, const LayerStatistics* statistics = nullptr)
      : EncoderLayer(kernels, form, weights, config, LayerNames(config, index), statistics) {}

  /// x: [batch.tokens(), hidden] with `stride` elements from row to row, rewritten in place. `observe` is told of all
  /// inputs, where weights are full.
  void apply(const Kernels<T>& kernels, Crew& crew, const RaggedBatch& batch, T* x, std::size_t stride,
             LayerScratch<T>& scratch, const LayerObserver<T>& observe = {}) const {
    const std::size_t tokens = batch.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* context = scratch.context.ensure(tokens * hidden);
    if (scratch.workers.size() < crew.members()) scratch.workers.resize(crew.members());
    attend(kernels, crew, batch, x, stride, context, scratch, observe);
    for_each_block(crew, tokens, scratch, [&](std::size_t row, std::size_t rows, auto& worker, Crew& helpers) {
      T* narrow = worker.narrow.ensure(rows * narrow_.stride());
      T* block = x + row * stride;
      attention_output_.prepare(kernels, helpers, context + row * hidden, hidden, rows, worker.rows);
      attention_output_.multiply(kernels, helpers, worker.rows, rows, narrow);
      attention_norm_.apply(kernels, helpers, block, stride, rows, narrow, attention_output_.stride());
      wide_.prepare(kernels, helpers, block, stride, rows, worker.rows);
      wide_.multiply_for(narrow_, kernels, helpers, worker.rows, rows, epilogue_of(config_.activation),
                         worker.activated);
      narrow_.multiply(kernels, helpers, worker.activated, rows, narrow);
      if (observe) {
        observe(names_.attention_output, context + row * hidden, hidden, rows);
        observe(names_.wide, block, stride, rows);
        observe(names_.narrow, worker.activated.floats, worker.activated.stride, rows);
      }
      output_norm_.apply(kernels, helpers, block, stride, rows, narrow, narrow_.stride());
    });
  }

 private:
  EncoderLayer(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const EncoderConfig& config,
               const LayerNames& names, const LayerStatistics* statistics)
      : config_(config),
        names_(names),
        attention_in_bf16_(form != WeightForm::full && kernels.bf16.attention != nullptr &&
                           config.head_size() % 2 == 0),
        qkv_(kernels, form, weights, names.qkv, of(statistics, names.qkv)),
        attention_output_(kernels, form, weights, names.attention_output, of(statistics, names.attention_output)),
        attention_norm_(weights, names.attention_norm, config.hidden_size, config.layer_norm_epsilon),
        wide_(kernels, form, weights, names.wide, of(statistics, names.wide)),
        narrow_(kernels, form, weights, names.narrow, of(statistics, names.narrow)),
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

  /// context [tokens, hidden]: what all heads of all texts give.
  void attend(const Kernels<T>& kernels, Crew& crew, const RaggedBatch& batch, const T* x, std::size_t stride,
              T* context, LayerScratch<T>& scratch, const LayerObserver<T>& observe) const {
    const std::size_t wide = qkv_.stride();
    if constexpr (std::is_same_v<T, float>) {
      if (attention_in_bf16_) {
        std::uint16_t* qkv = scratch.bf16_qkv.ensure(batch.tokens() * wide);
        for_each_block(crew, batch.tokens(), scratch, [&](std::size_t row, std::size_t rows, auto& worker, Crew& all) {
          qkv_.prepare(kernels, all, x + row * stride, stride, rows, worker.rows);
          qkv_.multiply_to_bf16(kernels, all, worker.rows, rows, qkv + row * wide);
        });
        return for_each_head(crew, batch, qkv, context, scratch,
                             [&](auto& worker, const auto* queries, std::size_t tokens, T* to) {
                               attend_in_bf16(kernels.bf16, worker, queries, tokens, to);
                             });
      }
    }
    T* qkv = scratch.qkv.ensure(batch.tokens() * wide);
    for_each_block(crew, batch.tokens(), scratch, [&](std::size_t row, std::size_t rows, auto& worker, Crew& all) {
      if (observe) observe(names_.qkv, x + row * stride, stride, rows);
      qkv_.prepare(kernels, all, x + row * stride, stride, rows, worker.rows);
      qkv_.multiply(kernels, all, worker.rows, rows, qkv + row * wide);
    });
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    for_each_head(crew, batch, qkv, context, scratch,
                  [&](auto& worker, const auto* queries, std::size_t tokens, T* to) {
                    kernels.attention({queries, queries + hidden, queries + 2 * hidden, wide, tokens, size, to, hidden,
                                       worker.attention.ensure(kernels.attention_scratch(tokens, size))});
                  });
  }

  void attend_in_bf16(const Bf16Kernels& kernels, auto& worker, const std::uint16_t* queries, std::size_t tokens,
                      float* context) const {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t size = config_.head_size();
    kernels.attention({queries, queries + hidden, queries + 2 * hidden, qkv_.stride(), tokens, size, context, hidden,
                       worker.bf16_attention.ensure(kernels.attention_scratch(tokens, size))});
  }

  /// Calls body(worker's buffers, queries, tokens, context) for every head of every text, which the crew shares.
  template <class Number, class Body>
  void for_each_head(Crew& crew, const RaggedBatch& batch, const Number* qkv, T* context, LayerScratch<T>& scratch,
                     Body&& body) const {
    crew.for_each(batch.texts() * config_.heads, [&](std::size_t i, std::size_t worker) {
      const std::size_t text = i / config_.heads;
      const std::size_t first = i % config_.heads * config_.head_size();
      body(scratch.workers[worker], qkv + batch.starts[text] * qkv_.stride() + first, batch.length(text),
           context + batch.starts[text] * config_.hidden_size + first);
    });
  }

  EncoderConfig config_;
  LayerNames names_;
  bool attention_in_bf16_;
  Linear<T> qkv_;
  Linear<T> attention_output_;
  LayerNorm<T> attention_norm_;
  Linear<T> wide_;
  Linear<T> narrow_;
  LayerNorm<T> output_norm_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
