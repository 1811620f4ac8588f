// Documents come in; the passages that answer a question go out, with where they stand.
#pragma once

#include <glossa/embedder.hpp>
#include <glossa/store/document.hpp>
#include <glossa/store/store_linkage.hpp>
#include <glossa/store/store_options.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

namespace detail {
class DocumentStoreParts;
}

/// Documents, their chunks, vectors and metadata in a folder: a database that keeps them, and an index of the vectors
/// beside it, which is made again from the database where it is missing, stale or damaged. Documents are cut into
/// chunks (Chunker), embedded, and found by meaning, by words, or by both.
///
///     glossa::DocumentStore store("notes.store", glossa::Embedder("models/multilingual-e5-small"));
///     store.upsert({{.id = "a", .text = "…", .metadata = {{"lang", "de"}}}});
///     for (const auto& hit : store.search("how much protein", {.filter = glossa::where("lang") == "de"}))
///       std::cout << hit.document << ' ' << hit.bytes.begin << ": " << hit.text << '\n';
///
/// What a call has written when it returns is kept, whatever happens to the process or the machine then; of a call that
/// does not return, a document is there as a whole or not at all. Any number of processes may hold a store; one of them
/// writes at a time, and the others see what was committed. All functions may be called by several threads, which wait
/// for each other; hold several objects to search several at a time. Files are mapped into memory: a copy is put in
/// their place when no process has the store open, since the system ends processes under which a mapped file gets
/// shorter. Errors of all: `io` where the disk is full, a file or folder may not be written to, or another process
/// writes for too long; `corrupt_file`.
class DocumentStore {
 public:
  /// Opens the store of a folder, or makes one for this model. Errors: `invalid_argument` where it holds vectors of
  /// another model; `not_found`; `unsupported` where another version made it.
  DocumentStore(const std::filesystem::path& folder, Embedder embedder, const DocumentStoreOptions& options = {});
  /// The same without a model, for what needs none: to look up, list and remove documents, and to search by vectors.
  explicit DocumentStore(const std::filesystem::path& folder, const DocumentStoreOptions& options = {.create = false});
  DocumentStore(DocumentStore&&) noexcept;
  DocumentStore& operator=(DocumentStore&&) noexcept;
  ~DocumentStore();

  /// Stores documents in place of those with their ids; of an id given twice the last counts. They are embedded some at
  /// a time, and those are kept at once. Errors: also `invalid_argument` for ids and metadata that cannot be kept,
  /// before anything is stored; `cancelled`, with what was stored before.
  void upsert(std::span<const Document> documents, const StoreWriteOptions& options = {});
  void upsert(const std::vector<Document>& documents, const StoreWriteOptions& options = {}) {
    upsert(std::span(documents), options);
  }
  /// The same for documents that were cut and embedded elsewhere: all of them in one transaction.
  void upsert(std::span<const EmbeddedDocument> documents);

  /// Returns how many of the ids were there.
  std::size_t remove(std::span<const std::string> ids);

  /// Runs what it is given, which calls this object: all that it writes is kept, or nothing where it throws.
  void transaction(const std::function<void()>& work);

  [[nodiscard]] std::optional<Document> find(std::string_view id) const;
  /// The chunks of a document, in order; none where it is not there.
  [[nodiscard]] std::vector<Chunk> chunks(std::string_view id) const;
  /// At most `count` documents by their ids, from the one behind `after` on.
  [[nodiscard]] std::vector<DocumentInfo> documents(std::string_view after = {}, std::size_t count = 100) const;

  /// Errors: also `invalid_argument` without a model, or without the lexical index where that is asked for.
  [[nodiscard]] std::vector<StoreHit> search(std::string_view query, const StoreSearchOptions& options = {}) const;
  /// By a vector alone, whatever the mode, or with a text for the lexical part.
  [[nodiscard]] std::vector<StoreHit> search(std::span<const float> vector,
                                             const StoreSearchOptions& options = {}) const;
  [[nodiscard]] std::vector<StoreHit> search(std::string_view query, std::span<const float> vector,
                                             const StoreSearchOptions& options = {}) const;

  [[nodiscard]] StoreStats stats() const;
  [[nodiscard]] const DocumentStoreOptions& options() const noexcept;
  /// Embedder::fingerprint() of the model that the store was made for.
  [[nodiscard]] const std::string& model() const noexcept;

  /// Takes all chunks into the index of vectors and writes its file. Errors: also `cancelled`.
  void update_index(const ProgressCallback& progress = {}, const std::stop_token& stop = {});
  /// The same, and gives back the room that removed documents took.
  void vacuum();

  /// For glossa's own functions.
  [[nodiscard]] detail::DocumentStoreParts& parts() const noexcept { return *parts_; }

 private:
  std::unique_ptr<detail::DocumentStoreParts> parts_;
};

}  // namespace glossa

#if GLOSSA_STORE_WITH_DEFINITIONS
#include <glossa/store/document_store_impl.hpp>
#endif
