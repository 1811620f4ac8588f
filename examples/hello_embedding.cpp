// Turns three texts into vectors and tells how alike they are:  hello_embedding MODEL_DIR
#include <glossa/glossa.hpp>

#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: hello_embedding MODEL_DIR\n", 2;
  const glossa::Embedder embedder(argv[1]);

  const auto vectors = embedder.embed(
      {"A cat sleeps on the sofa.", "Eine Katze schläft auf dem Sofa.", "Interest rates rose again in March."});

  std::cout << vectors.rows() << " vectors of " << vectors.dims() << " numbers\n"
            << "the same in German: " << glossa::dot(vectors[0], vectors[1]) << '\n'
            << "something else:     " << glossa::dot(vectors[0], vectors[2]) << '\n';
} catch (const glossa::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
