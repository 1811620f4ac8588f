// Embeds texts in one translation unit and searches them in another.
#include "neighbours.hpp"
#include "vectors.hpp"

#include <glossa/glossa.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return std::puts("usage: consumer MODEL"), 2;
  const glossa::Embedder embedder(argv[1]);
  const std::vector<std::string> texts = {"the cat sleep", "female protein", "Кошка"};
  const glossa::Embeddings passages = embedder.embed_passages(texts);
  const std::vector<float> first(passages[0].begin(), passages[0].end());
  if (!print_unit_vector("fetch_content", first)) return 1;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (nearest(embedder, texts[i], passages) != i)
      return std::printf("%s is not its own nearest text\n", texts[i].c_str()), 1;
  return 0;
}
