// The weights of a model come in; a safetensors file with 4-bit blocks in the kernels' order goes out.
#pragma once

#include <glossa/encoder/full_tensors.hpp>
#include <glossa/encoder/int4_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Where the blocks of a file come from.
struct Int4Source {
  /// The matrix of a linear layer; asked for once each, in the order of the layers.
  std::function<Int4Matrix(const LinearName&)> matrix;
  /// The blocks of the words [first, first + count), one word after another.
  std::function<std::vector<Int4Block>(std::size_t first, std::size_t count)> words;
};

/// Writes the form that kInt4Form names, with what is not in blocks from `weights`. `check` is called now and then, and
/// may throw to end it. Errors: those of Weights and SafetensorsWriter; `unsupported` where `weights` are quantized.
inline void write_int4_file(const Weights& weights, const EncoderConfig& config, const Int4Source& source,
                            const std::filesystem::path& path, const std::function<void()>& check) {
  require_full(weights);
  const std::vector<LinearName> linears = all_linears(config);
  const std::string words(kWordTable);
  const auto rest = full_tensors(weights, config);
  std::vector<TensorPlan> plan;
  for (const LinearName& name : linears)
    plan.push_back({name.joined + ".weight", DType::u8, int4_shape(name.inputs, name.columns())});
  plan.push_back({words, DType::u8, int4_word_shape(config.vocab_size, config.hidden_size)});
  for (const auto& [tensor, from] : rest) plan.push_back(tensor);
  for (const LinearName& name : linears)
    plan.push_back({name.joined + ".weight_scale", DType::f16, int4_scale_shape(name.inputs, name.columns())});
  plan.push_back({std::string(kWordScales), DType::f16, int4_word_scale_shape(config.vocab_size, config.hidden_size)});

  SafetensorsWriter writer(path, plan, {{kFormKey, kInt4Form}});
  const auto write = [&](const auto& values) { writer.write(std::as_bytes(std::span(values))); };
  std::vector<std::uint16_t> scales;
  for (const LinearName& name : linears) {
    check();
    const Int4Matrix matrix = source.matrix(name);
    write(matrix.values());
    scales.insert(scales.end(), matrix.scales().begin(), matrix.scales().end());
  }
  constexpr std::size_t kWords = 4096;
  std::vector<std::uint8_t> bytes;
  for (std::size_t first = 0; first < config.vocab_size; first += kWords) {
    check();
    bytes.clear();
    for (const Int4Block& block : source.words(first, std::min(kWords, config.vocab_size - first))) {
      for (std::size_t i = 0; i < kInt4Block / 2; ++i) bytes.push_back(block.pair(i));
      scales.push_back(block.scale);
    }
    write(bytes);
  }
  for (const auto& [tensor, from] : rest) write(weights.read<float>(from, tensor.shape));
  write(scales);
  writer.finish();
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
