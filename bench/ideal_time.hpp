// The sizes of a model and of a batch come in; the seconds that each stage takes at the machine's peak go out.
#pragma once

#include "machine_peak.hpp"
#include "stage.hpp"

#include <glossa/model/encoder_config.hpp>

#include <cstddef>

namespace bench {

/// The peaks of what an encoder's stages compute with.
struct EncoderPeaks {
  Peak products;   ///< with weights
  Peak attention;  ///< Q·Kᵀ and its product with V
  Peak vectors;    ///< everything else, which is f32
};

/// What is counted are the multiplications and additions that a stage is defined by, without those of activations,
/// softmax and quantising; so no stage reaches 100 %, and stages that move more than they compute stay far below.
class IdealTime {
 public:
  IdealTime(const glossa::EncoderConfig& config, const EncoderPeaks& peaks)
      : hidden_(static_cast<double>(config.hidden_size)),
        wide_(static_cast<double>(config.intermediate_size)),
        layers_(static_cast<double>(config.layers)),
        peaks_(peaks) {}

  /// Of all layers, for texts of equal length; 0 where nothing is counted, or the peak is unknown.
  [[nodiscard]] double of(Stage stage, double texts, double length) const {
    const double tokens = texts * length;
    switch (stage) {
      case Stage::embedding: return at(peaks_.vectors, tokens * (2 + 8) * hidden_);  // three rows' sum; a layer norm
      case Stage::prepare: return 0;
      case Stage::qkv: return at(peaks_.products, layers_ * 2 * tokens * hidden_ * 3 * hidden_);
      case Stage::attention: return at(peaks_.attention, layers_ * texts * 4 * length * length * hidden_);
      case Stage::attention_output: return at(peaks_.products, layers_ * 2 * tokens * hidden_ * hidden_);
      // x + y, its mean, its variance, and what they make of it; twice a layer
      case Stage::layer_norm: return at(peaks_.vectors, layers_ * 2 * tokens * 9 * hidden_);
      case Stage::feed_forward_in:
      case Stage::feed_forward_out: return at(peaks_.products, layers_ * 2 * tokens * hidden_ * wide_);
      default: return at(peaks_.vectors, texts * (length + 4) * hidden_);  // the tokens' mean, and its length
    }
  }

  /// Of the whole encoder.
  [[nodiscard]] double of_all(double texts, double length) const {
    double sum = 0;
    for (std::size_t stage = 0; stage < kStages; ++stage) sum += of(static_cast<Stage>(stage), texts, length);
    return sum;
  }

  /// Weights of all layers that every batch reads.
  [[nodiscard]] double layer_weights() const { return layers_ * hidden_ * (4 * hidden_ + 2 * wide_); }

 private:
  static double at(const Peak& peak, double operations) {
    return peak.per_second > 0 ? operations / peak.per_second : 0;
  }

  double hidden_;
  double wide_;
  double layers_;
  EncoderPeaks peaks_;
};

}  // namespace bench
