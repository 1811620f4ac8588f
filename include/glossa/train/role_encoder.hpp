// How the training room gets vectors of texts, whoever makes them.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/embedder.hpp>

#include <functional>
#include <span>
#include <string_view>
#include <utility>

namespace glossa {

/// Embeds texts, a row a text, which are to the model what the role says. Called by one thread at a time.
using RoleEncoder = std::function<Embeddings(std::span<const std::string_view> texts, Role role)>;

/// An encoder over an Embedder, with its prompts for roles. Errors: those of Embedder::embed().
[[nodiscard]] inline RoleEncoder role_encoder(Embedder embedder, EmbedOptions options = {}) {
  return [embedder = std::move(embedder), options = std::move(options)](
             std::span<const std::string_view> texts, Role role) { return embedder.embed(texts, role, options); };
}

}  // namespace glossa
