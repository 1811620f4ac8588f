// The second translation unit that includes all of glossa.
#include <glossa/glossa.hpp>

#include <string>
#include <vector>

std::vector<float> passage(const std::string& folder, const std::string& text);

std::vector<float> passage(const std::string& folder, const std::string& text) {
  return glossa::Embedder(folder).embed_passage(text).values();
}
