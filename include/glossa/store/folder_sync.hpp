// A folder of texts comes in; a store goes out that holds what the folder holds now.
#pragma once

#include <glossa/core/progress.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/metadata.hpp>
#include <glossa/store/store_linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace glossa {

struct SyncOptions {
  /// What the documents of this folder are known by in the store; by default the folder's absolute path.
  std::string source{};
  std::string prefix{};  ///< before each path in ids, so that folders with files of one name can be in one store
  std::vector<std::string> extensions{".txt", ".md", ".markdown"};  ///< of files that are read, whatever their case
  std::uint64_t most_bytes = std::uint64_t{256} << 20;              ///< of a file; a larger one is passed over
  Metadata metadata{};                                              ///< that every document is given, besides "path"
  ProgressCallback progress{};  ///< files that were looked at; see StoreWriteOptions
  std::stop_token stop{};       ///< a request ends it: Error of kind `cancelled`; the next sync goes on from there
};

/// A file or folder that was passed over.
struct SyncProblem {
  std::string path{};
  std::string problem{};
};

struct SyncReport {
  std::size_t files = 0;  ///< that were there
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t removed = 0;
  std::size_t unchanged = 0;
  std::vector<SyncProblem> problems{};  ///< their documents stay as they were
};

/// Brings a store in step with a folder and those in it: new and changed files, told by a hash of their content and
/// `metadata`, are stored, and documents whose files are gone are removed. A document's id is its path in the folder,
/// with '/'; files that end in .md or .markdown are Markdown, whose first heading becomes the title; of others the
/// file's name. Files that cannot be read or are not UTF-8, and those whose id a document has that is not of this
/// source, are passed over and named. Links to folders are not followed. What was stored stays stored where this is
/// stopped or killed, and is not embedded again. Errors: `not_found`, `io` for the folder itself (then nothing is
/// removed); those of upsert().
SyncReport sync_folder(DocumentStore& store, const std::filesystem::path& folder, const SyncOptions& options = {});

}  // namespace glossa

#if GLOSSA_STORE_WITH_DEFINITIONS
#include <glossa/store/folder_sync_impl.hpp>
#endif
