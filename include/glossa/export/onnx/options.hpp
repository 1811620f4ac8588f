// How a model becomes an ONNX graph.
#pragma once

#include <glossa/export/precision.hpp>

#include <functional>
#include <string>
#include <vector>

namespace glossa {

/// What a graph is made of.
enum class OnnxOperators {
  onnx,     ///< those of ONNX alone, which every runtime knows
  runtime,  ///< with Attention, EmbedLayerNormalization, BiasGelu and others of ONNX Runtime's (domain com.microsoft)
  /// With SkipLayerNormalization, too: one operator for three, but on processors ONNX Runtime 1.32 takes longer for it.
  runtime_gpu,
};

/// How a model becomes an ONNX graph.
struct OnnxExportOptions {
  ExportPrecision precision = ExportPrecision::f32;
  OnnxOperators operators = OnnxOperators::onnx;
  /// With the input token_type_ids, as BERT's users may expect; without it all tokens have type 0.
  bool token_type_ids = false;
  /// Tensors in a file beside the graph, onnx/model.onnx.data. More than 2 GB always lie there.
  bool external_data = false;
  /// Texts that tell, where weights become integers, what activations are like: some hundred like those that the model
  /// will see. They decide on the ranges of int8_static, and elsewhere on how outliers are treated.
  /// Of more than 16,384 tokens every other text is left out until there are not. Without, texts of the library's own
  /// in many languages.
  std::vector<std::string> calibration_texts{};
  /// Called now and then; may throw to end the export.
  std::function<void()> check{};
};

}  // namespace glossa
