// A model and the precision of its export come in; sentences for the model card of the new folder go out.
#pragma once

#include <glossa/export/model.hpp>
#include <glossa/export/precision.hpp>

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
