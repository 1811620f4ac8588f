// A layer's input comes in; its output goes out, and on the way back what a loss changes by with the input and weights.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/kernels/training_operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/train/dropout.hpp>
#include <glossa/train/parameter_layout.hpp>
#include <glossa/train/training_batch.hpp>
#include <glossa/train/training_linear.hpp>
#include <glossa/train/training_precision.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// What the way back needs of the way there: 12 · hidden numbers a token where the intermediate size is 4 · hidden.
template <class T>
struct LayerTape {
  PaddedRows<T> qkv;      // [tokens, 3·hidden]
  PaddedRows<T> context;  // [tokens, hidden]
  PaddedRows<T> first;    // the sum that the first normalisation takes
  PaddedRows<T> middle;   // and gives
  PaddedRows<T> wide;     // [tokens, intermediate], before the activation
  PaddedRows<T> second;   // the sum that the second one takes
  std::vector<T> means[2];
  std::vector<T> scales[2];
};

/// Buffers that all layers share.
template <class T>
struct LayerRoom {
  PaddedRows<T> activated;  // [tokens, intermediate]
  PaddedRows<T> narrow;     // [tokens, hidden]
  PaddedRows<T> dropped;
  PaddedRows<T> qkv;  // gradients
  LinearRoom<T> linear;
  std::vector<AlignedBuffer<T>> attention;  // of each worker
  std::vector<PaddedRows<T>> masks;
};

/// BERT's layer; see encoder/layer.hpp, whose arithmetic this follows with every intermediate result kept.
template <class T>
class TrainingLayer {
 public:
  TrainingLayer(const TrainingKernels<T>& kernels, const EncoderConfig& config, const LayerPlaces& places,
                std::size_t index, TrainingPrecision precision)
      : kernels_(kernels),
        config_(config),
        places_(places),
        index_(index),
        qkv_(kernels, {3 * config.hidden_size, config.hidden_size, places.qkv, places.qkv_bias}, precision),
        output_(kernels, {config.hidden_size, config.hidden_size, places.output, places.output_bias}, precision),
        wide_(kernels, {config.intermediate_size, config.hidden_size, places.wide, places.wide_bias}, precision),
        narrow_(kernels, {config.hidden_size, config.intermediate_size, places.narrow, places.narrow_bias}, precision) {
  }

  /// To be called after the weights have changed.
  void pack(const T* weights, Crew& crew) {
    for (TrainingLinear<T>* linear : {&qkv_, &output_, &wide_, &narrow_}) linear->pack(weights, crew);
  }

  /// x, out: [tokens, padded(hidden)].
  void forward(const T* weights, const TrainingBatch& batch, const Dropout& states, const Dropout& attention,
               Crew& crew, const T* x, LayerTape<T>& tape, LayerRoom<T>& room, T* out) const {
    const std::size_t tokens = batch.texts.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* qkv = tape.qkv.ensure(tokens * wide_stride(3 * hidden));
    qkv_.forward(crew, weights, x, tokens, room.linear, qkv);
    T* context = tape.context.ensure(tokens * stride());
    for_each_head(crew, batch, attention, room, [&](TrainedHead<T> head, std::size_t row, std::size_t first) {
      of_head(head, qkv, row, first);
      head.context = context + row * stride() + first;
      kernels_.attend(head);
    });
    T* sum = tape.first.ensure(tokens * stride());
    output_.forward(crew, weights, context, tokens, room.linear, sum);
    add_input(crew, batch, states, 0, x, sum);
    T* middle = tape.middle.ensure(tokens * stride());
    normalize(crew, tokens, weights + places_.attention_norm, sum, middle, tape, 0);
    const std::size_t intermediate = config_.intermediate_size;
    T* wide = tape.wide.ensure(tokens * wide_stride(intermediate));
    wide_.forward(crew, weights, middle, tokens, room.linear, wide);
    const T* activated = activate(crew, tokens, wide, room);
    T* second = tape.second.ensure(tokens * stride());
    narrow_.forward(crew, weights, activated, tokens, room.linear, second);
    add_input(crew, batch, states, 1, middle, second);
    normalize(crew, tokens, weights + places_.norm, second, out, tape, 1);
  }

  /// slopes: [tokens, padded(hidden)], of the output, and when this returns, of the input. Adds to `gradients`, which
  /// has the weights' layout; where it is null, the weights are frozen.
  void backward(const T* weights, const TrainingBatch& batch, const Dropout& states, const Dropout& attention,
                Crew& crew, const T* x, const LayerTape<T>& tape, LayerRoom<T>& room, T* slopes, T* gradients) const {
    const std::size_t tokens = batch.texts.tokens();
    const std::size_t hidden = config_.hidden_size;
    const std::size_t intermediate = config_.intermediate_size;
    const std::size_t wide = wide_stride(intermediate);
    normalize_back(crew, tokens, weights, gradients, places_.norm, tape.second.data(), tape, 1, slopes);
    {  // slopes: of the second sum, and so of the layer's middle as well
      const T* dropped = drop(crew, batch, states, 1, slopes, room);
      T* activated = activate(crew, tokens, tape.wide.data(), room);
      narrow_.weight_gradient(crew, dropped, activated, tokens, room.linear, gradients);
      T* of_wide = activated;  // which is read no more
      narrow_.input_gradient(crew, weights, dropped, tokens, room.linear, of_wide);
      crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
        kernels_.activation_gradient({tape.wide.data() + begin * wide, wide, end - begin, across(intermediate),
                                      of_wide + begin * wide, wide, epilogue_of(config_.activation)});
      });
      wide_.weight_gradient(crew, of_wide, tape.middle.data(), tokens, room.linear, gradients);
      wide_.add_input_gradient(crew, weights, of_wide, tokens, room.linear, slopes);
    }
    normalize_back(crew, tokens, weights, gradients, places_.attention_norm, tape.first.data(), tape, 0, slopes);
    const T* dropped = drop(crew, batch, states, 0, slopes, room);
    output_.weight_gradient(crew, dropped, tape.context.data(), tokens, room.linear, gradients);
    T* of_context = room.narrow.ensure(tokens * stride());
    output_.input_gradient(crew, weights, dropped, tokens, room.linear, of_context);
    const std::size_t qkv_stride = wide_stride(3 * hidden);
    T* of_qkv = room.qkv.ensure(tokens * qkv_stride);
    for_each_head(crew, batch, attention, room, [&](TrainedHead<T> head, std::size_t row, std::size_t first) {
      of_head(head, tape.qkv.data(), row, first);
      head.context_gradient = of_context + row * stride() + first;
      head.query_gradient = of_qkv + row * qkv_stride + first;
      head.key_gradient = head.query_gradient + hidden;
      head.value_gradient = head.query_gradient + 2 * hidden;
      head.gradient_stride = qkv_stride;
      kernels_.attention_gradient(head);
    });
    qkv_.weight_gradient(crew, of_qkv, x, tokens, room.linear, gradients);
    qkv_.add_input_gradient(crew, weights, of_qkv, tokens, room.linear, slopes);
  }

 private:
  [[nodiscard]] std::size_t across(std::size_t columns) const noexcept { return round_up(columns, kernels_.panel); }
  [[nodiscard]] std::size_t stride() const noexcept { return padded(config_.hidden_size); }
  [[nodiscard]] static std::size_t wide_stride(std::size_t columns) noexcept { return padded(columns); }

  T* activate(Crew& crew, std::size_t tokens, const T* wide, LayerRoom<T>& room) const {
    const std::size_t row = wide_stride(config_.intermediate_size);
    T* activated = room.activated.ensure(tokens * row);
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.activate({wide + begin * row, row, end - begin, across(config_.intermediate_size),
                         activated + begin * row, row, epilogue_of(config_.activation)});
    });
    return activated;
  }

  void normalize(Crew& crew, std::size_t tokens, const T* norm, const T* x, T* y, LayerTape<T>& tape,
                 std::size_t which) const {
    tape.means[which].resize(tokens);
    tape.scales[which].resize(tokens);
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.normalize({x + begin * stride(), stride(), y + begin * stride(), stride(), end - begin,
                          config_.hidden_size, norm, norm + stride(), static_cast<T>(config_.layer_norm_epsilon),
                          tape.means[which].data() + begin, tape.scales[which].data() + begin});
    });
  }

  void normalize_back(Crew& crew, std::size_t tokens, const T* weights, T* gradients, std::size_t norm, const T* x,
                      const LayerTape<T>& tape, std::size_t which, T* slopes) const {
    const T* means = tape.means[which].data();
    const T* scales = tape.scales[which].data();
    if (gradients != nullptr)
      crew.for_each_range(stride() / kParameterColumns, [&](std::size_t begin, std::size_t end, std::size_t) {
        const std::size_t first = begin * kParameterColumns;
        const std::size_t count = std::min(end * kParameterColumns, config_.hidden_size) - first;
        kernels_.normalize_sums({x, stride(), slopes, stride(), tokens, means, scales, first, count, gradients + norm,
                                 gradients + norm + stride()});
      });
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.normalize_gradient({x + begin * stride(), stride(), slopes + begin * stride(), stride(), end - begin,
                                   config_.hidden_size, weights + norm, means + begin, scales + begin});
    });
  }

  /// Calls multiply(row, factor of a column) for each token's row where dropout is on.
  template <class Multiply>
  void for_each_dropped(Crew& crew, const TrainingBatch& batch, std::size_t site, Multiply&& multiply) const {
    crew.for_each(batch.texts.texts(), [&](std::size_t text, std::size_t) {
      const std::uint64_t key = static_cast<std::uint64_t>(batch.first + text) << 36;
      for (std::size_t i = 0; i < batch.texts.length(text); ++i)
        multiply(batch.texts.starts[text] + i, site_of(site), key | static_cast<std::uint64_t>(i) << 20);
    });
  }
  [[nodiscard]] std::uint64_t site_of(std::size_t site) const noexcept { return 4 * (index_ + 1) + site; }

  /// y = dropout(y) + x
  void add_input(Crew& crew, const TrainingBatch& batch, const Dropout& dropout, std::size_t site, const T* x,
                 T* y) const {
    if (dropout.is_on())
      for_each_dropped(crew, batch, site, [&](std::size_t row, std::uint64_t at, std::uint64_t key) {
        for (std::size_t k = 0; k < config_.hidden_size; ++k)
          y[row * stride() + k] *= static_cast<T>(dropout.factor(at, key + k));
      });
    crew.for_each_range(batch.texts.tokens(), [&](std::size_t begin, std::size_t end, std::size_t) {
      add_row<T>(y + begin * stride(), x + begin * stride(), (end - begin) * stride());
    });
  }

  /// Slopes through the dropout of add_input(): themselves where it is off.
  const T* drop(Crew& crew, const TrainingBatch& batch, const Dropout& dropout, std::size_t site, const T* slopes,
                LayerRoom<T>& room) const {
    if (!dropout.is_on()) return slopes;
    T* dropped = room.dropped.ensure(batch.texts.tokens() * stride());
    for_each_dropped(crew, batch, site, [&](std::size_t row, std::uint64_t at, std::uint64_t key) {
      for (std::size_t k = 0; k < config_.hidden_size; ++k)
        dropped[row * stride() + k] = slopes[row * stride() + k] * static_cast<T>(dropout.factor(at, key + k));
    });
    return dropped;
  }

  void of_head(TrainedHead<T>& head, const T* qkv, std::size_t row, std::size_t first) const {
    head.queries = qkv + row * wide_stride(3 * config_.hidden_size) + first;
    head.keys = head.queries + config_.hidden_size;
    head.values = head.keys + config_.hidden_size;
    head.stride = wide_stride(3 * config_.hidden_size);
    head.context_stride = stride();
  }

  /// Calls body(head, its first row, its first column) for every head of every text.
  template <class Body>
  void for_each_head(Crew& crew, const TrainingBatch& batch, const Dropout& dropout, LayerRoom<T>& room,
                     Body&& body) const {
    if (room.attention.size() < crew.members()) room.attention.resize(crew.members());
    if (room.masks.size() < crew.members()) room.masks.resize(crew.members());
    const std::size_t size = config_.head_size();
    crew.for_each(batch.texts.texts() * config_.heads, [&](std::size_t i, std::size_t worker) {
      const std::size_t text = i / config_.heads;
      const std::size_t number = i % config_.heads;
      const std::size_t tokens = batch.texts.length(text);
      TrainedHead<T> head{};
      head.tokens = tokens;
      head.size = size;
      head.scratch = room.attention[worker].ensure(kernels_.attention_scratch(tokens, size));
      if (dropout.is_on()) {
        T* mask = room.masks[worker].ensure(tokens * across(tokens));
        const std::uint64_t key =
            static_cast<std::uint64_t>(batch.first + text) << 36 | static_cast<std::uint64_t>(number) << 28;
        for (std::size_t r = 0; r < tokens; ++r)
          for (std::size_t c = 0; c < tokens; ++c)
            mask[r * across(tokens) + c] = static_cast<T>(dropout.factor(site_of(2), key | r << 14 | c));
        head.mask = mask;
      }
      body(head, batch.texts.starts[text], number * size);
    });
  }

  TrainingKernels<T> kernels_;
  EncoderConfig config_;
  LayerPlaces places_;
  std::size_t index_;
  TrainingLinear<T> qkv_;
  TrainingLinear<T> output_;
  TrainingLinear<T> wide_;
  TrainingLinear<T> narrow_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
