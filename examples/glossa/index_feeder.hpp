// Lines of documents come in; their vectors go into an index, and they themselves into its book.
#pragma once

#include "document_reader.hpp"
#include "document_table.hpp"
#include "embed_progress.hpp"
#include "line_chunks.hpp"
#include "line_reader.hpp"

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/any_index.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tool {

/// Adds vectors to an index. The first ones, on which its means and lists are made, wait until there are many.
class VectorFeeder {
 public:
  explicit VectorFeeder(glossa::AnyIndex& index) : index_(index) {}

  void add(std::span<const std::uint64_t> keys, const glossa::Embeddings& vectors) {
    if (index_.size() > 0) return index_.add(keys, vectors);
    keys_.insert(keys_.end(), keys.begin(), keys.end());
    values_.insert(values_.end(), vectors.values().begin(), vectors.values().end());
    if (keys_.size() >= kFirst) finish();
  }
  void finish() {
    if (keys_.empty()) return;
    glossa::Embeddings vectors(keys_.size(), values_.size() / keys_.size());
    std::copy(values_.begin(), values_.end(), vectors.values().begin());
    index_.add(keys_, vectors);
    keys_ = {};
    values_ = {};
  }

 private:
  static constexpr std::size_t kFirst = 20000;

  glossa::AnyIndex& index_;
  std::vector<std::uint64_t> keys_;
  std::vector<float> values_;
};

/// What happens to a document whose id is known.
enum class KnownIds { refuse, replace };

/// Reads, embeds and adds all documents of `reader`, and returns how many were replaced. Errors: `corrupt_file` naming
/// the line and the field; `invalid_argument` for an id that two lines have, unless they replace; `cancelled`.
inline std::size_t feed(LineReader& reader, const glossa::Embedder& embedder, std::size_t dims, KnownIds known_ids,
                        glossa::AnyIndex& index, DocumentBook& book) {
  std::size_t replaced = 0;
  std::vector<std::size_t> lines;  // by key, where ids are not replaced: keys are then counted from 0
  std::vector<std::string> texts;
  std::vector<std::uint64_t> keys;
  const auto take = [&](const std::string& text) {
    if (is_blank(text)) return;
    const LineName line{reader.name(), reader.number()};
    const Document document = parse_document(text, line);
    const std::optional<std::uint64_t> known = book.find(document.id);
    if (known && known_ids == KnownIds::refuse)
      throw glossa::Error(
          glossa::ErrorKind::invalid_argument,
          {.file = line.file + ", line " + std::to_string(line.number),
           .field = "id",
           .problem = "line " + std::to_string(lines.at(static_cast<std::size_t>(*known))) + " has the same",
           .expected = "an id of its own",
           .found = document.id,
           .remedy = "remove one of them; glossa index add replaces documents"});
    replaced += known.has_value();
    keys.push_back(book.put(document));
    if (known_ids == KnownIds::refuse) lines.push_back(line.number);
    texts.push_back(passage_of(document));
  };
  glossa::EmbedOptions options{.dims = dims};
  EmbedProgress progress(reader, options);
  VectorFeeder feeder(index);
  // Nobody waits for an answer to a part of them; and so the chunks, and the index, do not depend on a pipe's speed.
  while (read_lines(reader, {.answers = false}, take)) {
    progress.begin_chunk();
    if (texts.empty()) continue;
    const glossa::Embeddings vectors = embedder.embed_passages(texts, options);
    progress.end_chunk(vectors);
    feeder.add(keys, vectors);
    texts.clear();
    keys.clear();
  }
  feeder.finish();
  stop_if_interrupted();
  progress.finish(embedder.max_tokens());
  return replaced;
}

}  // namespace tool
