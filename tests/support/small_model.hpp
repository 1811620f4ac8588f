// A small model folder on disk, for tests that need an Embedder but no particular one.
#pragma once

#include "random_model.hpp"

#include <glossa/embedder.hpp>

#include <cstdint>
#include <string>

namespace test {

/// The folder of a family with weights of a seed, removed with this object.
class SmallModel {
 public:
  explicit SmallModel(const std::string& name = "multilingual-e5-small", std::uint64_t seed = 0) {
    write_family(folder_.path(), family(name), seed);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

/// Texts in the families' words, of very different lengths; some stand there twice.
inline std::vector<std::string> mixed_texts(std::size_t count) {
  const std::vector<std::string> words{"the",   "cat",    "sleep", "female", "protein", "Кошка",
                                       "museo", "Kürbis", "a",     "х",      "</s>",    "1"};
  std::vector<std::string> texts;
  unsigned state = 12345;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    const std::size_t length = i % 17 == 0 ? 0 : i % 23 == 0 ? 200 : i % 13;
    for (std::size_t k = 0; k < length; ++k) {
      state = state * 1103515245u + 12345u;
      text += (k > 0 ? " " : "") + words[state / 65536u % words.size()];
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace test
