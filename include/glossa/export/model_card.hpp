// A model and the precision of its export come in; sentences for the model card of the new folder go out.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/precision.hpp>

#include <filesystem>
#include <string>

namespace glossa::detail {

/// What the numbers of a precision are, in a sentence.
[[nodiscard]] inline std::string describe(ExportPrecision precision) {
  switch (precision) {
    case ExportPrecision::f32: return "Weights and activations are 32-bit floating-point numbers.";
    case ExportPrecision::f16: return "Weights and activations are 16-bit floating-point numbers; outputs are f32.";
    case ExportPrecision::int8:
      return "Weights are 8-bit integers with a scale for each column, word vectors with one for each block of 64 "
             "elements; activations become 8-bit integers by the range that they have in each run.";
    case ExportPrecision::int8_static:
      return "Weights are 8-bit integers with a scale for each column, word vectors with one for each block of 64 "
             "elements; activations become 8-bit integers by ranges that calibration texts gave.";
    case ExportPrecision::int4_int8:
      return "Word vectors are 4-bit integers with a scale for each block of 32 elements, other weights 8-bit integers "
             "with a scale for each column; activations become 8-bit integers by the range that they have in each run.";
  }
  return {};
}

/// How a card begins; `format` is such as "an ONNX graph", `numbers` what those of the precision are.
[[nodiscard]] inline std::string card_head(const ExportModel& model, const std::string& format,
                                           ExportPrecision precision, const std::string& numbers) {
  std::filesystem::path folder = std::filesystem::absolute(model.folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "name/"
  const std::string name = path_text(folder.filename());
  return "# " + (name.empty() ? std::string("Model") : name) + " as " + format +
         "\n\nMade by glossa from the weights of a " + model.config.model_type + " encoder with " +
         std::to_string(model.config.layers) + " layers. Precision: " + to_string(precision) + ". " + numbers + "\n\n";
}

/// Lines of Python that make `text` with ids, attention_mask and type_ids; `runtime` is what else they import.
[[nodiscard]] inline std::string card_tokens(const ExportModel& model, const std::string& runtime) {
  if (is_there(model.sentence.encoder_folder / "tokenizer.json"))
    return "import " + runtime +
           ", tokenizers\n"
           "text = tokenizers.Tokenizer.from_file(\"tokenizer.json\").encode(\"a text\")\n";
  return "import " + runtime +
         ", transformers\n"
         "text = transformers.AutoTokenizer.from_pretrained(\".\")(\"a text\").encodings[0]\n";
}

/// What the graph of any format computes.
[[nodiscard]] inline std::string describe(const ExportModel& model) {
  std::string poolings;
  for (const Pooling pooling : model.sentence.poolings)
    poolings += (poolings.empty() ? "" : ", ") + std::string(to_string(pooling));
  return "Inputs are `input_ids` and `attention_mask`, i64 [batch, length] with at most " +
         std::to_string(model.max_tokens()) + " tokens. Outputs are `last_hidden_state`, f32 [batch, length, " +
         std::to_string(model.config.hidden_size) + "], and `sentence_embedding`, f32 [batch, " +
         std::to_string(model.dims()) + "]: pooled (" + poolings + ")" +
         (model.sentence.normalize ? " and scaled to length 1.\n" : ", not normalised.\n");
}

}  // namespace glossa::detail
