// Definitions of Embedder's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/embedder/embed_job.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/verify.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE Embedder::Embedder(const std::filesystem::path& folder, const EmbedderOptions& options)
    : model_(std::make_shared<const detail::Model>(folder, options)) {}

GLOSSA_INLINE Embedder Embedder::with_weights(const std::filesystem::path& folder, const Weights& weights,
                                              const EmbedderOptions& options) {
  return Embedder(std::make_shared<const detail::Model>(folder, options, &weights));
}

GLOSSA_INLINE std::size_t Embedder::dims() const noexcept { return model_->encoder().dims(); }

GLOSSA_INLINE std::size_t Embedder::max_tokens() const noexcept { return model_->info().max_tokens; }

GLOSSA_INLINE const ModelInfo& Embedder::info() const noexcept { return model_->info(); }

GLOSSA_INLINE const Tokenizer& Embedder::tokenizer() const noexcept { return model_->tokenizer(); }

GLOSSA_INLINE std::string Embedder::fingerprint(std::size_t dims) const {
  if (dims > this->dims())
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "dims", .expected = "at most " + std::to_string(this->dims()), .found = std::to_string(dims)});
  return model_->fingerprint(dims == 0 ? this->dims() : dims);
}

GLOSSA_INLINE std::size_t Embedder::count_tokens(std::string_view text, Role role) const {
  return model_->tokenizer().count_tokens(model_->prompt(role) + std::string(text), model_->options().specials);
}

GLOSSA_INLINE Embedding Embedder::embed(std::string_view text, Role role, const EmbedOptions& options) const {
  const std::string_view texts[] = {text};
  detail::EmbedJob job(*model_, texts, role, options);
  std::vector<float> values(job.dims());
  job.run(values);
  return {std::move(values), job.take_receipts().front()};
}

GLOSSA_INLINE Embeddings Embedder::embed_views(std::span<const std::string_view> texts, Role role,
                                               const EmbedOptions& options) const {
  detail::EmbedJob job(*model_, texts, role, options);
  Embeddings result(texts.size(), job.dims());
  job.run(result.values());
  job.finish(result);
  return result;
}

GLOSSA_INLINE std::vector<Receipt> Embedder::embed_views_into(std::span<const std::string_view> texts, Role role,
                                                              std::span<float> out, const EmbedOptions& options) const {
  EmbedOptions without_windows = options;
  without_windows.keep_windows = false;
  detail::EmbedJob job(*model_, texts, role, without_windows);
  const std::size_t needed = texts.size() * job.dims();
  if (out.size() != needed)
    throw Error(ErrorKind::invalid_argument, {.field = "out",
                                              .expected = std::to_string(needed) + " floats, a row a text",
                                              .found = std::to_string(out.size())});
  job.run(out);
  return job.take_receipts();
}

GLOSSA_INLINE VerifyReport Embedder::verify() const {
  return detail::verify(*model_, [this](std::string_view text, Role role) { return embed(text, role); });
}

}  // namespace glossa
