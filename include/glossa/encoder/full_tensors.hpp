// The weights of a model come in; those that quantized files hold as they are go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The tensors that stay as they are: name in the new file, and where they come from.
[[nodiscard]] inline std::vector<std::pair<TensorPlan, std::string>> full_tensors(const Weights& weights,
                                                                                  const EncoderConfig& config) {
  std::vector<std::pair<TensorPlan, std::string>> tensors;
  const auto add = [&](const std::string& name, Shape shape, const std::string& from) {
    tensors.push_back({{name, DType::f32, std::move(shape)}, from});
  };
  const auto add_norm = [&](const std::string& name) {  // checkpoints from TensorFlow call them gamma and beta
    const auto either = [&](const char* usual, const char* other) {
      return name + (weights.find(name + other) != nullptr ? other : usual);
    };
    add(name + ".weight", {config.hidden_size}, either(".weight", ".gamma"));
    add(name + ".bias", {config.hidden_size}, either(".bias", ".beta"));
  };
  const std::string positions = "embeddings.position_embeddings.weight";
  const std::string types = "embeddings.token_type_embeddings.weight";
  add(positions, {config.max_positions, config.hidden_size}, positions);
  add(types, {config.token_types, config.hidden_size}, types);
  add_norm("embeddings.LayerNorm");
  for (std::size_t i = 0; i < config.layers; ++i) {
    const LayerNames names(config, i);
    for (const LinearName* linear : names.linears())
      for (const std::string& part : linear->parts) add(part + ".bias", {linear->outputs}, part + ".bias");
    for (const std::string& norm : names.norms()) add_norm(norm);
  }
  return tensors;
}

/// Refuses weights that somebody has quantized. Errors: `unsupported`.
inline void require_full(const Weights& weights) {
  if (stored_form(weights) != WeightForm::full)
    throw Error(ErrorKind::unsupported, {.file = weights.require(kWordTable).file->name(),
                                         .problem = "the weights are quantized already",
                                         .remedy = "quantize the original model"});
}

}  // namespace glossa::detail
