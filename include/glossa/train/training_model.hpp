// A model folder comes in; a model whose weights follow the slopes of losses goes out.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/train/adamw.hpp>
#include <glossa/train/dense_parameters.hpp>
#include <glossa/train/lora.hpp>
#include <glossa/train/lora_options.hpp>
#include <glossa/train/training_encoder.hpp>
#include <glossa/train/training_precision.hpp>
#include <glossa/train/weight_average.hpp>
#include <glossa/train/word_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// How a training model works.
struct TrainingModelOptions {
  double dropout = 0;            ///< of states
  double attention_dropout = 0;  ///< of attention's weights
  bool checkpoints = false;      ///< see PassOptions
  std::size_t frozen_depth = 0;  ///< see PassOptions
  bool biases_only = false;      ///< BitFit (Zaken et al. 2022)
  /// Texts go through together up to so many tokens. A step of more is GradCache's (Gao et al. 2021): all vectors
  /// first, then their loss, then each part once more for its gradients; dropout is the same both times.
  std::size_t chunk_tokens = 4096;
  LoraOptions lora{};       ///< with a rank, adapters alone are trained
  std::uint64_t seed = 42;  ///< of what adapters begin with
  double average = 0;       ///< above 0, averages of all weights are kept: d of average_share()
  TrainingPrecision compute = TrainingPrecision::f32;
};

/// Tokens of one text.
using TrainingText = std::vector<TokenId>;

template <class T>
class TrainingModel {
 public:
  /// Errors: `unsupported` for double with products in bfloat16; those of what is read.
  TrainingModel(std::shared_ptr<const Weights> weights, const EncoderConfig& config, std::vector<Pooling> poolings,
                bool normalize, CpuLevel level, const TrainingModelOptions& options, std::shared_ptr<Executor> executor)
      : options_(options),
        executor_(std::move(executor)),
        encoder_(config, std::move(poolings), normalize, level, known(options.compute)),
        dense_(*weights, encoder_.layout(), encoder_.kernels()),
        words_(std::move(weights), config, encoder_.kernels()) {
    if (options.average > 0) {
      dense_.keep_average();
      words_.keep_averages();
    }
    if (options.lora.rank == 0) return;
    lora_.emplace(encoder_.layout(), dense_.values(), options.lora, options.seed);
    options_.frozen_depth = std::max<std::size_t>(options_.frozen_depth, 1);  // embeddings have no adapters
    if (options.average > 0) lora_->keep_averages();
  }

  [[nodiscard]] Executor& executor() noexcept { return *executor_; }
  [[nodiscard]] TrainingEncoder<T>& encoder() noexcept { return encoder_; }
  [[nodiscard]] DenseParameters<T>& dense() noexcept { return dense_; }
  [[nodiscard]] WordRows<T>& words() noexcept { return words_; }
  [[nodiscard]] LoraAdapters<T>* lora() noexcept { return lora_ ? &*lora_ : nullptr; }
  /// To be called after adapters were changed from outside. Their averages begin with them.
  void apply_lora() {
    if (lora_ && has_averages()) lora_->keep_averages();
    merge_lora();
  }

  [[nodiscard]] bool has_averages() const noexcept { return options_.average > 0; }
  /// What goes out of the weights, in the layout's places: their averages where these are kept, or the weights.
  [[nodiscard]] const T* given() {
    if (!has_averages()) return dense_.values();
    if (lora_ && !is_average_merged_) lora_->apply_given(dense_.average());
    is_average_merged_ = true;
    return dense_.average();
  }
  /// Calls take(id, vector) for every word in order, with what goes out of them.
  template <class Take>
  void for_each_given_word(Take&& take) {
    const std::size_t words = encoder_.config().vocab_size;
    has_averages() ? words_.for_each_average(words, take) : words_.for_each(words, take);
  }

  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }
  /// For a checkpoint, whose weights are in place.
  void restore_steps(std::size_t steps) {
    steps_ = steps;
    unpack(0);
    is_average_merged_ = false;
    clear_gradients();
  }

  /// The vectors of texts as the weights are, or their averages where these are kept, [texts, dims], without dropout.
  [[nodiscard]] std::vector<T> encode(std::span<const TrainingText> texts) {
    std::vector<T> vectors(texts.size() * encoder_.dims());
    const T* weights = given();
    with_crew([&](Crew& crew) {
      pack(weights, crew);
      for (const Chunk& chunk : chunks_of(texts)) forward(weights, texts, chunk, {}, crew, vectors);
    });
    return vectors;
  }

  /// Adds the gradients of a loss: slopes_of(vectors) takes the vectors of all texts, [texts, dims], and gives what the
  /// loss changes by with them. key: of this step's dropout.
  template <class SlopesOf>
  void learn(std::span<const TrainingText> texts, std::uint64_t key, SlopesOf&& slopes_of) {
    const std::vector<Chunk> chunks = chunks_of(texts);
    const PassOptions pass{Dropout(options_.dropout, key), Dropout(options_.attention_dropout, key),
                           options_.checkpoints, options_.frozen_depth};
    std::vector<T> vectors(texts.size() * encoder_.dims());
    with_crew([&](Crew& crew) {
      pack(dense_.values(), crew);
      for (const Chunk& chunk : chunks) forward(dense_.values(), texts, chunk, pass, crew, vectors);
    });
    const std::vector<T> slopes = slopes_of(std::as_const(vectors));
    with_crew([&](Crew& crew) {
      for (const Chunk& chunk : chunks) {
        if (chunks.size() > 1) forward(dense_.values(), texts, chunk, pass, crew, vectors);
        encoder_.backward(dense_.values(), batch_, pass, crew, tape_, slopes.data() + chunk.first * encoder_.dims(),
                          dense_.gradients(), [&](TokenId id, const T* slope) { words_.add(id, slope); });
      }
    });
  }

  /// The length of all gradients together that are trained with: of adapters, or of biases, where these alone are.
  [[nodiscard]] double gradient_norm() {
    if (options_.biases_only && !lora_) return std::sqrt(dense_.bias_squares(options_.frozen_depth));
    if (lora_) {
      lora_->find_gradients(dense_.gradients());
      return std::sqrt(lora_->squares());
    }
    double squares = 0;
    with_crew([&](Crew& crew) { squares = dense_.squares(crew); });
    return std::sqrt(squares + words_.squares());
  }

  /// A step of AdamW along the gradients, which are zero then, and of the averages. norm: gradient_norm().
  void step(const AdamwOptions& options, double rate, double norm) {
    const double factor = options.max_norm > 0 ? std::min(1.0, options.max_norm / (norm + 1e-6)) : 1.0;
    ++steps_;
    const double share = average_share(options_.average, steps_);
    if (lora_) {
      lora_->step(options, steps_, rate, factor, encoder_.kernels().adamw, share);
      merge_lora();
      return clear_gradients();
    }
    with_crew([&](Crew& crew) {
      dense_.step(options, steps_, rate, factor, options_.frozen_depth, options_.biases_only, crew, share);
      dense_.clear_gradients(crew);
    });
    const double layers = static_cast<double>(encoder_.config().layers);
    if (options_.frozen_depth == 0 && !options_.biases_only)
      words_.step(options,
                  adamw_step(options, steps_, rate * std::pow(options.layer_rate, layers), options.weight_decay, share),
                  factor);
    words_.clear_gradients();
    unpack(options_.biases_only ? encoder_.config().layers
                                : options_.frozen_depth - std::min<std::size_t>(options_.frozen_depth, 1));
  }

  void clear_gradients() {
    dense_.clear_gradients();
    words_.clear_gradients();
  }

 private:
  [[nodiscard]] static TrainingPrecision known(TrainingPrecision compute) {
    if (std::is_same_v<T, float> || compute == TrainingPrecision::f32) return compute;
    throw Error(ErrorKind::unsupported, {.field = "TrainerOptions::compute",
                                         .problem = "double is there for exact gradients, which bfloat16 has not",
                                         .expected = to_string(TrainingPrecision::f32),
                                         .found = to_string(compute),
                                         .remedy = "train in float, or leave the option out"});
  }

  struct Chunk {
    std::size_t first;
    std::size_t end;
  };

  [[nodiscard]] std::vector<Chunk> chunks_of(std::span<const TrainingText> texts) const {
    std::vector<Chunk> chunks;
    std::size_t tokens = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (chunks.empty() || tokens + texts[i].size() > options_.chunk_tokens) {
        chunks.push_back({i, i});
        tokens = 0;
      }
      tokens += texts[i].size();
      chunks.back().end = i + 1;
    }
    return chunks;
  }

  template <class Work>
  void with_crew(Work&& work) {
    const std::size_t workers = std::max<std::size_t>(executor_->concurrency(), 1);
    Crew crew(workers);
    parallel_for(*executor_, workers, workers,
                 [&](std::size_t, std::size_t) { crew.lead_or_help([&] { work(crew); }); });
  }

  /// weights: the model's own or their averages.
  void pack(const T* weights, Crew& crew) {
    encoder_.pack(weights, crew, packed_ == weights ? packed_layers_ : 0);
    packed_ = weights;
    packed_layers_ = encoder_.config().layers;
  }
  /// Matrices of layers from `first` on have changed.
  void unpack(std::size_t first) { packed_layers_ = std::min(packed_layers_, first); }

  void merge_lora() {
    if (lora_) lora_->apply(dense_.values());
    unpack(0);
    is_average_merged_ = false;
  }

  void forward(const T* weights, std::span<const TrainingText> texts, const Chunk& chunk, const PassOptions& pass,
               Crew& crew, std::vector<T>& vectors) {
    batch_.texts.clear();
    batch_.first = chunk.first;
    for (std::size_t i = chunk.first; i < chunk.end; ++i) batch_.texts.add(texts[i]);
    const bool is_plain = weights == dense_.values();
    encoder_.forward(
        weights, [&](TokenId id) { return is_plain ? words_.row(id) : words_.average(id); }, batch_, pass, crew, tape_,
        vectors.data() + chunk.first * encoder_.dims());
  }

  TrainingModelOptions options_;
  std::shared_ptr<Executor> executor_;
  TrainingEncoder<T> encoder_;
  DenseParameters<T> dense_;
  WordRows<T> words_;
  std::optional<LoraAdapters<T>> lora_{};
  TrainingBatch batch_;
  EncoderTape<T> tape_;
  std::size_t steps_ = 0;
  const T* packed_ = nullptr;       // the weights that the encoder has packed, or their averages
  std::size_t packed_layers_ = 0;   // the first so many are packed as they are now
  bool is_average_merged_ = false;  // whether the dense average has that of the adapters
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
