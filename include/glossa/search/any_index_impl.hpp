// Definitions of AnyIndex's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/any_index.hpp>
#include <glossa/search/index_file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace glossa {

namespace detail {

template <class T>
inline constexpr IndexKind kKindOf = IndexKind::flat;
template <>
inline constexpr IndexKind kKindOf<HnswIndex> = IndexKind::hnsw;
template <>
inline constexpr IndexKind kKindOf<IvfIndex> = IndexKind::ivf;

/// Calls make with the type of a kind of index.
template <class Make>
[[nodiscard]] AnyIndex make_index(IndexKind kind, Make&& make) {
  switch (kind) {
    case IndexKind::flat: return make(std::type_identity<FlatIndex>());
    case IndexKind::hnsw: return make(std::type_identity<HnswIndex>());
    case IndexKind::ivf: return make(std::type_identity<IvfIndex>());
    default: break;
  }
  throw Error(ErrorKind::unsupported, {.field = "kind",
                                       .problem = "there is no such kind of index",
                                       .expected = "flat, hnsw or ivf",
                                       .found = std::to_string(static_cast<unsigned>(kind))});
}

}  // namespace detail

GLOSSA_INLINE AnyIndex::AnyIndex(IndexKind kind, const IndexOptions& options)
    : AnyIndex(
          detail::make_index(kind, [&](auto type) -> AnyIndex { return typename decltype(type)::type(options); })) {}

GLOSSA_INLINE AnyIndex AnyIndex::load(const std::filesystem::path& path, const IndexLoadOptions& options) {
  const IndexKind kind = detail::IndexFile(path, false).kind();
  return detail::make_index(kind, [&](auto type) -> AnyIndex { return decltype(type)::type::load(path, options); });
}

GLOSSA_INLINE IndexKind AnyIndex::kind() const noexcept {
  return std::visit([]<class T>(const T&) { return detail::kKindOf<T>; }, index_);
}
GLOSSA_INLINE void AnyIndex::add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
  std::visit([&](auto& index) { index.add(ids, vectors); }, index_);
}
GLOSSA_INLINE std::size_t AnyIndex::remove(std::span<const std::uint64_t> ids) {
  return std::visit([&](auto& index) { return index.remove(ids); }, index_);
}
GLOSSA_INLINE std::vector<Neighbor> AnyIndex::search(std::span<const float> query, std::size_t k,
                                                     const IndexSearchOptions& options) const {
  return std::visit([&](const auto& index) { return index.search(query, k, options); }, index_);
}
GLOSSA_INLINE std::vector<std::vector<Neighbor>> AnyIndex::search(const Embeddings& queries, std::size_t k,
                                                                  const IndexSearchOptions& options) const {
  return std::visit([&](const auto& index) { return index.search(queries, k, options); }, index_);
}
GLOSSA_INLINE bool AnyIndex::contains(std::uint64_t id) const {
  return std::visit([&](const auto& index) { return index.contains(id); }, index_);
}
GLOSSA_INLINE std::size_t AnyIndex::size() const noexcept {
  return std::visit([](const auto& index) { return index.size(); }, index_);
}
GLOSSA_INLINE std::size_t AnyIndex::dims() const noexcept {
  return std::visit([](const auto& index) { return index.dims(); }, index_);
}
GLOSSA_INLINE const IndexOptions& AnyIndex::options() const noexcept {
  return std::visit([](const auto& index) -> const IndexOptions& { return index.options(); }, index_);
}
GLOSSA_INLINE std::size_t AnyIndex::memory_bytes() const {
  return std::visit([](const auto& index) { return index.memory_bytes(); }, index_);
}
GLOSSA_INLINE void AnyIndex::save(const std::filesystem::path& path, const IndexAttachments& attachments) const {
  std::visit([&](const auto& index) { index.save(path, attachments); }, index_);
}
GLOSSA_INLINE std::span<const std::byte> AnyIndex::attachment(std::string_view name) const {
  return std::visit([&](const auto& index) { return index.attachment(name); }, index_);
}

static_assert(Index<AnyIndex>);

}  // namespace glossa
