// Definitions of DocumentStore's functions; see store_linkage.hpp.
#pragma once

#include <glossa/store/document_store.hpp>
#include <glossa/store/document_store_parts.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_STORE_INLINE DocumentStore::DocumentStore(const std::filesystem::path& folder, Embedder embedder,
                                                 const DocumentStoreOptions& options)
    : parts_(std::make_unique<detail::DocumentStoreParts>(folder, std::move(embedder), options)) {}
GLOSSA_STORE_INLINE DocumentStore::DocumentStore(const std::filesystem::path& folder,
                                                 const DocumentStoreOptions& options)
    : parts_(std::make_unique<detail::DocumentStoreParts>(folder, std::nullopt, options)) {}
GLOSSA_STORE_INLINE DocumentStore::DocumentStore(DocumentStore&&) noexcept = default;
GLOSSA_STORE_INLINE DocumentStore& DocumentStore::operator=(DocumentStore&&) noexcept = default;
GLOSSA_STORE_INLINE DocumentStore::~DocumentStore() = default;

GLOSSA_STORE_INLINE void DocumentStore::upsert(std::span<const Document> documents, const StoreWriteOptions& options) {
  parts_->writer().put(documents, {}, options);
}
GLOSSA_STORE_INLINE void DocumentStore::upsert(std::span<const EmbeddedDocument> documents) {
  parts_->writer().put(documents);
}

GLOSSA_STORE_INLINE std::size_t DocumentStore::remove(std::span<const std::string> ids) {
  std::size_t removed = 0;
  parts_->core().write([&] {
    for (const std::string& id : ids) removed += parts_->core().database().remove(id) ? 1 : 0;
  });
  return removed;
}

GLOSSA_STORE_INLINE void DocumentStore::transaction(const std::function<void()>& work) { parts_->core().write(work); }

GLOSSA_STORE_INLINE std::optional<Document> DocumentStore::find(std::string_view id) const {
  detail::StoreCore& core = parts_->core();
  return core.read([&]() -> std::optional<Document> {
    detail::SqliteRows row = core.database().statements().whole_document.rows(id);
    if (!row.next()) return std::nullopt;
    return Document{std::string(row.text(0)), std::string(row.text(2)), std::string(row.text(1)),
                    detail::parse_metadata(row.text(3), core.database().file()),
                    row.integer(4) == 1 ? TextFormat::markdown : TextFormat::plain};
  });
}

GLOSSA_STORE_INLINE std::vector<Chunk> DocumentStore::chunks(std::string_view id) const {
  detail::StoreCore& core = parts_->core();
  return core.read([&] {
    std::vector<Chunk> out;
    std::int64_t first = 0;
    std::int64_t count = 0;
    if (detail::SqliteRows row = core.database().statements().find_document.rows(id); row.next()) {
      first = row.integer(1);
      count = row.integer(2);
    }
    for (std::int64_t number = first; number < first + count; ++number)
      if (detail::SqliteRows row = core.database().statements().chunk.rows(number); row.next())
        out.push_back({{static_cast<std::size_t>(row.integer(1)), static_cast<std::size_t>(row.integer(2))},
                       std::string(row.text(4)),
                       static_cast<std::size_t>(row.integer(3))});
    return out;
  });
}

GLOSSA_STORE_INLINE std::vector<DocumentInfo> DocumentStore::documents(std::string_view after,
                                                                       std::size_t count) const {
  detail::StoreCore& core = parts_->core();
  return core.read([&] {
    std::vector<DocumentInfo> out;
    const auto most = static_cast<std::int64_t>(std::min<std::size_t>(count, std::size_t{1} << 62));
    for (detail::SqliteRows row = core.database().statements().listing.rows(after, most); row.next();)
      out.push_back({std::string(row.text(0)), std::string(row.text(1)), static_cast<std::size_t>(row.integer(5)),
                     static_cast<std::size_t>(row.integer(4)),
                     row.integer(3) == 1 ? TextFormat::markdown : TextFormat::plain, std::string(row.text(6)),
                     detail::parse_metadata(row.text(2), core.database().file())});
    return out;
  });
}

GLOSSA_STORE_INLINE std::vector<StoreHit> DocumentStore::search(std::string_view query,
                                                                const StoreSearchOptions& options) const {
  if (options.mode == SearchMode::lexical) return parts_->search(query, {}, options);
  parts_->require_model();
  const Embedding vector = parts_->embedder()->embed_query(query);
  return parts_->search(query, vector.values(), options);
}
GLOSSA_STORE_INLINE std::vector<StoreHit> DocumentStore::search(std::span<const float> vector,
                                                                const StoreSearchOptions& options) const {
  StoreSearchOptions dense = options;
  dense.mode = SearchMode::dense;
  return parts_->search({}, vector, dense);
}
GLOSSA_STORE_INLINE std::vector<StoreHit> DocumentStore::search(std::string_view query, std::span<const float> vector,
                                                                const StoreSearchOptions& options) const {
  return parts_->search(query, vector, options);
}

GLOSSA_STORE_INLINE StoreStats DocumentStore::stats() const {
  detail::StoreCore& core = parts_->core();
  return core.read([&] {
    StoreStats out;
    core.refresh(true, core.has_lexical());
    const auto size_of = [](const std::filesystem::path& path) -> std::uint64_t {
      std::error_code code;
      const auto size = std::filesystem::file_size(path, code);
      return code ? 0 : size;
    };
    out.documents = core.places().documents();
    out.chunks = core.places().chunks();
    out.dims = core.traits().dims;
    out.model = core.traits().model;
    out.indexed_chunks = core.dense().graph_size();
    out.unindexed_chunks = core.dense().tail_size();
    out.index_problem = core.dense().problem().empty() ? core.lexical().problem() : core.dense().problem();
    const auto database = core.folder() / detail::kStoreFile;
    out.database_bytes = size_of(database) + size_of(std::filesystem::path(database) += "-wal");
    out.index_bytes = size_of(core.folder() / detail::kIndexFile) + size_of(core.folder() / detail::kWordsFile);
    out.memory_bytes = core.places().memory_bytes() + core.dense().memory_bytes() + core.lexical().memory_bytes();
    out.sequence = core.database().state().sequence;
    out.chunk_options = core.chunk_options();
    out.lexical = core.has_lexical();
    return out;
  });
}

GLOSSA_STORE_INLINE const DocumentStoreOptions& DocumentStore::options() const noexcept {
  return parts_->core().options();
}

GLOSSA_STORE_INLINE const std::string& DocumentStore::model() const noexcept { return parts_->core().traits().model; }

GLOSSA_STORE_INLINE void DocumentStore::update_index(const ProgressCallback& progress, const std::stop_token& stop) {
  parts_->core().update_index(progress, stop);
}

GLOSSA_STORE_INLINE void DocumentStore::vacuum() { parts_->core().vacuum(); }

}  // namespace glossa
