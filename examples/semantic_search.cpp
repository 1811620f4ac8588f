// Finds the passages of your texts that fit a query, whatever language either is in:
//   semantic_search MODEL_DIR                    a bundled corpus and a few queries
//   semantic_search MODEL_DIR TEXTS              a file, by its lines, or a folder, by the paragraphs of its .txt and
//                                                .md files; queries are read from standard input
//   semantic_search MODEL_DIR TEXTS "a query" …
// The vectors are kept beside the texts, in FILE.glossa-index or FOLDER/.glossa-index: the next run embeds what is new.
#include "passages.hpp"

#include <glossa/glossa.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace {

// Each in another language than its answer.
const std::vector<std::string> kQueries = {
    "how much protein should a female eat",       // German
    "南瓜的家常做法",                             // German
    "¿Qué debo hacer durante un terremoto?",      // Turkish
    "Wer war der erste Mensch im Weltraum?",      // Russian
    "कौन सा पहाड़ अफ्रीका में सबसे ऊँचा है?",            // Swahili
    "我忘记了密码怎么办",                         // Japanese
    "comment les abeilles communiquent-elles ?",  // English
};

/// The keys of an index's vectors, which save() left in its file.
std::vector<std::uint64_t> keys_of(const glossa::FlatIndex& index) {
  const auto bytes = index.attachment("keys");
  std::vector<std::uint64_t> keys(bytes.size() / sizeof(std::uint64_t));
  if (!keys.empty()) std::memcpy(keys.data(), bytes.data(), keys.size() * sizeof keys[0]);
  return keys;
}

/// The index in a file if it is one of this program's and of this model's vectors, else an empty one.
glossa::FlatIndex open_index(const std::filesystem::path& file, const std::string& model) {
  glossa::FlatIndex empty({.model = model});
  if (file.empty() || !std::filesystem::exists(file)) return empty;
  try {
    glossa::FlatIndex index = glossa::FlatIndex::load(file);
    glossa::require_model(index, model);
    if (keys_of(index).size() == index.size()) return index;
    std::cerr << "building the index again: another program wrote " << file << '\n';
  } catch (const glossa::Error& error) {
    std::cerr << "building the index again: " << error.what() << '\n';
  }
  return empty;
}

/// Writes the index, and the keys of its vectors; where that cannot be, says so.
void save(const glossa::FlatIndex& index, const Passages& passages, const std::filesystem::path& file) {
  std::vector<std::uint64_t> keys;
  for (const auto& [key, passage] : passages) keys.push_back(key);
  try {
    index.save(file, {{"keys", std::as_bytes(std::span(keys))}});
  } catch (const glossa::Error& error) {
    std::cerr << "the next run has to embed again: " << error.what() << '\n';
  }
}

/// Makes the index hold these passages: embeds those that it lacks, and removes those that are gone. `file` may be
/// empty: nothing is kept then.
void update(glossa::FlatIndex& index, const Passages& passages, const glossa::Embedder& embedder,
            const std::filesystem::path& file) {
  std::vector<std::uint64_t> gone;
  for (const std::uint64_t key : keys_of(index))
    if (!passages.contains(key)) gone.push_back(key);
  std::vector<std::uint64_t> keys;
  std::vector<std::string> texts;
  for (const auto& [key, passage] : passages) {
    if (index.contains(key)) continue;
    keys.push_back(key);
    texts.push_back(passage.text);
  }

  const auto start = std::chrono::steady_clock::now();
  index.remove(gone);
  // Windows: a passage that is too long for the model is read to its end.
  index.add(keys, embedder.embed_passages(texts, {.long_text = glossa::LongText::windows}));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%zu passages, %zu new, %zu removed; %.2f s on %zu threads\n", passages.size(), keys.size(), gone.size(),
              seconds.count(), embedder.info().threads);
  if (!file.empty() && keys.size() + gone.size() > 0) save(index, passages, file);
}

void answer(const glossa::Embedder& embedder, const glossa::FlatIndex& index, const Passages& passages,
            const std::string& query) {
  std::cout << "\n" << query << '\n';
  for (const glossa::Neighbor& hit : index.search(embedder.embed_query(query), 3)) {
    const auto found = passages.find(hit.id);
    if (found == passages.end()) continue;  // an index that something else has written
    const Passage& passage = found->second;
    std::printf("  %.3f  %s%s%s\n", static_cast<double>(hit.score), passage.file.c_str(),
                passage.file.empty() ? "" : ": ", passage.text.c_str());
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) return std::cerr << "usage: semantic_search MODEL_DIR [FILE_OR_FOLDER [QUERY ...]]\n", 2;
  const bool is_own = argc > 2;
  const std::filesystem::path source = is_own ? argv[2] : GLOSSA_EXAMPLES "/corpus.txt";
  std::filesystem::path file;  // of the index
  if (is_own) file = is_directory(source) ? source / ".glossa-index" : std::filesystem::path(source) += ".glossa-index";

  const Passages passages = read_passages(source);
  const glossa::Embedder embedder(argv[1]);
  glossa::FlatIndex index = open_index(file, embedder.fingerprint());
  update(index, passages, embedder, file);

  if (argc > 3) {
    for (int i = 3; i < argc; ++i) answer(embedder, index, passages, argv[i]);
  } else if (argc == 3) {
    for (std::string query; std::getline(std::cin, query);) answer(embedder, index, passages, query);
  } else {
    for (const std::string& query : kQueries) answer(embedder, index, passages, query);
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
