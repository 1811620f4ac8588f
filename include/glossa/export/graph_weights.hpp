// A model and the precision of its export come in; where the graph's weights come from goes out.
#pragma once

#include <glossa/export/calibrated_layers.hpp>
#include <glossa/export/encoder_graph.hpp>
#include <glossa/export/integer_linear.hpp>
#include <glossa/export/integer_weights.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/precision.hpp>

#include <memory>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// texts: for the calibration of integers; none: the library's own. bias: of int8_static's layers. It refers to
/// `model`. Errors: those of CalibratedLayers.
[[nodiscard]] inline GraphWeights weights_of(const ExportModel& model, ExportPrecision precision,
                                             const std::vector<std::string>& texts, BiasForm bias = BiasForm::exact) {
  if (precision == ExportPrecision::f32 || precision == ExportPrecision::f16) return float_weights(model);
  const bool fixed = precision == ExportPrecision::int8_static;
  if (!fixed) bias = BiasForm::exact;
  const auto calibrated = std::make_shared<CalibratedLayers>(model, texts, fixed);
  const auto layers = std::make_shared<IntegerLayers>([calibrated, bias](const LinearName& name) {
    IntegerLinear layer = calibrated->take(name);
    if (bias != BiasForm::exact) round_bias(layer);
    return layer;
  });
  return integer_weights(model, precision == ExportPrecision::int4_int8 ? 4 : 8, layers,
                         {.fixed = fixed, .bias = bias, .has_factors = has_input_factors});
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
