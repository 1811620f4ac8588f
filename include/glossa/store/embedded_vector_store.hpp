// Vectors with ids, texts and metadata come in; those nearest to a query go out: a VectorStore in a folder, without a
// server.
#pragma once

#include <glossa/search/metric.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/store_linkage.hpp>
#include <glossa/store/store_options.hpp>
#include <glossa/store/vector_store.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace glossa {

namespace detail {
class StoreCore;
}

/// A collection in a folder of its own, in the files of a DocumentStore without its lexical index: with the same
/// promises about what is kept, and about processes and threads. Filters are applied on the way.
class EmbeddedVectorStore {
 public:
  /// Opens the collection of a folder, or makes one. Errors: `invalid_argument` where it has other dimensions or
  /// another metric (cosine, dot or euclidean); `not_found`, `io`, `corrupt_file`, `unsupported`.
  EmbeddedVectorStore(const std::filesystem::path& folder, std::size_t dims, Metric metric = Metric::cosine,
                      const DocumentStoreOptions& options = {});
  EmbeddedVectorStore(EmbeddedVectorStore&&) noexcept;
  EmbeddedVectorStore& operator=(EmbeddedVectorStore&&) noexcept;
  ~EmbeddedVectorStore();

  /// All of them in one transaction.
  void upsert(std::span<const VectorRecord> records);
  void remove(std::span<const std::string> ids);
  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) const;
  /// The nearest that pass: approximate where there are many (DocumentStoreOptions::index_after), with exact scores.
  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k, const Filter& filter) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t dims() const;
  [[nodiscard]] Metric metric() const;
  void drop();

  /// See DocumentStore.
  void update_index(const ProgressCallback& progress = {}, const std::stop_token& stop = {});
  void vacuum();
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  std::unique_ptr<detail::StoreCore> core_;
};
static_assert(VectorStore<EmbeddedVectorStore>);

}  // namespace glossa

#if GLOSSA_STORE_WITH_DEFINITIONS
#include <glossa/store/embedded_vector_store_impl.hpp>
#endif
