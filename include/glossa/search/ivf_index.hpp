// Vectors with ids come in; the nearest of them to a query go out, found in the lists that lie nearest.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/ivf_options.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

namespace detail {
class IvfCore;
}

/// An inverted file (Sivic & Zisserman 2003; Jégou et al. 2011): vectors lie in the list of their nearest centre, and a
/// search looks at the lists whose centres are nearest to the query. Cheaper to build than a graph, and at the same
/// recall slower to search. As long as there are few vectors, all are looked at. No training has to be asked for.
/// See the concept Index for what may be called at the same time.
class IvfIndex {
 public:
  /// Errors: as FlatIndex's.
  explicit IvfIndex(const IndexOptions& options = {}, const IvfOptions& ivf = {});
  IvfIndex(IvfIndex&&) noexcept;
  IvfIndex& operator=(IvfIndex&&) noexcept;
  ~IvfIndex();

  /// As FlatIndex::add(). Now and then the vectors are dealt out anew, while searches go on.
  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors);

  /// Returns how many of the ids were there.
  std::size_t remove(std::span<const std::uint64_t> ids);

  /// As FlatIndex::search(), but approximate: IndexSearchOptions::probes trades speed for recall. Where the lists that
  /// are looked at hold fewer than k vectors that pass the filter, all are.
  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                                             const IndexSearchOptions& options = {}) const;
  /// The same for each row, several at a time.
  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const Embeddings& queries, std::size_t k,
                                                          const IndexSearchOptions& options = {}) const;

  [[nodiscard]] bool contains(std::uint64_t id) const;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::size_t dims() const noexcept;
  [[nodiscard]] const IndexOptions& options() const noexcept;
  [[nodiscard]] const IvfOptions& ivf_options() const noexcept;
  /// Lists that there are now; 0 as long as all vectors are looked at.
  [[nodiscard]] std::size_t lists() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  /// As FlatIndex's; vectors of one list lie side by side in the file. Adding and removing wait meanwhile.
  void save(const std::filesystem::path& path, const IndexAttachments& attachments = {}) const;
  [[nodiscard]] static IvfIndex load(const std::filesystem::path& path, const IndexLoadOptions& options = {});
  [[nodiscard]] std::span<const std::byte> attachment(std::string_view name) const;

 private:
  explicit IvfIndex(std::unique_ptr<detail::IvfCore> core) noexcept;

  std::unique_ptr<detail::IvfCore> core_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/ivf_index_impl.hpp>
#endif
