// An encoder's sizes come in; the names, shapes and places of all weights that are trained densely go out.
#pragma once

#include <glossa/encoder/layer_names.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Columns of matrices are filled up to a multiple of this, with zeros: the widest panel that a level of kernels has.
inline constexpr std::size_t kParameterColumns = 32;

[[nodiscard]] constexpr std::size_t padded(std::size_t columns) noexcept {
  return round_up(columns, kParameterColumns);
}

/// A tensor of the model, and where it lies in a buffer of all: `rows` rows of `columns` with `stride`; a vector is one
/// row.
struct Parameter {
  std::string name;  ///< in the file, without its prefix
  Shape shape;
  std::size_t offset = 0;
  std::size_t rows = 1;
  std::size_t columns = 0;
  std::size_t stride = 0;
  std::size_t depth = 0;   ///< 0: embeddings, 1: the first layer, and so on
  bool is_matrix = false;  ///< and so has weight decay: biases and those of normalisations have none
  bool is_bias = false;
};

/// The name that a parameter has in the file: checkpoints from TensorFlow call a normalisation's weights gamma and
/// beta.
[[nodiscard]] inline std::string stored_name(const Weights& weights, const Parameter& parameter) {
  const auto other = [&](const std::string& usual, const char* name) {
    return parameter.name.substr(0, parameter.name.size() - usual.size()) + name;
  };
  if (weights.find(parameter.name) != nullptr) return parameter.name;
  if (parameter.name.ends_with("LayerNorm.weight")) return other("weight", "gamma");
  if (parameter.name.ends_with("LayerNorm.bias")) return other("bias", "beta");
  return parameter.name;
}

/// Where the weights of one layer begin.
struct LayerPlaces {
  std::size_t qkv = 0;  ///< [3·hidden, padded(hidden)]: query, key and value below one another
  std::size_t qkv_bias = 0;
  std::size_t output = 0;  ///< [hidden, padded(hidden)]
  std::size_t output_bias = 0;
  std::size_t attention_norm = 0;  ///< weight, then bias, each padded(hidden)
  std::size_t wide = 0;            ///< [intermediate, padded(hidden)]
  std::size_t wide_bias = 0;
  std::size_t narrow = 0;  ///< [hidden, padded(intermediate)]
  std::size_t narrow_bias = 0;
  std::size_t norm = 0;
};

/// All weights but the words' (see word_rows.hpp) in one buffer, so that steps, norms and averages are loops over it.
class ParameterLayout {
 public:
  ParameterLayout() = default;
  explicit ParameterLayout(const EncoderConfig& config) {
    const std::size_t hidden = config.hidden_size;
    positions_ = matrix("embeddings.position_embeddings.weight", config.max_positions, hidden, 0);
    types_ = matrix("embeddings.token_type_embeddings.weight", config.token_types, hidden, 0);
    norm_ = norm("embeddings.LayerNorm", hidden, 0);
    for (std::size_t i = 0; i < config.layers; ++i) {
      const LayerNames names(config, i);
      LayerPlaces places;
      std::tie(places.qkv, places.qkv_bias) = linear(names.qkv, i + 1);
      std::tie(places.output, places.output_bias) = linear(names.attention_output, i + 1);
      places.attention_norm = norm(names.attention_norm, hidden, i + 1);
      std::tie(places.wide, places.wide_bias) = linear(names.wide, i + 1);
      std::tie(places.narrow, places.narrow_bias) = linear(names.narrow, i + 1);
      places.norm = norm(names.output_norm, hidden, i + 1);
      layers_.push_back(places);
    }
  }

  [[nodiscard]] const std::vector<Parameter>& parameters() const noexcept { return parameters_; }
  [[nodiscard]] const std::vector<LayerPlaces>& layers() const noexcept { return layers_; }
  [[nodiscard]] std::size_t positions() const noexcept { return positions_; }
  [[nodiscard]] std::size_t types() const noexcept { return types_; }
  [[nodiscard]] std::size_t norm() const noexcept { return norm_; }  ///< of the embeddings
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  ///< of the buffer

 private:
  std::size_t matrix(std::string name, std::size_t rows, std::size_t columns, std::size_t depth) {
    parameters_.push_back(
        {std::move(name), {rows, columns}, size_, rows, columns, padded(columns), depth, true, false});
    return std::exchange(size_, size_ + rows * padded(columns));
  }

  std::size_t vector(std::string name, std::size_t count, std::size_t depth, bool is_bias) {
    parameters_.push_back({std::move(name), {count}, size_, 1, count, count, depth, false, is_bias});
    return std::exchange(size_, size_ + count);
  }

  void pad() { size_ = padded(size_); }

  std::size_t norm(const std::string& name, std::size_t size, std::size_t depth) {
    const std::size_t at = vector(name + ".weight", size, depth, false);
    pad();
    vector(name + ".bias", size, depth, true);
    pad();
    return at;
  }

  /// Weights of all parts below one another, then their biases side by side.
  std::pair<std::size_t, std::size_t> linear(const LinearName& name, std::size_t depth) {
    const std::size_t weights = size_;
    for (const std::string& part : name.parts) matrix(part + ".weight", name.outputs, name.inputs, depth);
    const std::size_t biases = size_;
    for (const std::string& part : name.parts) vector(part + ".bias", name.outputs, depth, true);
    pad();
    return {weights, biases};
  }

  std::vector<Parameter> parameters_;
  std::vector<LayerPlaces> layers_;
  std::size_t positions_ = 0;
  std::size_t types_ = 0;
  std::size_t norm_ = 0;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
