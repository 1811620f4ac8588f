// Compiled for newer CPUs, with wider registers.
#include "embed.hpp"

#include <glossa/glossa.hpp>

std::vector<float> embed_wide(const std::string& folder, const std::string& text) {
  return glossa::Embedder(folder).embed_passage(text).values();
}
