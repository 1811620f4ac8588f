// Definitions of IvfIndex's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/index_file.hpp>
#include <glossa/search/ivf_core.hpp>
#include <glossa/search/ivf_index.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE IvfIndex::IvfIndex(const IndexOptions& options, const IvfOptions& ivf)
    : core_(std::make_unique<detail::IvfCore>(options, ivf)) {}
GLOSSA_INLINE IvfIndex::IvfIndex(std::unique_ptr<detail::IvfCore> core) noexcept : core_(std::move(core)) {}
GLOSSA_INLINE IvfIndex::IvfIndex(IvfIndex&&) noexcept = default;
GLOSSA_INLINE IvfIndex& IvfIndex::operator=(IvfIndex&&) noexcept = default;
GLOSSA_INLINE IvfIndex::~IvfIndex() = default;

GLOSSA_INLINE void IvfIndex::add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
  core_->add(ids, vectors);
}
GLOSSA_INLINE std::size_t IvfIndex::remove(std::span<const std::uint64_t> ids) { return core_->remove(ids); }
GLOSSA_INLINE std::vector<Neighbor> IvfIndex::search(std::span<const float> query, std::size_t k,
                                                     const IndexSearchOptions& options) const {
  return std::move(core_->search(query.data(), 1, query.size(), k, options).front());
}
GLOSSA_INLINE std::vector<std::vector<Neighbor>> IvfIndex::search(const Embeddings& queries, std::size_t k,
                                                                  const IndexSearchOptions& options) const {
  return core_->search(queries.values().data(), queries.rows(), queries.dims(), k, options);
}
GLOSSA_INLINE bool IvfIndex::contains(std::uint64_t id) const { return core_->store().book().contains(id); }
GLOSSA_INLINE std::size_t IvfIndex::size() const noexcept { return core_->store().size(); }
GLOSSA_INLINE std::size_t IvfIndex::dims() const noexcept { return core_->store().dims(); }
GLOSSA_INLINE const IndexOptions& IvfIndex::options() const noexcept { return core_->store().options(); }
GLOSSA_INLINE const IvfOptions& IvfIndex::ivf_options() const noexcept { return core_->ivf_options(); }
GLOSSA_INLINE std::size_t IvfIndex::lists() const { return core_->lists(); }
GLOSSA_INLINE std::size_t IvfIndex::memory_bytes() const { return core_->memory_bytes(); }

GLOSSA_INLINE void IvfIndex::save(const std::filesystem::path& path, const IndexAttachments& attachments) const {
  detail::IndexWriter writer(path, detail::IndexKind::ivf);
  core_->save(writer);
  detail::save_attachments(writer, attachments);
  writer.commit();
}

GLOSSA_INLINE IvfIndex IvfIndex::load(const std::filesystem::path& path, const IndexLoadOptions& options) {
  const auto file = std::make_shared<const detail::IndexFile>(path, options.verify);
  file->require(detail::IndexKind::ivf);
  return IvfIndex(std::make_unique<detail::IvfCore>(file, options));
}

GLOSSA_INLINE std::span<const std::byte> IvfIndex::attachment(std::string_view name) const {
  return detail::attachment_of(core_->store().file().get(), name);
}

}  // namespace glossa
