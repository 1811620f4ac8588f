// Texts come in; what the inputs of a model's linear layers are like for them goes out, layer by layer.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/input_statistics.hpp>
#include <glossa/encoder/layer.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/encoder/token_embeddings.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Runs texts through the full weights, of which one layer at a time is in memory.
class CalibrationRun {
 public:
  CalibrationRun(const Weights& weights, const EncoderConfig& config, CpuLevel level, const RaggedBatch& texts)
      : weights_(weights),
        config_(config),
        kernels_(kernels_of<float>(level)),
        texts_(texts),
        stride_(round_up(config.hidden_size, kernels_.panel)),
        hidden_(texts.tokens() * stride_) {
    Crew alone;
    TokenEmbeddings<float>(weights, config).apply(kernels_, alone, texts, hidden_.data(), stride_);
  }

  /// Runs the next layer and tells of all inputs of its linear layers.
  void next_layer(const LayerObserver<float>& observe) {
    Crew alone;
    EncoderLayer<float>(kernels_, WeightForm::full, weights_, config_, index_++)
        .apply(kernels_, alone, texts_, hidden_.data(), stride_, scratch_, observe);
  }

  /// Runs the next layer; what its inputs are like.
  [[nodiscard]] LayerStatistics next_statistics() {
    LayerStatistics statistics(LayerNames(config_, index_));
    next_layer([&](const LinearName& name, const float* rows, std::size_t stride, std::size_t count) {
      statistics.of(name).add(rows, stride, count);
    });
    return statistics;
  }

 private:
  const Weights& weights_;
  EncoderConfig config_;
  Kernels<float> kernels_;
  const RaggedBatch& texts_;
  std::size_t stride_;
  std::size_t index_ = 0;
  AlignedBuffer<float> hidden_;
  LayerScratch<float> scratch_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
