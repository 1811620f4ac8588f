// How a store of documents is opened and searched, and what is found.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/search/hnsw_options.hpp>
#include <glossa/store/chunk.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/metadata.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace glossa {

struct DocumentStoreOptions {
  bool create = true;                    ///< make the store where there is none; else that is an Error, `not_found`
  bool read_only = false;                ///< nothing is written; also for folders that nobody may write to
  std::optional<ChunkOptions> chunks{};  ///< of documents to come; by default those that the store was made with
  bool lexical = true;  ///< of a new store: keep the index of pieces for SearchMode::lexical and hybrid
  HnswOptions hnsw{};   ///< of the index of vectors, where it is made anew
  /// When so many chunks, and a fifth of what the index holds, are not in it, upsert() takes them in; 0: update_index()
  /// alone does. Until then they are searched one by one.
  std::size_t index_after = 20000;
  std::chrono::milliseconds wait{5000};  ///< for another process that writes
  std::size_t threads = 0;               ///< of the index and of lexical pieces; 0: as many as the process can run
};

enum class SearchMode {
  dense,    ///< by the cosine of the vectors
  lexical,  ///< by BM25 of the model's pieces of the lower-cased text
  hybrid,   ///< by both
};

/// How hybrid search makes one ranking of two.
enum class Fusion {
  weighted,  ///< dense_weight · dense + (1 - dense_weight) · lexical, each as standard scores of the candidates
  reciprocal_rank,  ///< Σ 1 / (60 + rank) (Cormack et al. 2009)
};

/// Whether hits are windows of documents, or documents.
enum class DocumentPooling {
  none,  ///< windows
  best,  ///< a hit a document: its best window
  mean,  ///< the same, scored by the mean of all windows
};

struct StoreSearchOptions {
  std::size_t k = 10;
  SearchMode mode = SearchMode::hybrid;
  Filter filter{};
  Fusion fusion = Fusion::weighted;
  double dense_weight = 0.6;  ///< 0 to 1
  /// Of each ranking; 0: 4·k and at least 100, and up to 64 times as many where these make fewer than k hits.
  std::size_t candidates = 0;
  /// Maximal marginal relevance: 1 ranks by relevance, 0 by being different from what stands before.
  std::optional<double> mmr_lambda{};
  bool merge_neighbors = true;  ///< windows of a document that follow each other become one hit
  DocumentPooling pooling = DocumentPooling::none;
};

/// A part of a document that was found.
struct StoreHit {
  std::string document{};  ///< its id
  std::string title{};
  ByteRange bytes{};               ///< in the document's text
  std::string text{};              ///< these bytes
  std::string context{};           ///< the headings above
  float score = 0;                 ///< larger is better; of fused rankings only the order means something
  std::optional<float> dense{};    ///< the similarity of the best window
  std::optional<float> lexical{};  ///< its BM25
  std::size_t windows = 1;         ///< of which the hit was made
  ByteRange best{};                ///< the best of these, in the document's text
  Metadata metadata{};
};

/// How a call that writes goes on.
struct StoreWriteOptions {
  /// Documents that are stored; outside of transactions it is called while others are embedded, too, with the tokens of
  /// these so far, by whichever thread embeds.
  ProgressCallback progress{};
  /// A request ends the call soon, in the middle of a document, too: Error of kind `cancelled`. Of a document all is
  /// stored, or nothing.
  std::stop_token stop{};
};

struct DocumentInfo {
  std::string id{};
  std::string title{};
  std::size_t bytes = 0;
  std::size_t chunks = 0;
  TextFormat format = TextFormat::plain;
  std::string source{};  ///< the folder that sync_folder() keeps it in step with
  Metadata metadata{};
};

struct StoreStats {
  std::size_t documents = 0;
  std::size_t chunks = 0;
  std::size_t dims = 0;
  std::string model{};
  std::size_t indexed_chunks = 0;    ///< in the index of vectors
  std::size_t unindexed_chunks = 0;  ///< looked at one by one
  std::string index_problem{};       ///< why there is no index of vectors or of words, for people
  std::uint64_t database_bytes = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t memory_bytes = 0;  ///< of what this handle keeps for searches, pages of the index file included
  std::int64_t sequence = 0;       ///< transactions
  ChunkOptions chunk_options{};
  bool lexical = true;
};

}  // namespace glossa
