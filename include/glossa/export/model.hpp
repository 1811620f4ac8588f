// A model folder comes in; what exporters need of it goes out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/encoder/full_tensors.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>

namespace glossa::detail {

/// A model that is to be exported.
struct ExportModel {
  std::filesystem::path folder;
  SentenceConfig sentence;
  EncoderConfig config;
  Weights weights;

  /// Errors: `not_found` where there is no such folder; `unsupported` for other architectures and weights that are
  /// quantized already; `corrupt_file`.
  explicit ExportModel(const std::filesystem::path& model)
      : folder(require_folder(model)),
        sentence(read_sentence_config(
            folder, [](const std::filesystem::path& place) { return read_encoder_config(place).hidden_size; })),
        config(read_encoder_config(sentence.encoder_folder)),
        weights(sentence.encoder_folder) {
    require_full(weights);
  }

  [[nodiscard]] std::size_t dims() const noexcept { return config.hidden_size * sentence.poolings.size(); }

  /// The longest sequence that the model is to be given.
  [[nodiscard]] std::size_t max_tokens() const noexcept {
    return std::min(sentence.max_tokens.value_or(config.max_tokens()), config.max_tokens());
  }

 private:
  static const std::filesystem::path& require_folder(const std::filesystem::path& folder) {
    std::error_code code;
    if (std::filesystem::is_directory(folder, code)) return folder;
    throw Error(ErrorKind::not_found,
                {.file = path_text(folder),
                 .problem = code ? "no such model folder (" + code.message() + ")" : "this is no folder",
                 .remedy = "give the folder that holds config.json and model.safetensors"});
  }
};

}  // namespace glossa::detail
