// A model folder comes in; the same with weights of 8 or 4 bits and a compiled vocabulary goes out.
#pragma once

#include "calibration_texts.hpp"
#include "golden_vectors.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/partial_folder.hpp>
#include <glossa/embedder/calibration_texts.hpp>
#include <glossa/encoder/full_tensors.hpp>
#include <glossa/encoder/int4_rounding.hpp>
#include <glossa/encoder/int8_writer.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/companions.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/compiled_vocabulary.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace convert {

/// What a folder is quantized to, and by what.
struct Quantization {
  glossa::Precision precision = glossa::Precision::int8;  ///< or int4
  std::vector<std::string> texts{};                       ///< for the calibration; without, texts of our own
};

/// The texts' tokens, as the model reads them.
[[nodiscard]] inline glossa::RaggedBatch read_texts(const Quantization& wanted, const glossa::Tokenizer& tokenizer,
                                                    std::size_t max_tokens) {
  if (!wanted.texts.empty()) return glossa::detail::calibration_batch(tokenizer, max_tokens, wanted.texts);
  if (wanted.precision == glossa::Precision::int8) return glossa::detail::calibration_batch(tokenizer, max_tokens);
  std::vector<std::string_view> texts(kEnglishTexts.begin(), kEnglishTexts.end());
  texts.insert(texts.end(), glossa::detail::kCalibrationTexts.begin(), glossa::detail::kCalibrationTexts.end());
  return glossa::detail::calibration_batch(tokenizer, max_tokens, texts);
}

/// Quantizes the model in `model` to the folder `target`, which must not exist or be empty; it appears when all is
/// written. `say` tells of each step, `check` is called now and then and may throw.
inline void quantize_folder(const std::filesystem::path& model, const std::filesystem::path& target,
                            const Quantization& wanted, const std::function<void(const std::string&)>& say,
                            const std::function<void()>& check) {
  std::error_code code;
  if (!std::filesystem::is_directory(model, code))
    throw glossa::Error(glossa::ErrorKind::not_found,
                        {.file = glossa::detail::path_text(model),
                         .problem = "no such model folder",
                         .remedy = "give the folder that holds config.json and model.safetensors"});
  const auto sentence = glossa::read_sentence_config(
      model, [](const std::filesystem::path& place) { return glossa::read_encoder_config(place).hidden_size; });
  const glossa::EncoderConfig config = glossa::read_encoder_config(sentence.encoder_folder);
  const glossa::Weights weights(sentence.encoder_folder);
  glossa::detail::require_full(weights);
  glossa::detail::PartialFolder partial(target);
  say("copying configuration and vocabulary");
  glossa::detail::copy_companions(model, partial.path());
  const auto place = partial.path() / sentence.encoder_folder.lexically_relative(model);
  const glossa::Tokenizer tokenizer(sentence.encoder_folder, {.lowercase = sentence.lowercase});
  const auto texts = read_texts(wanted, tokenizer, sentence.max_tokens.value_or(config.max_tokens()));
  say("quantizing weights, by what they do to " + std::to_string(texts.tokens()) + " tokens of text");
  const auto write = wanted.precision == glossa::Precision::int4 ? &glossa::detail::write_int4_weights
                                                                 : &glossa::detail::write_int8_weights;
  write(weights, config, texts, place / "model.safetensors", check);
  check();
  say("compiling the vocabulary");
  (void)glossa::detail::write_compiled_vocabulary(place);
  check();
  say("loading the result");
  const glossa::Embedder embedder(partial.path());
  (void)embedder.embed("the cat sleeps");
  if (wanted.precision == glossa::Precision::int4) renew_golden(embedder, partial.path(), say, check);
  partial.commit();
}

}  // namespace convert
