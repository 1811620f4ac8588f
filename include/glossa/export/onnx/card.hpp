// A model and how it is exported come in; what a user has to know of the new folder goes out.
#pragma once

#include <glossa/export/model.hpp>
#include <glossa/export/model_card.hpp>
#include <glossa/export/onnx/options.hpp>
#include <glossa/export/precision.hpp>

#include <string>

namespace glossa::detail {

[[nodiscard]] inline std::string onnx_card(const ExportModel& model, const OnnxExportOptions& options) {
  std::string card = card_head(model, "an ONNX graph", options.precision, describe(options.precision));
  card += "The graph is `onnx/model.onnx`, opset 17";
  if (options.operators != OnnxOperators::onnx) card += ", with operators of ONNX Runtime (domain com.microsoft)";
  card += ". " + describe(model);
  if (options.token_type_ids) card += "A third input is `token_type_ids`, of the same shape.\n";
  card +=
      "\n```python\n"
      "from sentence_transformers import SentenceTransformer\n"
      "model = SentenceTransformer(\"path/to/this/folder\", backend=\"onnx\")\n"
      "vectors = model.encode([\"a text\"])\n"
      "```\n\n"
      "```python\n" +
      card_tokens(model, "onnxruntime") +
      "session = onnxruntime.InferenceSession(\"onnx/model.onnx\")\n"
      "vectors, = session.run([\"sentence_embedding\"], {\"input_ids\": [text.ids], \"attention_mask\": "
      "[text.attention_mask]" +
      std::string(options.token_type_ids ? ", \"token_type_ids\": [text.type_ids]" : "") + "})\n```\n";
  return card;
}

}  // namespace glossa::detail
