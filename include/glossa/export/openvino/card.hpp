// A model and how it is exported come in; what a user has to know of the new folder goes out.
#pragma once

#include <glossa/export/model.hpp>
#include <glossa/export/model_card.hpp>
#include <glossa/export/openvino/options.hpp>
#include <glossa/export/precision.hpp>

#include <string>

namespace glossa::detail {

/// What the numbers of a precision are in an OpenVINO graph.
[[nodiscard]] inline std::string describe_openvino(ExportPrecision precision) {
  switch (precision) {
    case ExportPrecision::f16: return "Weights are 16-bit floating-point numbers.";
    case ExportPrecision::int8:
      return "Weights are 8-bit integers with a scale for each column, word vectors with one for each block of 64 "
             "elements; activations are floating-point numbers, unless the runtime rounds them by its own means.";
    case ExportPrecision::int4_int8:
      return "Word vectors are 4-bit integers with a scale for each block of 32 elements, other weights 8-bit integers "
             "with a scale for each column; activations are floating-point numbers, unless the runtime rounds them by "
             "its own means.";
    default: return describe(precision);
  }
}

[[nodiscard]] inline std::string openvino_card(const ExportModel& model, const OpenvinoExportOptions& options) {
  std::string card = card_head(model, "an OpenVINO graph", options.precision, describe_openvino(options.precision));
  card += "The graph is `openvino/openvino_model.xml`, IR version 11. " + describe(model);
  if (options.token_type_ids) card += "A third input is `token_type_ids`, of the same shape.\n";
  card +=
      "\nProcessors with bfloat16 compute in it unless told otherwise: `\"INFERENCE_PRECISION_HINT\": \"f32\"` is for "
      "exact vectors.\n"
      "\n```python\n"
      "from sentence_transformers import SentenceTransformer  # with optimum-intel\n"
      "model = SentenceTransformer(\"path/to/this/folder\", backend=\"openvino\")\n"
      "vectors = model.encode([\"a text\"])\n"
      "```\n\n"
      "```python\n" +
      card_tokens(model, "openvino") +
      "model = openvino.Core().compile_model(\"openvino/openvino_model.xml\", \"CPU\", "
      "{\"INFERENCE_PRECISION_HINT\": \"f32\"})\n"
      "vectors = model({\"input_ids\": [text.ids], \"attention_mask\": [text.attention_mask]" +
      std::string(options.token_type_ids ? ", \"token_type_ids\": [text.type_ids]" : "") +
      "})[\"sentence_embedding\"]\n```\n";
  return card;
}

}  // namespace glossa::detail
