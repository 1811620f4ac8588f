// Texts come in; a model's linear layers go out in integers, with ranges for their inputs.
#pragma once

#include <glossa/embedder/calibration_texts.hpp>
#include <glossa/encoder/calibration_run.hpp>
#include <glossa/encoder/input_statistics.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/export/input_sample.hpp>
#include <glossa/export/integer_linear.hpp>
#include <glossa/export/model.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Whether a layer's input is multiplied by factors before it becomes integers: all but that of the layer behind
/// attention, which has no outliers.
[[nodiscard]] inline bool has_input_factors(const LinearName& name) {
  return !name.joined.ends_with("attention.output.dense");
}

/// The tokens of texts that a calibration takes.
inline constexpr std::size_t kMostCalibrationTokens = 16384;

/// Texts as the model reads them. Where they have more than `most` tokens, every other one is left out until they have
/// not; those are not read either.
[[nodiscard]] inline RaggedBatch thinned_batch(const Tokenizer& tokenizer, std::size_t max_tokens,
                                               std::span<const std::string> texts,
                                               std::size_t most = kMostCalibrationTokens) {
  RaggedBatch batch;
  std::size_t step = 1;
  for (std::size_t text = 0; text < texts.size(); text += step - text % step) {
    const Encoding encoding = tokenizer.encode(texts[text], {.max_tokens = max_tokens});
    if (!encoding.ids.empty()) batch.add(encoding.ids);
    while (batch.tokens() > most && batch.texts() > 1) {
      RaggedBatch half;
      for (std::size_t i = 0; i < batch.texts(); i += 2)
        half.add(std::span(batch.ids).subspan(batch.starts[i], batch.length(i)));
      batch = std::move(half);
      step *= 2;
    }
  }
  return batch;
}

/// Runs texts through a model and rounds its layers by what their inputs are: factors take the outliers of a few
/// elements to the weights, and what rounding takes from the results for the mean input goes to the bias (Nagel et al.
/// 2019).
class CalibratedLayers {
 public:
  /// texts: none takes the library's own. fixed: inputs become integers by the ranges that they have here, and not by
  /// those of each run. Errors: those of Tokenizer.
  CalibratedLayers(const ExportModel& model, const std::vector<std::string>& texts, bool fixed)
      : model_(model),
        fixed_(fixed),
        batch_(read(model, texts)),
        run_(model.weights, model.config, default_level(), batch_) {}

  /// A layer; asked for once each, in their order. Errors: `numeric` where activations are not finite.
  [[nodiscard]] IntegerLinear take(const LinearName& name) {
    if (samples_.find(name.joined) == samples_.end()) run_next_layer();
    const auto found = samples_.find(name.joined);
    IntegerLinear out = round(name, found->second);
    samples_.erase(found);
    return out;
  }

 private:
  static RaggedBatch read(const ExportModel& model, const std::vector<std::string>& texts) {
    const Tokenizer tokenizer(model.sentence.encoder_folder, {.lowercase = model.sentence.lowercase});
    return texts.empty() ? calibration_batch(tokenizer, model.max_tokens())
                         : thinned_batch(tokenizer, model.max_tokens(), texts);
  }

  void run_next_layer() {
    const LayerNames names(model_.config, layer_++);
    const std::size_t step = batch_.tokens() / kSampledRows + 1;
    for (const LinearName* linear : names.linears()) samples_.try_emplace(linear->joined, linear->inputs, step);
    run_.next_layer([&](const LinearName& name, const float* rows, std::size_t stride, std::size_t count) {
      samples_.at(name.joined).add(rows, stride, count);
    });
  }

  [[nodiscard]] IntegerLinear round(const LinearName& name, const InputSample& sample) const {
    std::vector<float> exact = joined_weights(model_.weights, name);
    const std::vector<float> factors = take_factors(name, sample, exact);
    const InputRange range = sample.range(factors);
    IntegerLinear out = round_columns(exact, name.inputs);
    out.input_scale = range.scale;
    out.input_zero = range.zero;
    const auto [means, rounded] = sample.means(factors, fixed_ ? &range : nullptr);
    for (const std::string& part : name.parts) {
      const std::vector<float> bias = model_.weights.read<float>(part + ".bias", {name.outputs});
      out.bias.insert(out.bias.end(), bias.begin(), bias.end());
    }
    const std::size_t columns = name.columns();
    std::vector<double> lost(columns, 0.0);
    for (std::size_t k = 0; k < name.inputs; ++k)
      for (std::size_t j = 0; j < columns; ++j)
        lost[j] += static_cast<double>(exact[j * name.inputs + k]) * means[k] -
                   static_cast<double>(out.scales[j]) * out.integers[k * columns + j] * rounded[k];
    for (std::size_t j = 0; j < columns; ++j) out.bias[j] += static_cast<float>(lost[j]);
    if (has_input_factors(name)) out.input_factors = factors;
    return out;
  }

  /// The factors of a layer's input, by which its weights are divided.
  [[nodiscard]] static std::vector<float> take_factors(const LinearName& name, const InputSample& sample,
                                                       std::vector<float>& weights) {
    if (!has_input_factors(name)) return std::vector<float>(name.inputs, 1.0F);
    if (name.activated) {
      std::vector<float> factors = sample.evening_factors();
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] /= factors[i % name.inputs];
      return factors;
    }
    InputStatistics statistics(name.inputs, name.parts.size() > 1 ? 0.85F : 0.6F);  // see LayerStatistics
    statistics.most = sample.most();
    return smooth(statistics, weights);
  }

  static constexpr std::size_t kSampledRows = 4096;

  const ExportModel& model_;
  bool fixed_;
  RaggedBatch batch_;
  CalibrationRun run_;
  std::size_t layer_ = 0;
  std::map<std::string, InputSample> samples_;  // of the last layer that was run
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
