// A model folder comes in; what training reads of it beside weights goes out, and texts become tokens.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/embedder/model_info.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/prompts_reader.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/train/training_model.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace glossa::detail {

/// A model's configuration, tokenizer and prompts.
class TrainingSetup {
 public:
  /// max_tokens: of a text; 0: as many as the folder says. Errors: those of what is read.
  TrainingSetup(const std::filesystem::path& folder, std::size_t max_tokens)
      : folder_(folder),
        sentence_(read_sentence_config(
            folder, [](const std::filesystem::path& place) { return read_encoder_config(place).hidden_size; })),
        config_(read_encoder_config(sentence_.encoder_folder)),
        prompts_(read_prompts(folder, sentence_.encoder_folder)),
        tokenizer_(sentence_.encoder_folder, {.lowercase = sentence_.lowercase}),
        max_tokens_(std::min(sentence_.max_tokens.value_or(config_.max_tokens()), config_.max_tokens())) {
    if (max_tokens == 0) return;
    if (max_tokens > config_.max_tokens())
      throw Error(ErrorKind::invalid_argument, {.field = "max_tokens",
                                                .expected = "at most " + std::to_string(config_.max_tokens()),
                                                .found = std::to_string(max_tokens)});
    max_tokens_ = max_tokens;
  }

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] const SentenceConfig& sentence() const noexcept { return sentence_; }
  [[nodiscard]] const EncoderConfig& config() const noexcept { return config_; }
  [[nodiscard]] std::size_t max_tokens() const noexcept { return max_tokens_; }
  [[nodiscard]] const Prompts& prompts() const noexcept { return prompts_; }
  [[nodiscard]] const Tokenizer& tokenizer() const noexcept { return tokenizer_; }

  /// What stands before a text in this role. Errors: `invalid_argument` where the folder does not tell.
  [[nodiscard]] std::string prompt(Role role) const {
    if (role == Role::none) return {};
    const auto& prompt = role == Role::query ? prompts_.query : prompts_.passage;
    if (prompt) return *prompt;
    throw Error(ErrorKind::invalid_argument,
                {.file = path_text(folder_),
                 .problem = "the folder does not tell which prompt its model expects before a " +
                            std::string(role == Role::query ? "query" : "passage"),
                 .remedy = "set the prompts in config_sentence_transformers.json, or train without roles"});
  }

  /// The tokens of a text behind a prompt, cut at max_tokens().
  [[nodiscard]] TrainingText tokens(const std::string& prompt, std::string_view text) const {
    return tokenizer_.encode(prompt + std::string(text), {.max_tokens = max_tokens_}).ids;
  }

 private:
  std::filesystem::path folder_;
  SentenceConfig sentence_;
  EncoderConfig config_;
  Prompts prompts_;
  Tokenizer tokenizer_;
  std::size_t max_tokens_;
};

}  // namespace glossa::detail
