// Documents come in; they are cut, embedded and stored.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/embedder.hpp>
#include <glossa/store/chunker.hpp>
#include <glossa/store/document.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/store/piece_words.hpp>
#include <glossa/store/record_check.hpp>
#include <glossa/store/store_core.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Where a document came from: a folder that it is kept in step with, and its content then.
struct DocumentSource {
  std::string source{};
  std::string hash{};
};

/// Writes to a store.
class DocumentWriter {
 public:
  DocumentWriter(StoreCore& core, const Embedder* embedder) : core_(core), embedder_(embedder) {}

  /// Errors: `invalid_argument`.
  static void require(const Document& document) {
    require_id(document.id);
    require_plain_text(document.title, "the title of " + document.id);
    require_metadata(document.metadata);
  }

  /// Documents, with a source each or none at all.
  void put(std::span<const Document> documents, std::span<const DocumentSource> sources,
           const StoreWriteOptions& options) {
    for (const Document& document : documents) require(document);
    const Chunker chunker = new_chunker();
    for (std::size_t first = 0; first < documents.size();) {
      if (options.stop.stop_requested())
        throw Error(ErrorKind::cancelled, {.file = core_.database().file(),
                                           .problem = "storing was stopped, after " + std::to_string(first) + " of " +
                                                      std::to_string(documents.size()) + " documents"});
      std::vector<EmbeddedDocument> slice;
      std::size_t chunks = 0;
      std::size_t next = first;
      for (; next < documents.size() && slice.size() < kSliceDocuments && chunks < kSliceChunks; ++next) {
        const Document& own = documents[next];
        slice.push_back({own, chunker.chunks(own.text, own.title, own.format, options.stop), {}});
        if (slice.back().chunks.empty() && !own.title.empty())  // found by its title alone
          slice.back().chunks.push_back(
              {{0, 0}, {}, chunker.count_tokens(embedded_text(chunker.used_title(own.title), {}, {}))});
        chunks += slice.back().chunks.size();
      }
      embed(slice, chunker, options, {first, documents.size(), 0});
      store(slice, sources.empty() ? sources : sources.subspan(first, next - first), options.stop);
      first = next;
      if (options.progress) options.progress({first, documents.size(), 0});
    }
    core_.update_index_where_due(options.stop);
  }

  /// Errors: `invalid_argument`.
  void put(std::span<const EmbeddedDocument> documents) {
    for (const EmbeddedDocument& own : documents) require(own);
    store(documents, {}, {});
    core_.update_index_where_due();
  }

  [[nodiscard]] Chunker new_chunker() const {
    if (embedder_ == nullptr)
      throw Error(ErrorKind::invalid_argument, {.file = core_.database().file(),
                                                .problem = "the store was opened without a model",
                                                .remedy = "open it with the model's Embedder"});
    const ChunkOptions& own = core_.chunk_options();
    const std::size_t most = embedder_->max_tokens();
    if (own.max_tokens > most)
      throw Error(ErrorKind::invalid_argument, {.field = "ChunkOptions::max_tokens",
                                                .expected = "at most the model's " + std::to_string(most),
                                                .found = std::to_string(own.max_tokens)});
    // Special strings count as text: that has more tokens, so that a chunk fits whatever the model takes them for.
    return {embedder_->tokenizer(), embedder_->info().prompts.passage.value_or(""),
            own.max_tokens == 0 ? most : own.max_tokens, own.overlap_tokens, Specials::text};
  }

 private:
  static constexpr std::size_t kSliceDocuments = 64;
  static constexpr std::size_t kSliceChunks = 128;
  static constexpr std::size_t kIndexedTitle = 1000;

  /// What of a title is found by its words: it stands before each chunk.
  static std::string_view indexed_title(std::string_view title) noexcept {
    std::size_t end = std::min(title.size(), kIndexedTitle);
    while (end > 0 && end < title.size() && (title[end] & 0xC0) == 0x80) --end;
    return title.substr(0, end);
  }

  void require(const EmbeddedDocument& own) const {
    require(own.document);
    const std::size_t dims = core_.traits().dims;
    if (own.vectors.size() != own.chunks.size() * dims)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "the vectors of " + own.document.id,
                   .expected = std::to_string(own.chunks.size()) + " of " + std::to_string(dims) + " numbers",
                   .found = std::to_string(own.vectors.size()) + " numbers"});
    require_numbers(own.vectors, "the vectors of " + own.document.id);
    for (const Chunk& chunk : own.chunks) {
      require_plain_text(chunk.context, "the context of a chunk of " + own.document.id);
      if (chunk.bytes.begin > chunk.bytes.end || chunk.bytes.end > own.document.text.size())
        throw Error(ErrorKind::invalid_argument,
                    {.field = "the chunks of " + own.document.id,
                     .expected = "ranges within its " + std::to_string(own.document.text.size()) + " bytes",
                     .found = std::to_string(chunk.bytes.begin) + " to " + std::to_string(chunk.bytes.end)});
    }
    if (core_.has_lexical() && embedder_ == nullptr) (void)new_chunker();  // throws: words need the model's pieces
  }

  static std::string text_of(const EmbeddedDocument& own, const Chunk& chunk, std::string_view title) {
    return embedded_text(
        title, chunk.context,
        std::string_view(own.document.text).substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin));
  }

  /// Reports what is stored, again and again: one document can take minutes, and whoever is called may ask for an end.
  void embed(std::vector<EmbeddedDocument>& slice, const Chunker& chunker, const StoreWriteOptions& options,
             const Progress& stored) const {
    std::vector<std::string> texts;
    for (const EmbeddedDocument& own : slice) {
      const std::string_view title = chunker.used_title(own.document.title);
      for (const Chunk& chunk : own.chunks) texts.push_back(text_of(own, chunk, title));
    }
    if (texts.empty()) return;
    EmbedOptions embedding{.stop = options.stop};
    if (options.progress && !core_.is_in_transaction())  // which this thread alone may use the store in
      embedding.progress = [&](const Progress& own) { options.progress({stored.done, stored.total, own.tokens}); };
    const Embeddings vectors = embedder_->embed_passages(texts, embedding);
    std::size_t row = 0;
    for (EmbeddedDocument& own : slice)
      for (std::size_t i = 0; i < own.chunks.size(); ++i, ++row)
        own.vectors.insert(own.vectors.end(), vectors[row].begin(), vectors[row].end());
  }

  void store(std::span<const EmbeddedDocument> documents, std::span<const DocumentSource> sources,
             const std::stop_token& stop) {
    const std::size_t dims = core_.traits().dims;
    std::vector<std::vector<std::string>> words(documents.size());
    if (core_.has_lexical())
      parallel_for(core_.executor(), documents.size(), [&](std::size_t i, std::size_t) {
        for (const Chunk& chunk : documents[i].chunks) {
          if (stop.stop_requested()) break;
          words[i].push_back(packed_pieces(pieces_of(
              embedder_->tokenizer(), text_of(documents[i], chunk, indexed_title(documents[i].document.title)))));
        }
      });
    if (stop.stop_requested())
      throw Error(ErrorKind::cancelled,
                  {.file = core_.database().file(), .problem = "storing was stopped before it was written"});
    core_.write([&] {
      std::vector<ChunkRow> rows;
      for (std::size_t i = 0; i < documents.size(); ++i) {
        const Document& own = documents[i].document;
        rows.clear();
        for (std::size_t c = 0; c < documents[i].chunks.size(); ++c) {
          const Chunk& chunk = documents[i].chunks[c];
          rows.push_back({chunk.bytes.begin, chunk.bytes.end, chunk.tokens, chunk.context,
                          std::span(documents[i].vectors).subspan(c * dims, dims),
                          words[i].empty() ? std::string_view() : std::string_view(words[i][c])});
        }
        const std::string metadata = metadata_json(own.metadata);
        const DocumentSource none;
        const DocumentSource& source = sources.empty() ? none : sources[i];
        core_.database().put(
            {own.id, own.title, own.text, metadata, source.source, source.hash, static_cast<std::int64_t>(own.format)},
            rows);
      }
    });
  }

  StoreCore& core_;
  const Embedder* embedder_;
};

}  // namespace glossa::detail
