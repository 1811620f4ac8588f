// The sizes of a model and a number of tokens come in; the seconds that each step takes at the machine's peak go out.
#pragma once

#include "machine_peak.hpp"

#include <glossa/model/encoder_config.hpp>

#include <cstddef>

namespace bench {

/// What is counted are the multiplications and additions that the step is defined by, without those of activations,
/// softmax and quantising; so no step reaches 100 %, and steps that move more than they compute stay far below.
class IdealTime {
 public:
  /// products: the peak of the products with weights. vectors: of everything else, which is f32.
  IdealTime(const glossa::EncoderConfig& config, Peak products, Peak vectors)
      : hidden_(static_cast<double>(config.hidden_size)),
        wide_(static_cast<double>(config.intermediate_size)),
        layers_(static_cast<double>(config.layers)),
        products_(products.per_second),
        vectors_(vectors.per_second) {}

  [[nodiscard]] double qkv(double tokens) const { return 2 * tokens * hidden_ * 3 * hidden_ / products_; }
  [[nodiscard]] double attention_output(double tokens) const { return 2 * tokens * hidden_ * hidden_ / products_; }
  [[nodiscard]] double feed_forward(double tokens) const { return 2 * tokens * hidden_ * wide_ / products_; }
  /// Q·Kᵀ and its product with V.
  [[nodiscard]] double attention(double texts, double length) const {
    return texts * 4 * length * length * hidden_ / vectors_;
  }
  /// x + y, its mean, its variance, and what they make of it.
  [[nodiscard]] double layer_norm(double tokens) const { return tokens * 9 * hidden_ / vectors_; }
  /// The sum of three rows, and their layer norm without another addend.
  [[nodiscard]] double embed(double tokens) const { return tokens * (2 + 8) * hidden_ / vectors_; }
  /// The mean of the tokens, and its length.
  [[nodiscard]] double pool(double texts, double length) const { return texts * (length + 4) * hidden_ / vectors_; }

  /// The whole encoder.
  [[nodiscard]] double encode(double texts, double length) const {
    const double tokens = texts * length;
    return embed(tokens) + layers_ * (qkv(tokens) + attention(texts, length) + attention_output(tokens) +
                                      2 * feed_forward(tokens) + 2 * layer_norm(tokens));
  }

 private:
  double hidden_;
  double wide_;
  double layers_;
  double products_;
  double vectors_;
};

}  // namespace bench
