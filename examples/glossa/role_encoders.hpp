// Model folders come in; encoders of texts in roles go out, with progress on the terminal.
#pragma once

#include "commands.hpp"
#include "interrupt.hpp"
#include "progress_bar.hpp"
#include "tool_error.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/embedder.hpp>
#include <glossa/train/role_encoder.hpp>

#include <cstddef>
#include <iostream>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

/// Errors: `invalid_argument` where the model's folder does not tell the role's prompt.
inline void require_role(const glossa::Embedder& embedder, const std::string& option, const std::string& role) {
  try {
    (void)embedder.count_tokens("", role_from(role));
  } catch (const glossa::Error& error) {
    glossa::ErrorFacts facts = error.facts();
    facts.remedy = "set the prompts in its config_sentence_transformers.json, or add " + option + " none";
    throw glossa::Error(error.kind(), facts);
  }
}

/// A model that embeds when it is asked; it must outlive its encoder().
class RoleModel {
 public:
  /// Errors: the Embedder's.
  RoleModel(const std::string& folder, const std::string& precision, std::shared_ptr<glossa::Executor> executor)
      : folder_(folder), embedder_(folder, {.precision = precision_from(precision), .executor = std::move(executor)}) {}
  RoleModel(const RoleModel&) = delete;
  RoleModel& operator=(const RoleModel&) = delete;

  /// Errors: require_role()'s.
  void require_role(const std::string& option, const std::string& role) const {
    tool::require_role(embedder_, option, role);
  }

  [[nodiscard]] glossa::RoleEncoder encoder() {
    return [this](std::span<const std::string_view> texts, glossa::Role role) { return embed(texts, role); };
  }

  /// Tells of texts that were cut.
  void finish() const {
    if (truncated_ > 0)
      std::cerr << "glossa: " << truncated_ << " of " << texts_ << " texts were longer than " << embedder_.max_tokens()
                << " tokens of " << folder_ << " and were cut\n";
  }

 private:
  glossa::Embeddings embed(std::span<const std::string_view> texts, glossa::Role role) {
    std::stop_source stop;
    ProgressBar bar;
    glossa::EmbedOptions options;
    options.stop = stop.get_token();
    options.progress = [&](const glossa::Progress& progress) {
      if (interrupted) stop.request_stop();
      bar.update(progress.done, progress.tokens, static_cast<double>(progress.done),
                 static_cast<double>(progress.total));
    };
    glossa::Embeddings vectors = embedder_.embed(texts, role, options);
    for (const glossa::Receipt& receipt : vectors.receipts()) truncated_ += receipt.truncated() ? 1 : 0;
    texts_ += texts.size();
    return vectors;
  }

  std::string folder_;
  glossa::Embedder embedder_;
  std::size_t texts_ = 0;
  std::size_t truncated_ = 0;
};

}  // namespace tool
