// A folder's weights come in; the form that they have goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/model/weights.hpp>

#include <string>
#include <string_view>

namespace glossa::detail {

/// How the encoder keeps the weights of its linear layers, and how files hold them and the word vectors.
enum class WeightForm {
  full,
  bf16,  ///< in memory alone
  int8,  ///< see int8_weights.hpp
  int4,  ///< see int4_weights.hpp
};

/// The table of word vectors, whose file tells what form a folder's weights have.
inline constexpr std::string_view kWordTable = "embeddings.word_embeddings.weight";
/// Its scales, in 8 and 4 bits.
inline constexpr std::string_view kWordScales = "embeddings.word_embeddings.weight_scale";

/// What the metadata of files that `glossa quantize` wrote say under this key.
inline constexpr const char* kFormKey = "glossa.weights";
inline constexpr const char* kInt8Form = "int8-2";
inline constexpr const char* kInt4Form = "int4-1";

/// The form of the folder's weights. Errors: `unsupported` for one that this version does not know.
[[nodiscard]] inline WeightForm stored_form(const Weights& weights) {
  const TensorSource& words = weights.require(kWordTable);
  const auto form = words.file->metadata().find(kFormKey);
  if (form == words.file->metadata().end()) return WeightForm::full;
  if (form->second == kInt8Form) return WeightForm::int8;
  if (form->second == kInt4Form) return WeightForm::int4;
  throw Error(ErrorKind::unsupported, {.file = words.file->name(),
                                       .field = std::string("__metadata__.") + kFormKey,
                                       .problem = "the weights have a form that this version cannot read",
                                       .expected = std::string(kInt8Form) + " or " + kInt4Form,
                                       .found = form->second,
                                       .remedy = "update glossa, or quantize the model again"});
}

}  // namespace glossa::detail
