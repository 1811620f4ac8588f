// The weights of a model come in; a safetensors file with 8-bit integers in the kernels' order goes out.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/encoder/calibration_run.hpp>
#include <glossa/encoder/full_tensors.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The next bfloat16 number that is not smaller than a scale.
[[nodiscard]] inline std::uint16_t round_up_to_bf16(float scale) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(scale);
  return static_cast<std::uint16_t>((bits >> 16) + ((bits & 0xFFFF) != 0 ? 1 : 0));
}

/// Writes the weights in the form that kInt8Form names. texts: what tells of the layers' inputs; none leaves these and
/// the biases as they are. `check` is called now and then, and may throw to end it.
/// Errors: those of Weights and SafetensorsWriter; `unsupported` where the weights are quantized already.
inline void write_int8_weights(const Weights& weights, const EncoderConfig& config, const RaggedBatch& texts,
                               const std::filesystem::path& path, const std::function<void()>& check) {
  require_full(weights);
  const std::vector<LinearName> linears = all_linears(config);
  std::vector<TensorPlan> factors;
  const bool calibrates = texts.texts() > 0;
  for (std::size_t i = 0; i < config.layers; ++i) {
    const LayerNames names(config, i);
    for (const LinearName* linear : names.linears()) {
      if (calibrates && LayerStatistics::exponent_of(names, *linear) > 0)
        factors.push_back({linear->joined + ".input_factor", DType::f32, {linear->inputs}});
    }
  }
  const std::string words(kWordTable);
  const Shape word_shape{config.vocab_size, config.hidden_size};
  const auto rest = full_tensors(weights, config);
  std::vector<TensorPlan> plan;
  for (const LinearName& name : linears)
    plan.push_back({name.joined + ".weight", DType::i8, int8_shape(name.inputs, name.columns())});
  plan.push_back({words, DType::i8, word_shape});
  for (const LinearName& name : linears)
    plan.push_back({name.joined + ".weight_scale", DType::f32, int8_scale_shape(name.inputs, name.columns())});
  plan.insert(plan.end(), factors.begin(), factors.end());
  for (const auto& [tensor, from] : rest) plan.push_back(tensor);
  for (const LinearName& name : linears)
    plan.push_back({name.joined + ".weight_sum", DType::i16, int8_scale_shape(name.inputs, name.columns())});
  plan.push_back({std::string(kWordScales), DType::bf16, word_scale_shape(config.vocab_size, config.hidden_size)});

  SafetensorsWriter writer(path, plan, {{kFormKey, kInt8Form}});
  const auto write = [&](const auto& values) { writer.write(std::as_bytes(std::span(values))); };
  std::vector<float> scales;
  std::vector<float> all_factors;
  std::vector<std::int16_t> sums;
  std::map<std::string, std::vector<float>> corrections;  // of biases, by their names
  std::optional<CalibrationRun> run;
  if (calibrates) run.emplace(weights, config, default_level(), texts);
  for (std::size_t i = 0; i < config.layers; ++i) {
    std::optional<LayerStatistics> statistics;
    if (run) statistics = run->next_statistics();
    const LayerNames names(config, i);
    for (const LinearName* name : names.linears()) {
      check();
      const Int8Linear linear = quantize_linear(weights, *name, statistics ? &statistics->of(*name) : nullptr);
      write(linear.matrix.values());
      scales.insert(scales.end(), linear.matrix.scales().begin(), linear.matrix.scales().end());
      sums.insert(sums.end(), linear.matrix.sums().begin(), linear.matrix.sums().end());
      all_factors.insert(all_factors.end(), linear.factors.begin(), linear.factors.end());
      for (std::size_t part = 0; part < name->parts.size() && !linear.correction.empty(); ++part) {
        const auto first = linear.correction.begin() + static_cast<std::ptrdiff_t>(part * name->outputs);
        corrections[name->parts[part] + ".bias"].assign(first, first + static_cast<std::ptrdiff_t>(name->outputs));
      }
    }
  }
  constexpr std::size_t kRows = 4096;
  const TensorSource& table = weights.at(words, word_shape);
  std::vector<float> row(config.hidden_size);
  std::vector<std::int8_t> rows(kRows * config.hidden_size);
  std::vector<std::uint16_t> word_scales;
  for (std::size_t first = 0; first < config.vocab_size; first += kRows) {
    check();
    const std::size_t count = std::min(kRows, config.vocab_size - first);
    for (std::size_t i = 0; i < count; ++i) {
      table.file->read(*table.info, (first + i) * row.size(), row.size(), row.data());
      for (std::size_t begin = 0; begin < row.size(); begin += kWordGroup) {
        std::int8_t* to = rows.data() + i * row.size() + begin;
        (void)quantize_values(
            row.data() + begin, std::min(kWordGroup, row.size() - begin),
            [&](std::size_t k, std::int8_t value) { to[k] = value; },
            [&](float scale) {
              word_scales.push_back(round_up_to_bf16(scale));
              return bfloat16_to_float(word_scales.back());
            });
      }
    }
    writer.write(std::as_bytes(std::span(rows).first(count * row.size())));
  }
  write(scales);
  write(all_factors);
  for (const auto& [tensor, from] : rest) {
    std::vector<float> values = weights.read<float>(from, tensor.shape);
    if (const auto found = corrections.find(tensor.name); found != corrections.end())
      for (std::size_t i = 0; i < values.size(); ++i) values[i] += found->second[i];
    write(values);
  }
  write(sums);
  write(word_scales);
  writer.finish();
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
