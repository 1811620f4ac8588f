// A text and vectors come in; the vector that is nearest to the text goes out.
#pragma once

#include <glossa/embedder.hpp>

#include <cstddef>
#include <string_view>

/// The row of `passages` that is nearest to `text`.
std::size_t nearest(const glossa::Embedder& embedder, std::string_view text, const glossa::Embeddings& passages);
