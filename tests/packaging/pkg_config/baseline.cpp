// Compiled for the oldest CPUs of the architecture.
#include "embed.hpp"

#include <glossa/glossa.hpp>

std::vector<float> embed_baseline(const std::string& folder, const std::string& text) {
  return glossa::Embedder(folder).embed_passage(text).values();
}
