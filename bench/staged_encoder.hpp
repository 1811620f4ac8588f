// A model's weights in one form come in; the time that each stage of its encoder takes for a batch goes out.
#pragma once

#include "samples.hpp"
#include "stage.hpp"
#include "staged_layer.hpp"

#include <glossa/core/crew.hpp>
#include <glossa/encoder/calibration_run.hpp>
#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/encoder/token_embeddings.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <vector>

namespace bench {

/// What one thread takes for a batch, in seconds: medians.
struct StageReport {
  StageTimes stages{};
  double whole = 0;  ///< the encoder as users run it, with pooling, and no clock within
  double best = 0;   ///< the same, at its best
};

/// glossa's encoder beside the same encoder with clocks.
class StagedEncoder {
 public:
  /// calibration: as Encoder's.
  StagedEncoder(const glossa::Weights& weights, const glossa::EncoderConfig& config, glossa::CpuLevel level,
                glossa::detail::WeightForm form, const glossa::RaggedBatch& calibration)
      : config_(config),
        kernels_(glossa::detail::kernels_of<float>(level)),
        encoder_(weights, config, level, form, calibration),
        embeddings_(weights, config) {
    using glossa::detail::WeightForm;
    std::optional<glossa::detail::CalibrationRun> run;
    if (form == WeightForm::int8 && calibration.texts() > 0 && glossa::detail::stored_form(weights) == WeightForm::full)
      run.emplace(weights, config, level, calibration);
    layers_.reserve(config.layers);
    for (std::size_t i = 0; i < config.layers; ++i) {
      std::optional<glossa::detail::LayerStatistics> statistics;
      if (run) statistics = run->next_statistics();
      layers_.emplace_back(kernels_, form, weights, config, i, statistics ? &*statistics : nullptr);
    }
  }

  /// A stage's time is the sum of its medians of the layers: an interruption then spoils but one of them. The two
  /// encoders run one after the other: each has weights of its own, which would drive the other's out of the caches.
  /// Errors: std::logic_error where their vectors differ.
  [[nodiscard]] StageReport measure(const glossa::RaggedBatch& batch, int runs) {
    Samples whole;
    for (int run = 0; run <= runs; ++run) {  // the first one reads what is not in memory yet
      const auto start = std::chrono::steady_clock::now();
      pool(batch, encoder_.apply(batch, scratch_));
      if (run > 0) whole.add(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    const std::vector<float> expected = vectors_;
    std::vector<std::vector<Samples>> samples(layers_.size() + 2, std::vector<Samples>(kStages));
    for (int run = 0; run <= runs; ++run) apply(batch, samples, run > 0);
    if (vectors_ != expected) throw std::logic_error("staged_layer.hpp does not do what encoder/layer.hpp does");
    StageReport report;
    for (const std::vector<Samples>& layer : samples)
      for (std::size_t stage = 0; stage < kStages; ++stage) report.stages[stage] += layer[stage].median();
    report.whole = whole.median();
    report.best = whole.best();
    return report;
  }

 private:
  /// Runs the encoder with clocks; samples: of what comes before the layers, of each of them, of what comes behind.
  void apply(const glossa::RaggedBatch& batch, std::vector<std::vector<Samples>>& samples, bool counts) {
    StageClock clock;
    glossa::Crew alone;
    const auto keep = [&](std::size_t place) {
      for (std::size_t stage = 0; counts && stage < kStages; ++stage) samples[place][stage].add(clock.times()[stage]);
      clock.start();
    };
    const std::size_t stride = encoder_.stride();
    float* hidden = staged_.hidden.ensure(batch.tokens() * stride);
    clock.start();
    embeddings_.apply(kernels_, alone, batch, hidden, stride);
    clock.end(Stage::embedding);
    keep(0);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      layers_[i].apply(batch, hidden, stride, staged_.layer, clock);
      keep(i + 1);
    }
    pool(batch, hidden);
    clock.end(Stage::pooling);
    keep(layers_.size() + 1);
  }

  void pool(const glossa::RaggedBatch& batch, const float* hidden) {
    const std::size_t size = config_.hidden_size;
    vectors_.resize(batch.texts() * size);
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      float* vector = vectors_.data() + text * size;
      glossa::detail::pool_tokens<float>(glossa::Pooling::mean, hidden + batch.starts[text] * encoder_.stride(),
                                         batch.length(text), size, encoder_.stride(), vector);
      glossa::detail::normalize<float>(vector, size);
    }
  }

  glossa::EncoderConfig config_;
  glossa::detail::Kernels<float> kernels_;
  glossa::detail::Encoder<float> encoder_;
  glossa::detail::TokenEmbeddings<float> embeddings_;
  std::vector<StagedLayer> layers_;
  glossa::detail::EncoderScratch<float> scratch_;
  glossa::detail::EncoderScratch<float> staged_;
  std::vector<float> vectors_;
};

}  // namespace bench
