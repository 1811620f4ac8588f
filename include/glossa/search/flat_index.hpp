// Vectors with ids come in; the nearest of them to a query go out, each of them looked at.
#pragma once

#include <glossa/core/linkage.hpp>
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
class FlatCore;
class IndexFile;
}  // namespace detail

/// An index that looks at every vector. With VectorForm::f32 its hits and their order are those of double precision;
/// with the others it is as much faster as they are smaller, and as exact as they are, or as the finer copy from which
/// candidates are scored again. See the concept Index for what may be called at the same time.
class FlatIndex {
 public:
  /// Errors: `unsupported` for Metric::manhattan, or a level that the processor lacks; `invalid_argument` for too many
  /// threads.
  explicit FlatIndex(const IndexOptions& options = {});
  FlatIndex(FlatIndex&&) noexcept;
  FlatIndex& operator=(FlatIndex&&) noexcept;
  ~FlatIndex();

  /// Adds one vector an id; that of an id that is there is replaced, and of several with one id the last counts. The
  /// first vectors decide on the length of all and, for int8 and binary, on the mean. Errors: `invalid_argument` for
  /// another length, another number of ids than of vectors, NaN or infinity; nothing is added then.
  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors);

  /// Returns how many of the ids were there.
  std::size_t remove(std::span<const std::uint64_t> ids);

  /// The k vectors that are most like the query, best first; of equal scores the lower id first. Fewer where there are
  /// fewer, none for k = 0. A zero vector has the cosine 0 with all, to within the rounding of the form. Errors:
  /// `invalid_argument` for a query of another length, or with NaN or infinity in it.
  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> query, std::size_t k,
                                             const IndexSearchOptions& options = {}) const;
  /// The same for each row.
  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const Embeddings& queries, std::size_t k,
                                                          const IndexSearchOptions& options = {}) const;

  [[nodiscard]] bool contains(std::uint64_t id) const;
  [[nodiscard]] std::size_t size() const noexcept;
  /// Numbers of a vector; 0 before the first one.
  [[nodiscard]] std::size_t dims() const noexcept;
  [[nodiscard]] const IndexOptions& options() const noexcept;
  [[nodiscard]] std::size_t memory_bytes() const;

  /// Writes a file beside `path` and renames it: what was there stays whole until the new one is. Adding and removing
  /// wait meanwhile; searches do not. `attachments` are kept in it for the caller. Where the system does not let a
  /// mapped file be replaced (Windows), `path` must not be the one that this was loaded from. Errors: `io`.
  void save(const std::filesystem::path& path, const IndexAttachments& attachments = {}) const;

  /// Opens a saved index by mapping it. Errors: `not_found`, `io`, `corrupt_file`; `invalid_argument` where the file
  /// holds another kind of index; `unsupported` where another version wrote it.
  [[nodiscard]] static FlatIndex load(const std::filesystem::path& path, const IndexLoadOptions& options = {});

  /// The bytes of an attachment of the file that this was loaded from; empty where there is none.
  [[nodiscard]] std::span<const std::byte> attachment(std::string_view name) const;

 private:
  std::unique_ptr<detail::FlatCore> core_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/flat_index_impl.hpp>
#endif
