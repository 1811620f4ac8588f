// Texts come in as token ids; their vectors go out, and on the way back what a loss changes by with all weights.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/kernels/training_dispatch.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/train/dropout.hpp>
#include <glossa/train/parameter_layout.hpp>
#include <glossa/train/pooling_gradient.hpp>
#include <glossa/train/training_batch.hpp>
#include <glossa/train/training_layer.hpp>
#include <glossa/train/training_precision.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// What the way back needs of the way there.
template <class T>
struct EncoderTape {
  PaddedRows<T> sums;                 // of word, position and type vectors, [tokens, padded(hidden)]
  std::vector<PaddedRows<T>> hidden;  // the layers' inputs, and the last one's output
  std::vector<LayerTape<T>> layers;   // one for each layer, or, where they are worked out again, one for all
  std::vector<T> means;
  std::vector<T> scales;
  std::vector<T> pooled;  // [texts, dims], before they are scaled to length 1
};

/// How a batch goes through.
struct PassOptions {
  Dropout states{0, 0};      ///< of embeddings and of what both halves of a layer give
  Dropout attention{0, 0};   ///< of attention's weights
  bool checkpoints = false;  ///< keep the layers' inputs alone, and work out the rest again on the way back (Chen et
                             ///< al. 2016): a third more time, a fraction of the memory
  std::size_t frozen_depth = 0;  ///< Parameter::depth below which nothing is trained: the way back ends there
};

/// The encoder with pooling; see encoder/encoder.hpp.
template <class T>
class TrainingEncoder {
 public:
  TrainingEncoder(const EncoderConfig& config, std::vector<Pooling> poolings, bool normalize, CpuLevel level,
                  TrainingPrecision precision = TrainingPrecision::f32)
      : config_(config),
        layout_(config),
        kernels_(training_kernels_of<T>(level)),
        poolings_(std::move(poolings)),
        normalize_(normalize) {
    for (std::size_t i = 0; i < config.layers; ++i)
      layers_.emplace_back(kernels_, config, layout_.layers()[i], i, precision);
  }

  [[nodiscard]] const EncoderConfig& config() const noexcept { return config_; }
  [[nodiscard]] const ParameterLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] const TrainingKernels<T>& kernels() const noexcept { return kernels_; }
  [[nodiscard]] std::size_t dims() const noexcept { return config_.hidden_size * poolings_.size(); }
  [[nodiscard]] std::size_t stride() const noexcept { return padded(config_.hidden_size); }

  /// To be called after the weights of layers from `first` on have changed.
  void pack(const T* weights, Crew& crew, std::size_t first = 0) {
    for (std::size_t i = first; i < layers_.size(); ++i) layers_[i].pack(weights, crew);
  }

  /// word(id) is the current vector of a word. vectors: [texts, dims].
  template <class Word>
  void forward(const T* weights, Word&& word, const TrainingBatch& batch, const PassOptions& options, Crew& crew,
               EncoderTape<T>& tape, T* vectors) {
    const std::size_t tokens = batch.texts.tokens();
    tape.hidden.resize(config_.layers + 1);
    tape.layers.resize(options.checkpoints ? 1 : config_.layers);
    T* hidden = embed(weights, word, batch, options, crew, tape);
    for (std::size_t i = 0; i < config_.layers; ++i) {
      T* next = tape.hidden[i + 1].ensure(tokens * stride());
      layers_[i].forward(weights, batch, options.states, options.attention, crew, hidden, tape_of(tape, i), room_,
                         next);
      hidden = next;
    }
    pool(batch, hidden, crew, tape, vectors);
  }

  /// slopes: what a loss changes by with the vectors, [texts, dims]. Adds to `gradients`, of the weights, and calls
  /// add_word(id, slopes [hidden]) for every token in order.
  template <class AddWord>
  void backward(const T* weights, const TrainingBatch& batch, const PassOptions& options, Crew& crew,
                EncoderTape<T>& tape, const T* slopes, T* gradients, AddWord&& add_word) {
    const std::size_t tokens = batch.texts.tokens();
    T* flow = slopes_.ensure(tokens * stride());
    pool_back(batch, tape, crew, slopes, flow);
    for (std::size_t i = config_.layers; i-- > 0;) {
      if (i + 1 < options.frozen_depth) return;
      const T* input = tape.hidden[i].data();
      LayerTape<T>& own = tape_of(tape, i);
      if (options.checkpoints)
        layers_[i].forward(weights, batch, options.states, options.attention, crew, input, own, room_,
                           tape.hidden[i + 1].data());
      layers_[i].backward(weights, batch, options.states, options.attention, crew, input, own, room_, flow, gradients);
    }
    if (options.frozen_depth > 0) return;
    embed_back(weights, batch, options, crew, tape, flow, gradients, add_word);
  }

 private:
  [[nodiscard]] LayerTape<T>& tape_of(EncoderTape<T>& tape, std::size_t layer) const noexcept {
    return tape.layers[tape.layers.size() == 1 ? 0 : layer];
  }

  /// Calls body(row, id, its place in the table of positions, its number in the text) for every token of a text.
  template <class Body>
  void for_each_token(const RaggedBatch& batch, std::size_t text, Body&& body) const {
    std::size_t position = config_.positions_follow_padding ? config_.padding_id + 1 : 0;
    for (std::size_t i = batch.starts[text]; i < batch.starts[text + 1]; ++i) {
      const bool is_padding = config_.positions_follow_padding && batch.ids[i] == config_.padding_id;
      body(i, batch.ids[i], is_padding ? config_.padding_id : position++, i - batch.starts[text]);
    }
  }

  void drop(const TrainingBatch& batch, const Dropout& dropout, Crew& crew, T* rows) const {
    if (!dropout.is_on()) return;
    crew.for_each(batch.texts.texts(), [&](std::size_t text, std::size_t) {
      const std::uint64_t key = static_cast<std::uint64_t>(batch.first + text) << 36;
      for (std::size_t i = 0; i < batch.texts.length(text); ++i)
        for (std::size_t k = 0; k < config_.hidden_size; ++k)
          rows[(batch.texts.starts[text] + i) * stride() + k] *=
              static_cast<T>(dropout.factor(0, key | static_cast<std::uint64_t>(i) << 20 | k));
    });
  }

  template <class Word>
  T* embed(const T* weights, Word&& word, const TrainingBatch& batch, const PassOptions& options, Crew& crew,
           EncoderTape<T>& tape) {
    const std::size_t tokens = batch.texts.tokens();
    const std::size_t hidden = config_.hidden_size;
    T* sums = tape.sums.ensure(tokens * stride());
    for (std::size_t text = 0; text < batch.texts.texts(); ++text)
      for_each_token(batch.texts, text, [&](std::size_t row, TokenId id, std::size_t place, std::size_t) {
        T* sum = sums + row * stride();
        const T* own = word(id);
        const T* position = weights + layout_.positions() + place * stride();
        const T* type = weights + layout_.types();
        for (std::size_t k = 0; k < hidden; ++k) sum[k] = own[k] + type[k] + position[k];
      });
    tape.means.resize(tokens);
    tape.scales.resize(tokens);
    T* out = tape.hidden[0].ensure(tokens * stride());
    const T* norm = weights + layout_.norm();
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.normalize({sums + begin * stride(), stride(), out + begin * stride(), stride(), end - begin, hidden,
                          norm, norm + stride(), static_cast<T>(config_.layer_norm_epsilon), tape.means.data() + begin,
                          tape.scales.data() + begin});
    });
    drop(batch, options.states, crew, out);
    return out;
  }

  template <class AddWord>
  void embed_back(const T* weights, const TrainingBatch& batch, const PassOptions& options, Crew& crew,
                  const EncoderTape<T>& tape, T* slopes, T* gradients, AddWord&& add_word) {
    const std::size_t tokens = batch.texts.tokens();
    const std::size_t hidden = config_.hidden_size;
    drop(batch, options.states, crew, slopes);
    T* norm = gradients + layout_.norm();
    kernels_.normalize_sums({tape.sums.data(), stride(), slopes, stride(), tokens, tape.means.data(),
                             tape.scales.data(), 0, hidden, norm, norm + stride()});
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.normalize_gradient({tape.sums.data() + begin * stride(), stride(), slopes + begin * stride(), stride(),
                                   end - begin, hidden, weights + layout_.norm(), tape.means.data() + begin,
                                   tape.scales.data() + begin});
    });
    for (std::size_t text = 0; text < batch.texts.texts(); ++text)
      for_each_token(batch.texts, text, [&](std::size_t row, TokenId id, std::size_t place, std::size_t) {
        const T* own = slopes + row * stride();
        add_word(id, own);
        add_row<T>(gradients + layout_.positions() + place * stride(), own, hidden);
        add_row<T>(gradients + layout_.types(), own, hidden);
      });
  }

  void pool(const TrainingBatch& batch, const T* hidden, Crew& crew, EncoderTape<T>& tape, T* vectors) const {
    const std::size_t size = config_.hidden_size;
    tape.pooled.resize(batch.texts.texts() * dims());
    crew.for_each_range(batch.texts.texts(), [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t text = begin; text < end; ++text) {
        T* pooled = tape.pooled.data() + text * dims();
        for (std::size_t i = 0; i < poolings_.size(); ++i)
          pool_tokens<T>(poolings_[i], hidden + batch.texts.starts[text] * stride(), batch.texts.length(text), size,
                         stride(), pooled + i * size);
        std::copy_n(pooled, dims(), vectors + text * dims());
        if (normalize_) detail::normalize<T>(vectors + text * dims(), dims());
      }
    });
  }

  void pool_back(const TrainingBatch& batch, const EncoderTape<T>& tape, Crew& crew, const T* slopes, T* flow) const {
    const std::size_t size = config_.hidden_size;
    const T* hidden = tape.hidden.back().data();
    crew.for_each_range(batch.texts.texts(), [&](std::size_t begin, std::size_t end, std::size_t) {
      std::vector<T> own(dims());
      for (std::size_t text = begin; text < end; ++text) {
        std::copy_n(slopes + text * dims(), dims(), own.data());
        if (normalize_) length_gradient<T>(tape.pooled.data() + text * dims(), dims(), own.data());
        const std::size_t first = batch.texts.starts[text] * stride();
        std::fill_n(flow + first, batch.texts.length(text) * stride(), T(0));
        for (std::size_t i = 0; i < poolings_.size(); ++i)
          add_pooling_gradient<T>(poolings_[i], hidden + first, batch.texts.length(text), size, stride(),
                                  own.data() + i * size, flow + first);
      }
    });
  }

  EncoderConfig config_;
  ParameterLayout layout_;
  TrainingKernels<T> kernels_;
  std::vector<Pooling> poolings_;
  bool normalize_;
  std::vector<TrainingLayer<T>> layers_;
  LayerRoom<T> room_;
  PaddedRows<T> slopes_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
