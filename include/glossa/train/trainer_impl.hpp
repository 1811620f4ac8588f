// Definitions of Trainer's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/train/check_trainer_options.hpp>
#include <glossa/train/lora_files.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/trainer_state.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

GLOSSA_INLINE Trainer::Trainer(const std::filesystem::path& model, const TrainerOptions& options) {
  detail::check(options);
  state_ = std::make_unique<detail::TrainerState>(model, options);
}
GLOSSA_INLINE Trainer::Trainer(Trainer&&) noexcept = default;
GLOSSA_INLINE Trainer& Trainer::operator=(Trainer&&) noexcept = default;
GLOSSA_INLINE Trainer::~Trainer() = default;

GLOSSA_INLINE TrainingReport Trainer::train(std::span<const TrainingRow> rows, const TrainingRun& run) {
  return state_->train(rows, run);
}

GLOSSA_INLINE Embeddings Trainer::embed(std::span<const std::string> texts, Role role) const {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<float> vectors = state_->session().embed(views, role);
  const std::size_t dims = state_->session().model().encoder().dims();
  Embeddings out(texts.size(), dims);
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::copy_n(vectors.begin() + static_cast<std::ptrdiff_t>(i * dims), dims, out[i].begin());
  return out;
}

GLOSSA_INLINE Embedder Trainer::embedder(const EmbedderOptions& options) const {
  detail::TrainingSession<float>& session = state_->session();
  EmbedderOptions own = options;
  if (!own.tokenizer) own.tokenizer = session.setup().tokenizer();
  return Embedder::with_weights(session.setup().folder(), session.trained_weights(), own);
}

GLOSSA_INLINE void Trainer::save(const std::filesystem::path& folder) const { state_->session().save(folder); }

namespace detail {

/// Errors: `invalid_argument`.
[[nodiscard]] inline LoraAdapters<float>& require_lora(TrainingSession<float>& session) {
  if (LoraAdapters<float>* lora = session.model().lora()) return *lora;
  throw Error(ErrorKind::invalid_argument, {.field = "TrainerOptions::lora.rank",
                                            .problem = "there are no adapters",
                                            .expected = "1 or more",
                                            .found = "0"});
}

}  // namespace detail

GLOSSA_INLINE void Trainer::save_adapters(const std::filesystem::path& folder) const {
  detail::TrainingSession<float>& session = state_->session();
  detail::write_lora(folder, detail::require_lora(session), session.options().lora,
                     detail::path_text(session.setup().folder().filename()));
}

GLOSSA_INLINE void Trainer::load_adapters(const std::filesystem::path& folder) {
  detail::read_lora(folder, detail::require_lora(state_->session()));
  state_->session().model().apply_lora();
}

GLOSSA_INLINE const Prompts& Trainer::prompts() const noexcept { return state_->session().setup().prompts(); }

GLOSSA_INLINE std::size_t Trainer::steps() const noexcept { return state_->session().steps(); }

}  // namespace glossa
