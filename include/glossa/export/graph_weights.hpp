// A model and the precision of its export come in; where the graph's weights come from goes out.
#pragma once

#include <glossa/export/calibrated_layers.hpp>
#include <glossa/export/encoder_graph.hpp>
#include <glossa/export/integer_weights.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/precision.hpp>

#include <memory>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// texts: for the calibration of integers; none: the library's own. It refers to `model`. Errors: those of
/// CalibratedLayers.
[[nodiscard]] inline GraphWeights weights_of(const ExportModel& model, ExportPrecision precision,
                                             const std::vector<std::string>& texts) {
  if (precision == ExportPrecision::f32 || precision == ExportPrecision::f16) return float_weights(model);
  const bool fixed = precision == ExportPrecision::int8_static;
  const auto calibrated = std::make_shared<CalibratedLayers>(model, texts, fixed);
  const auto layers =
      std::make_shared<IntegerLayers>([calibrated](const LinearName& name) { return calibrated->take(name); });
  return integer_weights(model, precision == ExportPrecision::int4_int8 ? 4 : 8, layers,
                         {.fixed = fixed, .has_factors = has_input_factors});
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
