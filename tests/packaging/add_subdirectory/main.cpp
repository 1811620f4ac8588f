// Embeds one text here and the same text in the other translation unit; the vectors must be the same, bit for bit.
#include "vectors.hpp"

#include <glossa/glossa.hpp>

#include <cstdio>
#include <string>
#include <vector>

std::vector<float> passage(const std::string& folder, const std::string& text);

int main(int argc, char** argv) {
  if (argc != 2) return std::puts("usage: consumer MODEL"), 2;
  const std::string text = "the cat sleep";
  const glossa::Embedder embedder(argv[1]);
  const std::vector<float> here = embedder.embed_passage(text).values();
  const std::vector<float> there = passage(argv[1], text);
  return print_unit_vector("add_subdirectory", here) && here == there ? 0 : 1;
}
