// How a model becomes an OpenVINO graph.
#pragma once

#include <glossa/export/precision.hpp>

#include <functional>
#include <string>
#include <vector>

namespace glossa {

/// How a model becomes an OpenVINO graph.
struct OpenvinoExportOptions {
  /// f16, int8 and int4_int8 are what weights are stored in; the runtime decides what it computes in. int8_static has
  /// 8-bit activations, too, in ranges that texts gave.
  ExportPrecision precision = ExportPrecision::f32;
  /// With the input token_type_ids, as BERT's users may expect; without it all tokens have type 0.
  bool token_type_ids = false;
  /// Texts that tell, for int8_static, what ranges activations have: some hundred like those that the model will see.
  /// Of more than 16,384 tokens every other text is left out until there are not. Without, texts of the library's own
  /// in many languages.
  std::vector<std::string> calibration_texts{};
  /// Called now and then; may throw to end the export.
  std::function<void()> check{};
};

}  // namespace glossa
