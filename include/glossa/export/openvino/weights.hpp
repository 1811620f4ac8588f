// A model and the precision of its export come in; where the weights of its OpenVINO graph come from goes out.
#pragma once

#include <glossa/encoder/linear_parts.hpp>
#include <glossa/export/graph_weights.hpp>
#include <glossa/export/integer_linear.hpp>
#include <glossa/export/integer_weights.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/openvino/options.hpp>
#include <glossa/export/precision.hpp>

#include <memory>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The weights of a linear layer rounded as they are: its input stays in floating point, or OpenVINO rounds it in
/// groups of a few elements, which outliers do little harm to.
[[nodiscard]] inline IntegerLinear round_weights(const Weights& weights, const LinearName& name) {
  IntegerLinear out = round_columns(joined_weights(weights, name), name.inputs);
  for (const std::string& part : name.parts) {
    const std::vector<float> bias = weights.read<float>(part + ".bias", {name.outputs});
    out.bias.insert(out.bias.end(), bias.begin(), bias.end());
  }
  return out;
}

/// It refers to `model`. Errors: those of CalibratedLayers.
[[nodiscard]] inline GraphWeights openvino_weights(const ExportModel& model, const OpenvinoExportOptions& options) {
  const bool is_int4 = options.precision == ExportPrecision::int4_int8;
  if (!is_int4 && options.precision != ExportPrecision::int8)
    return weights_of(model, options.precision, options.calibration_texts);
  const auto layers =
      std::make_shared<IntegerLayers>([&model](const LinearName& name) { return round_weights(model.weights, name); });
  return integer_weights(model, is_int4 ? 4 : 8, layers, {});
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
