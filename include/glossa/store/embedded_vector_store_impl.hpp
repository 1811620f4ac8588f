// Definitions of EmbeddedVectorStore's functions; see store_linkage.hpp.
#pragma once

#include <glossa/store/embedded_vector_store.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/store/record_check.hpp>
#include <glossa/store/store_core.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace glossa {

GLOSSA_STORE_INLINE EmbeddedVectorStore::EmbeddedVectorStore(const std::filesystem::path& folder, std::size_t dims,
                                                             Metric metric, const DocumentStoreOptions& options) {
  if (dims == 0 || dims > detail::kMostVectorDims || metric == Metric::manhattan)
    throw Error(ErrorKind::invalid_argument, {.field = "EmbeddedVectorStore",
                                              .expected = "1 to " + std::to_string(detail::kMostVectorDims) +
                                                          " dimensions; cosine, dot or euclidean",
                                              .found = std::to_string(dims) + ", " + to_string(metric)});
  DocumentStoreOptions own = options;
  own.lexical = false;
  core_ = std::make_unique<detail::StoreCore>(folder, own, detail::StoreTraits{dims, metric, {}});
}
GLOSSA_STORE_INLINE EmbeddedVectorStore::EmbeddedVectorStore(EmbeddedVectorStore&&) noexcept = default;
GLOSSA_STORE_INLINE EmbeddedVectorStore& EmbeddedVectorStore::operator=(EmbeddedVectorStore&&) noexcept = default;
GLOSSA_STORE_INLINE EmbeddedVectorStore::~EmbeddedVectorStore() = default;

GLOSSA_STORE_INLINE void EmbeddedVectorStore::upsert(std::span<const VectorRecord> records) {
  detail::require_records(records, dims());
  if (records.empty()) return;
  core_->write([&] {
    for (const VectorRecord& record : records) {
      const std::string metadata = detail::metadata_json(record.metadata);
      const detail::ChunkRow chunk{0, record.text.size(), 0, {}, record.vector, {}};
      core_->database().put({record.id, {}, record.text, metadata, {}, {}, 0}, {&chunk, 1});
    }
  });
  core_->update_index_where_due();
}

GLOSSA_STORE_INLINE void EmbeddedVectorStore::remove(std::span<const std::string> ids) {
  if (ids.empty()) return;
  core_->write([&] {
    for (const std::string& id : ids) (void)core_->database().remove(id);
  });
}

GLOSSA_STORE_INLINE std::vector<VectorRecord> EmbeddedVectorStore::find(std::span<const std::string> ids) const {
  return core_->read([&] {
    std::vector<VectorRecord> out;
    for (const std::string& id : ids) {
      detail::SqliteRows row = core_->database().statements().whole_document.rows(id);
      if (!row.next()) continue;
      VectorRecord record{id, std::vector<float>(dims()), std::string(row.text(2)),
                          detail::parse_metadata(row.text(3), core_->database().file())};
      (void)core_->database().read_vector(row.integer(5), record.vector);
      out.push_back(std::move(record));
    }
    return out;
  });
}

GLOSSA_STORE_INLINE std::vector<VectorHit> EmbeddedVectorStore::search(std::span<const float> query, std::size_t k,
                                                                       const Filter& filter) const {
  detail::require_vector(query, dims(), "query");
  return core_->read([&] {
    std::vector<VectorHit> out;
    core_->refresh(true);
    if (k == 0) return out;
    std::shared_ptr<const detail::FilterMask> mask;
    if (!filter.is_all()) mask = core_->places().mask_of(filter, core_->database());
    for (const detail::ScoredChunk& found : core_->nearest(query, k, core_->candidates(query, k, mask.get()))) {
      const std::uint32_t at = core_->places().place_of_chunk(found.chunk);
      if (at == detail::NumberMap::kNone) continue;
      const std::int64_t document = core_->places().places()[at].document;
      VectorHit hit;
      hit.score = static_cast<float>(found.score);
      if (detail::SqliteRows row = core_->database().statements().document.rows(document); row.next()) {
        hit.id = row.text(0);
        hit.metadata = detail::parse_metadata(row.text(2), core_->database().file());
      }
      constexpr std::int64_t kAll = 0x7FFFFFFF;  // substr() takes no more
      if (detail::SqliteRows row = core_->database().statements().document_text.rows(document, 1, kAll); row.next())
        hit.text = row.text(0);
      out.push_back(std::move(hit));
    }
    return out;
  });
}

GLOSSA_STORE_INLINE std::size_t EmbeddedVectorStore::size() const {
  return core_->read([&] {
    core_->refresh(false);
    return core_->places().documents();
  });
}
GLOSSA_STORE_INLINE std::size_t EmbeddedVectorStore::dims() const { return core_->traits().dims; }
GLOSSA_STORE_INLINE Metric EmbeddedVectorStore::metric() const { return core_->traits().metric; }
GLOSSA_STORE_INLINE void EmbeddedVectorStore::drop() { core_->drop(); }

GLOSSA_STORE_INLINE void EmbeddedVectorStore::update_index(const ProgressCallback& progress,
                                                           const std::stop_token& stop) {
  core_->update_index(progress, stop);
}
GLOSSA_STORE_INLINE void EmbeddedVectorStore::vacuum() { core_->vacuum(); }
GLOSSA_STORE_INLINE std::size_t EmbeddedVectorStore::memory_bytes() const {
  return core_->read([&] { return core_->places().memory_bytes() + core_->dense().memory_bytes(); });
}

}  // namespace glossa
