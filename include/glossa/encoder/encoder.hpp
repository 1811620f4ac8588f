// Token ids of several texts come in; a vector for each token goes out.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/calibration_run.hpp>
#include <glossa/encoder/layer.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/encoder/token_embeddings.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

template <class T>
struct EncoderScratch {
  AlignedBuffer<T> hidden;
  LayerScratch<T> layer;
};

/// The transformer, T being float or, as the oracle of float, double.
template <class T>
class Encoder {
 public:
  /// `level` is one that this processor has; `form` is for float alone. calibration: texts that tell, where weights are
  /// made 8-bit integers here, what their inputs are like; none leaves the inputs and the biases as they are.
  Encoder(const Weights& weights, const EncoderConfig& config, CpuLevel level, WeightForm form = WeightForm::full,
          const RaggedBatch& calibration = {})
      : kernels_(kernels_of<T>(level)), config_(config), embeddings_(weights, config) {
    layers_.reserve(config.layers);
    if constexpr (std::is_same_v<T, float>) {
      if (form == WeightForm::int8 && calibration.texts() > 0 && stored_form(weights) == WeightForm::full) {
        CalibrationRun run(weights, config, level, calibration);
        for (std::size_t i = 0; i < config.layers; ++i) {
          const LayerStatistics statistics = run.next_statistics();
          layers_.emplace_back(kernels_, form, weights, config, i, &statistics);
        }
        return;
      }
    }
    for (std::size_t i = 0; i < config.layers; ++i) layers_.emplace_back(kernels_, form, weights, config, i);
  }

  [[nodiscard]] const EncoderConfig& config() const noexcept { return config_; }

  /// Elements from one token's vector to the next in what apply() returns.
  [[nodiscard]] std::size_t stride() const noexcept { return round_up(config_.hidden_size, kernels_.panel); }

  /// The last hidden state, [batch.tokens(), hidden_size] with stride(), in memory of `scratch`. The crew shares the
  /// work; the result is the same without.
  const T* apply(const RaggedBatch& batch, EncoderScratch<T>& scratch, Crew& crew) const {
    T* hidden = scratch.hidden.ensure(batch.tokens() * stride());
    embeddings_.apply(kernels_, crew, batch, hidden, stride());
    for (const EncoderLayer<T>& layer : layers_) layer.apply(kernels_, crew, batch, hidden, stride(), scratch.layer);
    return hidden;
  }

  const T* apply(const RaggedBatch& batch, EncoderScratch<T>& scratch) const {
    Crew alone;
    return apply(batch, scratch, alone);
  }

 private:
  Kernels<T> kernels_;
  EncoderConfig config_;
  TokenEmbeddings<T> embeddings_;
  std::vector<EncoderLayer<T>> layers_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
