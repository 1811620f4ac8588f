// The sizes and variants of an encoder.
#pragma once

#include <cstddef>
#include <string>

namespace glossa {

/// The feed-forward activation.
enum class Activation {
  gelu,       ///< x·Φ(x) by the error function
  gelu_tanh,  ///< its tanh approximation
  relu,
};

/// What the encoder is made of (Hugging Face's BertConfig and XLMRobertaConfig).
struct EncoderConfig {
  std::string model_type;  ///< "bert", "xlm-roberta", …
  std::size_t vocab_size = 0;
  std::size_t hidden_size = 0;
  std::size_t layers = 0;
  std::size_t heads = 0;
  std::size_t intermediate_size = 0;
  std::size_t max_positions = 0;  ///< rows of the position table
  std::size_t token_types = 0;    ///< rows of the token type table; row 0 is used
  double layer_norm_epsilon = 1e-12;
  Activation activation = Activation::gelu;
  /// XLM-RoBERTa counts positions from padding_id + 1, and tokens with this id take position padding_id; BERT
  /// counts from 0 and has no such rule.
  bool positions_follow_padding = false;
  std::size_t padding_id = 0;

  [[nodiscard]] std::size_t head_size() const noexcept { return hidden_size / heads; }
  /// The longest sequence that has a position for each token.
  [[nodiscard]] std::size_t max_tokens() const noexcept {
    return positions_follow_padding ? max_positions - padding_id - 1 : max_positions;
  }
};

}  // namespace glossa
