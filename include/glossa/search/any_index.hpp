// An index of any kind comes in, or the file of one; it goes out as one type.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/index_kind.hpp>
#include <glossa/search/ivf_index.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace glossa {

/// An index whose kind is known when the program runs: the user's choice, or what a file holds. Its functions are those
/// of that kind; see FlatIndex, and the concept Index for what may be called at the same time.
class AnyIndex {
 public:
  /// An empty index. Errors: those of its kind's constructor.
  explicit AnyIndex(IndexKind kind, const IndexOptions& options = {});
  AnyIndex(FlatIndex index) : index_(std::move(index)) {}
  AnyIndex(HnswIndex index) : index_(std::move(index)) {}
  AnyIndex(IvfIndex index) : index_(std::move(index)) {}

  [[nodiscard]] IndexKind kind() const noexcept;
  /// The index as it is; null where it is of another kind.
  template <Index T>
  [[nodiscard]] T* get_if() noexcept {
    return std::get_if<T>(&index_);
  }
  template <Index T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&index_);
  }

  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors);
  std::size_t remove(std::span<const std::uint64_t> ids);
  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                                             const IndexSearchOptions& options = {}) const;
  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const Embeddings& queries, std::size_t k,
                                                          const IndexSearchOptions& options = {}) const;
  [[nodiscard]] bool contains(std::uint64_t id) const;
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::size_t dims() const noexcept;
  [[nodiscard]] const IndexOptions& options() const noexcept;
  [[nodiscard]] std::size_t memory_bytes() const;
  void save(const std::filesystem::path& path, const IndexAttachments& attachments = {}) const;
  [[nodiscard]] std::span<const std::byte> attachment(std::string_view name) const;

  /// Opens a saved index of the kind that the file holds. Errors: `not_found`, `io`, `corrupt_file`; `unsupported`
  /// where another version wrote it.
  [[nodiscard]] static AnyIndex load(const std::filesystem::path& path, const IndexLoadOptions& options = {});

 private:
  std::variant<FlatIndex, HnswIndex, IvfIndex> index_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/any_index_impl.hpp>
#endif
