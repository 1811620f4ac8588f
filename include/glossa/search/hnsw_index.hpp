// Vectors with ids come in; the nearest of them to a query go out, found along the edges of a graph.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/hnsw_options.hpp>
#include <glossa/search/index.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

namespace detail {
class HnswCore;
}

/// Hierarchical navigable small worlds (Malkov & Yashunin 2018): approximate search in time that grows with the
/// logarithm of the number of vectors. Filters are applied on the way; where few vectors pass, all are looked at
/// instead. The places of removed vectors are used again. Vectors added by one thread alone give the same graph each
/// time. See the concept Index for what may be called at the same time.
class HnswIndex {
 public:
  /// Errors: as FlatIndex's; `invalid_argument` for fewer than 2 or more than 256 connections.
  explicit HnswIndex(const IndexOptions& options = {}, const HnswOptions& hnsw = {});
  HnswIndex(HnswIndex&&) noexcept;
  HnswIndex& operator=(HnswIndex&&) noexcept;
  ~HnswIndex();

  /// As FlatIndex::add(); in parallel, while searches go on, but for a moment where the place of a removed vector is
  /// used again, or a vector takes the place of another: that one is found until then.
  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors);

  /// Returns how many of the ids were there.
  std::size_t remove(std::span<const std::uint64_t> ids);

  /// As FlatIndex::search(), but approximate: IndexSearchOptions::candidates trades speed for recall.
  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                                             const IndexSearchOptions& options = {}) const;
  /// The same for each row, several at a time.
  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const Embeddings& queries, std::size_t k,
                                                          const IndexSearchOptions& options = {}) const;

  /// The best k of these ids alone, each of which is looked at: for filters that let few through. Ids that are not
  /// there are passed over.
  [[nodiscard]] std::vector<Neighbor> search_among(std::span<const float> query, std::span<const std::uint64_t> ids,
                                                   std::size_t k) const;

  [[nodiscard]] bool contains(std::uint64_t id) const;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::size_t dims() const noexcept;
  [[nodiscard]] const IndexOptions& options() const noexcept;
  [[nodiscard]] const HnswOptions& hnsw_options() const noexcept;
  [[nodiscard]] std::size_t memory_bytes() const;

  /// As FlatIndex's. Adding and removing wait meanwhile; searches do not.
  void save(const std::filesystem::path& path, const IndexAttachments& attachments = {}) const;
  [[nodiscard]] static HnswIndex load(const std::filesystem::path& path, const IndexLoadOptions& options = {});
  [[nodiscard]] std::span<const std::byte> attachment(std::string_view name) const;

 private:
  explicit HnswIndex(std::unique_ptr<detail::HnswCore> core) noexcept;

  std::unique_ptr<detail::HnswCore> core_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/hnsw_index_impl.hpp>
#endif
