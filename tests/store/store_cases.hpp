// Stores of a small model for tests, and what is put into them.
#pragma once

#include "paths.hpp"
#include "random_values.hpp"
#include "small_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/embedded_vector_store.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace test {

/// One small model for all tests of a program.
inline const glossa::Embedder& store_embedder() {
  static const SmallModel model;
  static const glossa::Embedder own(model.path(), {.threads = 1});
  return own;
}

/// A store in a folder that is removed with this object.
class StoreFolder {
 public:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "store"; }
  [[nodiscard]] std::filesystem::path database() const { return path() / "store.sqlite"; }
  [[nodiscard]] std::filesystem::path index() const { return path() / "index.hnsw"; }
  [[nodiscard]] std::filesystem::path words() const { return path() / "index.words"; }
  [[nodiscard]] glossa::DocumentStore open(const glossa::DocumentStoreOptions& options = {}) const {
    return {path(), store_embedder(), options};
  }

 private:
  TemporaryFolder folder_;
};

/// Two sentences in turns.
inline std::string long_text(std::size_t sentences) {
  std::string text;
  for (std::size_t i = 0; i < sentences; ++i)
    text += i % 2 == 0 ? "the female cat sleep. " : "protein museo Kürbis a. ";
  return text;
}

/// A document in the model's words, of which a number decides.
inline glossa::Document any_document(std::size_t number, std::size_t words = 8) {
  static const std::vector<std::string> kWords{"the", "cat", "sleep", "female", "protein", "Кошка", "museo", "Kürbis"};
  std::mt19937 random(static_cast<unsigned>(number) + 1);
  glossa::Document out;
  out.id = "doc" + std::to_string(number);
  for (std::size_t i = 0; i < words; ++i) out.text += kWords[random() % kWords.size()] + (i % 9 == 8 ? ". " : " ");
  out.title = number % 3 == 0 ? "" : "Title " + std::to_string(number);
  out.metadata = {{"number", static_cast<std::int64_t>(number)},
                  {"even", number % 2 == 0},
                  {"lang", number % 3 == 0 ? "de" : "en"}};
  return out;
}
inline std::vector<glossa::Document> any_documents(std::size_t first, std::size_t count, std::size_t words = 8) {
  std::vector<glossa::Document> out;
  for (std::size_t i = first; i < first + count; ++i) out.push_back(any_document(i, words));
  return out;
}

/// Documents with a chunk of a random vector each, whose numbers are their own.
inline std::vector<glossa::EmbeddedDocument> any_embedded(std::size_t first, std::size_t count, std::size_t dims) {
  std::vector<glossa::EmbeddedDocument> out;
  for (std::size_t i = first; i < first + count; ++i) {
    glossa::EmbeddedDocument own;
    own.document = any_document(i);
    own.chunks.push_back({{0, own.document.text.size()}, {}, 10});
    own.vectors = random_values<float>(dims, static_cast<unsigned>(i) + 77);
    out.push_back(std::move(own));
  }
  return out;
}

/// Some direction that no document has.
inline const std::vector<float>& any_query() {
  static const std::vector<float> own = random_values<float>(32, 4242);
  return own;
}

inline std::vector<std::string> ids_of(const std::vector<glossa::StoreHit>& hits) {
  std::vector<std::string> out;
  for (const auto& hit : hits) out.push_back(hit.document);
  return out;
}

}  // namespace test
