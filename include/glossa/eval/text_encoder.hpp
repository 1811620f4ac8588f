// How an evaluation gets its vectors, whoever makes them.
#pragma once

#include <glossa/core/embeddings.hpp>

#include <functional>
#include <span>
#include <string_view>

namespace glossa {

/// Embeds texts with `prompt` before each: a row a text, of any length. Called by one thread at a time.
using TextEncoder = std::function<Embeddings(std::span<const std::string_view> texts, std::string_view prompt)>;

}  // namespace glossa
