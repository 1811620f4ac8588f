// The shared library: errors of glossa stay inside.
#include "topic.hpp"

#include <glossa/glossa.hpp>

std::vector<float> topic_vector(const std::string& folder, const std::string& name) {
  const auto embedder = glossa::Embedder::try_load(folder);
  if (!embedder) return {};
  return embedder->embed_passage(name).values();
}
