// The second translation unit.
#include "neighbours.hpp"

#include <glossa/glossa.hpp>

std::size_t nearest(const glossa::Embedder& embedder, std::string_view text, const glossa::Embeddings& passages) {
  return glossa::top_k(embedder.embed_passage(text), passages, 1).front().index;
}
