// The number of a layer comes in; the names and shapes of its weights go out.
#pragma once

#include <glossa/model/encoder_config.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {

/// A linear layer, or several with the same input side by side.
struct LinearName {
  std::string joined;              ///< the name of all together, which weights of 8 and 4 bits are stored under
  std::vector<std::string> parts;  ///< names in transformers' checkpoints, each a layer [outputs, inputs]
  std::size_t inputs;
  std::size_t outputs;     ///< of one part
  bool activated = false;  ///< whether its input comes out of an activation function

  [[nodiscard]] std::size_t columns() const noexcept { return parts.size() * outputs; }
};

/// The weights of one layer of transformers' BertModel.
struct LayerNames {
  LinearName qkv;
  LinearName attention_output;
  std::string attention_norm;
  LinearName wide;
  LinearName narrow;
  std::string output_norm;

  LayerNames(const EncoderConfig& config, std::size_t index)
      : LayerNames(config, "encoder.layer." + std::to_string(index) + ".") {}

  [[nodiscard]] std::vector<const LinearName*> linears() const { return {&qkv, &attention_output, &wide, &narrow}; }
  [[nodiscard]] std::vector<std::string> norms() const { return {attention_norm, output_norm}; }

 private:
  LayerNames(const EncoderConfig& config, const std::string& layer)
      : qkv{layer + "attention.self.qkv",
            {layer + "attention.self.query", layer + "attention.self.key", layer + "attention.self.value"},
            config.hidden_size,
            config.hidden_size},
        attention_output(one(layer + "attention.output.dense", config.hidden_size, config.hidden_size)),
        attention_norm(layer + "attention.output.LayerNorm"),
        wide(one(layer + "intermediate.dense", config.hidden_size, config.intermediate_size)),
        narrow(one(layer + "output.dense", config.intermediate_size, config.hidden_size)),
        output_norm(layer + "output.LayerNorm") {
    narrow.activated = true;
  }

  static LinearName one(const std::string& name, std::size_t inputs, std::size_t outputs) {
    return {name, {name}, inputs, outputs};
  }
};

/// The linear layers of all layers, in their order.
[[nodiscard]] inline std::vector<LinearName> all_linears(const EncoderConfig& config) {
  std::vector<LinearName> linears;
  for (std::size_t i = 0; i < config.layers; ++i) {
    const LayerNames names(config, i);
    for (const LinearName* linear : names.linears()) linears.push_back(*linear);
  }
  return linears;
}

}  // namespace glossa::detail
