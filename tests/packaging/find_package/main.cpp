// Program and shared library each hold a copy of glossa; both give the same vector, and errors cross no border.
#include "topic.hpp"
#include "vectors.hpp"

#include <glossa/glossa.hpp>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::puts("usage: consumer MODEL"), 2;
  const std::string name = "female protein";
  const std::vector<float> here = glossa::Embedder(argv[1]).embed_passage(name).values();
  if (!print_unit_vector("find_package", here)) return 1;
  if (!print_same("program and shared library", here, topic_vector(argv[1], name))) return 1;
  if (!topic_vector("no such folder", name).empty()) return std::puts("a missing model gave a vector"), 1;
  try {
    const glossa::Embedder embedder("no such folder");
    return std::puts("a missing model was loaded"), 1;
  } catch (const glossa::Error& error) {
    std::printf("caught: %s\n", error.what());
  }
  return 0;
}
