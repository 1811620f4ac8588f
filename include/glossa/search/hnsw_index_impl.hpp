// Definitions of HnswIndex's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/hnsw_core.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/index_file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE HnswIndex::HnswIndex(const IndexOptions& options, const HnswOptions& hnsw)
    : core_(std::make_unique<detail::HnswCore>(options, hnsw)) {}
GLOSSA_INLINE HnswIndex::HnswIndex(std::unique_ptr<detail::HnswCore> core) noexcept : core_(std::move(core)) {}
GLOSSA_INLINE HnswIndex::HnswIndex(HnswIndex&&) noexcept = default;
GLOSSA_INLINE HnswIndex& HnswIndex::operator=(HnswIndex&&) noexcept = default;
GLOSSA_INLINE HnswIndex::~HnswIndex() = default;

GLOSSA_INLINE void HnswIndex::add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
  core_->add(ids, vectors);
}
GLOSSA_INLINE std::size_t HnswIndex::remove(std::span<const std::uint64_t> ids) { return core_->remove(ids); }
GLOSSA_INLINE std::vector<Neighbor> HnswIndex::search(std::span<const float> query, std::size_t k,
                                                      const IndexSearchOptions& options) const {
  return std::move(core_->search(query.data(), 1, query.size(), k, options).front());
}
GLOSSA_INLINE std::vector<std::vector<Neighbor>> HnswIndex::search(const Embeddings& queries, std::size_t k,
                                                                   const IndexSearchOptions& options) const {
  return core_->search(queries.values().data(), queries.rows(), queries.dims(), k, options);
}
GLOSSA_INLINE std::vector<Neighbor> HnswIndex::search_among(std::span<const float> query,
                                                            std::span<const std::uint64_t> ids, std::size_t k) const {
  return core_->search_among(query, ids, k);
}
GLOSSA_INLINE bool HnswIndex::contains(std::uint64_t id) const { return core_->store().book().contains(id); }
GLOSSA_INLINE std::size_t HnswIndex::size() const noexcept { return core_->store().size(); }
GLOSSA_INLINE std::size_t HnswIndex::dims() const noexcept { return core_->store().dims(); }
GLOSSA_INLINE const IndexOptions& HnswIndex::options() const noexcept { return core_->store().options(); }
GLOSSA_INLINE const HnswOptions& HnswIndex::hnsw_options() const noexcept { return core_->hnsw_options(); }
GLOSSA_INLINE std::size_t HnswIndex::memory_bytes() const { return core_->memory_bytes(); }

GLOSSA_INLINE void HnswIndex::save(const std::filesystem::path& path, const IndexAttachments& attachments) const {
  detail::IndexWriter writer(path, detail::IndexKind::hnsw);
  core_->save(writer);
  detail::save_attachments(writer, attachments);
  writer.commit();
}

GLOSSA_INLINE HnswIndex HnswIndex::load(const std::filesystem::path& path, const IndexLoadOptions& options) {
  const auto file = std::make_shared<const detail::IndexFile>(path, options.verify);
  file->require(detail::IndexKind::hnsw);
  return HnswIndex(std::make_unique<detail::HnswCore>(file, options));
}

GLOSSA_INLINE std::span<const std::byte> HnswIndex::attachment(std::string_view name) const {
  return detail::attachment_of(core_->store().file().get(), name);
}

}  // namespace glossa
