// A layer's input comes in; its output goes out, and on the way back what a loss changes by with the input and weights.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/kernels/training_operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/train/dropout.hpp>
#include <glossa/train/parameter_layout.hpp>
#include <glossa/train/training_batch.hpp>

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
  PaddedRows<T> qkv;                        // gradients
  std::vector<AlignedBuffer<T>> attention;  // of each worker
  std::vector<PaddedRows<T>> masks;
};

/// BERT's layer; see encoder/layer.hpp, whose arithmetic this follows with every intermediate result kept.
template <class T>
class TrainingLayer {
 public:
  TrainingLayer(const TrainingKernels<T>& kernels, const EncoderConfig& config, const LayerPlaces& places,
                std::size_t index)
      : kernels_(kernels), config_(config), places_(places), index_(index) {}

  /// To be called after the weights have changed.
  void pack(const T* weights, Crew& crew) {
    const std::size_t hidden = config_.hidden_size;
    const std::size_t wide = config_.intermediate_size;
    if (qkv_.depth() == 0) {
      qkv_ = PackedMatrix<T>(hidden, 3 * hidden, kernels_.panel);
      output_ = PackedMatrix<T>(hidden, hidden, kernels_.panel);
      wide_ = PackedMatrix<T>(hidden, wide, kernels_.panel);
      narrow_ = PackedMatrix<T>(wide, hidden, kernels_.panel);
    }
    pack(qkv_, weights + places_.qkv, crew);
    pack(output_, weights + places_.output, crew);
    pack(wide_, weights + places_.wide, crew);
    pack(narrow_, weights + places_.narrow, crew);
  }

  /// x, out: [tokens, padded(hidden)].
  void forward(const T* weights, const TrainingBatch& batch, const Dropout& states, const Dropout& attention,
               Crew& crew, const T* x, LayerTape<T>& tape, LayerRoom<T>& room, T* out) const {
    const std::size_t tokens = batch.texts.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* qkv = tape.qkv.ensure(tokens * wide_stride(3 * hidden));
    linear(crew, x, stride(), tokens, qkv_, weights + places_.qkv_bias, qkv, wide_stride(3 * hidden));
    T* context = tape.context.ensure(tokens * stride());
    for_each_head(crew, batch, attention, room, [&](TrainedHead<T> head, std::size_t row, std::size_t first) {
      of_head(head, qkv, row, first);
      head.context = context + row * stride() + first;
      kernels_.attend(head);
    });
    T* sum = tape.first.ensure(tokens * stride());
    linear(crew, context, stride(), tokens, output_, weights + places_.output_bias, sum, stride());
    add_input(crew, batch, states, 0, x, sum);
    T* middle = tape.middle.ensure(tokens * stride());
    normalize(crew, tokens, weights + places_.attention_norm, sum, middle, tape, 0);
    const std::size_t intermediate = config_.intermediate_size;
    T* wide = tape.wide.ensure(tokens * wide_stride(intermediate));
    linear(crew, middle, stride(), tokens, wide_, weights + places_.wide_bias, wide, wide_stride(intermediate));
    const T* activated = activate(crew, tokens, wide, room);
    T* second = tape.second.ensure(tokens * stride());
    linear(crew, activated, wide_stride(intermediate), tokens, narrow_, weights + places_.narrow_bias, second,
           stride());
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
      linear_gradient(crew, dropped, stride(), activated, wide, tokens, hidden, intermediate, places_.narrow,
                      places_.narrow_bias, gradients);
      T* of_wide = activated;  // which is read no more
      multiply_rows(crew, dropped, stride(), tokens, weights + places_.narrow, wide, hidden, intermediate, of_wide,
                    wide);
      crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
        kernels_.activation_gradient({tape.wide.data() + begin * wide, wide, end - begin, across(intermediate),
                                      of_wide + begin * wide, wide, epilogue_of(config_.activation)});
      });
      linear_gradient(crew, of_wide, wide, tape.middle.data(), stride(), tokens, intermediate, hidden, places_.wide,
                      places_.wide_bias, gradients);
      add_product(crew, of_wide, wide, tokens, weights + places_.wide, intermediate, room, slopes);
    }
    normalize_back(crew, tokens, weights, gradients, places_.attention_norm, tape.first.data(), tape, 0, slopes);
    const T* dropped = drop(crew, batch, states, 0, slopes, room);
    linear_gradient(crew, dropped, stride(), tape.context.data(), stride(), tokens, hidden, hidden, places_.output,
                    places_.output_bias, gradients);
    T* of_context = room.narrow.ensure(tokens * stride());
    multiply_rows(crew, dropped, stride(), tokens, weights + places_.output, stride(), hidden, hidden, of_context,
                  stride());
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
    linear_gradient(crew, of_qkv, qkv_stride, x, stride(), tokens, 3 * hidden, hidden, places_.qkv, places_.qkv_bias,
                    gradients);
    add_product(crew, of_qkv, qkv_stride, tokens, weights + places_.qkv, 3 * hidden, room, slopes);
  }

 private:
  [[nodiscard]] std::size_t across(std::size_t columns) const noexcept { return round_up(columns, kernels_.panel); }
  [[nodiscard]] std::size_t stride() const noexcept { return padded(config_.hidden_size); }
  [[nodiscard]] static std::size_t wide_stride(std::size_t columns) noexcept { return padded(columns); }

  static void pack(PackedMatrix<T>& packed, const T* weights, Crew& crew) {
    const std::size_t row = padded(packed.depth());
    crew.for_each_range(packed.columns(), [&](std::size_t begin, std::size_t end, std::size_t) {
      packed.set_columns_from_rows(begin, end - begin, weights + begin * row, row);
    });
  }

  void linear(Crew& crew, const T* x, std::size_t x_stride, std::size_t tokens, const PackedMatrix<T>& weights,
              const T* bias, T* y, std::size_t y_stride) const {
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply({x + begin * x_stride, x_stride, end - begin, weights.panel(0), weights.depth(),
                         across(weights.columns()), y + begin * y_stride, y_stride, bias, Epilogue::none});
    });
  }

  /// y [tokens, columns] = dy [tokens, rows] · weights [rows, columns], all with padded rows.
  void multiply_rows(Crew& crew, const T* dy, std::size_t dy_stride, std::size_t tokens, const T* weights,
                     std::size_t weights_stride, std::size_t rows, std::size_t columns, T* y,
                     std::size_t y_stride) const {
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply_rows({dy + begin * dy_stride,
                              dy_stride,
                              end - begin,
                              {weights, weights_stride},
                              rows,
                              across(columns),
                              y + begin * y_stride,
                              y_stride,
                              nullptr,
                              Epilogue::none});
    });
  }

  /// slopes += dy [tokens, rows] · weights [rows, hidden].
  void add_product(Crew& crew, const T* dy, std::size_t dy_stride, std::size_t tokens, const T* weights,
                   std::size_t rows, LayerRoom<T>& room, T* slopes) const {
    T* product = room.narrow.ensure(tokens * stride());
    multiply_rows(crew, dy, dy_stride, tokens, weights, stride(), rows, config_.hidden_size, product, stride());
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      add_row<T>(slopes + begin * stride(), product + begin * stride(), (end - begin) * stride());
    });
  }

  /// Adds dyᵀ·x, [outputs, inputs], to the gradient of the weights, and the sums of dy to that of the bias.
  void linear_gradient(Crew& crew, const T* dy, std::size_t dy_stride, const T* x, std::size_t x_stride,
                       std::size_t tokens, std::size_t outputs, std::size_t inputs, std::size_t weights,
                       std::size_t bias, T* gradients) const {
    if (gradients == nullptr) return;
    crew.for_each_range(outputs, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply_outer({dy + begin, dy_stride, x, x_stride, tokens, end - begin, across(inputs),
                               gradients + weights + begin * padded(inputs), padded(inputs), true});
      for (std::size_t t = 0; t < tokens; ++t)
        add_row<T>(gradients + bias + begin, dy + t * dy_stride + begin, end - begin);
    });
  }

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
  PackedMatrix<T> qkv_;
  PackedMatrix<T> output_;
  PackedMatrix<T> wide_;
  PackedMatrix<T> narrow_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
