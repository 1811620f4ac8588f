// What all indexes have in common: options, hits and the concept.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/vector_form.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// A vector that was found: the id that it was added with, and how well it matches. Larger scores are better, as with
/// Metric; a Euclidean distance is a negative number.
struct Neighbor {
  std::uint64_t id = 0;
  float score = 0;
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// How an index is made. Metric, forms and model are kept in its file.
struct IndexOptions {
  Metric metric = Metric::cosine;        ///< cosine, dot or euclidean
  VectorForm vectors = VectorForm::f32;  ///< what is searched
  std::optional<VectorForm> rescore{};   ///< a finer copy (is_finer()), from which the best are scored again
  std::string model{};                   ///< Embedder::fingerprint() of whose vectors these are; "": not known
  std::size_t threads = 0;               ///< 0: as many as the process can run (available_threads())
  std::shared_ptr<Executor> executor{};  ///< runs the work in place of threads of the index's own
  std::optional<CpuLevel> cpu_level{};   ///< instructions to use; by default default_level()
};

/// Bytes that a caller keeps in an index's file beside the vectors, by a name of at most 7 letters. A file has those
/// that its save() was given, and none of a file that the index was loaded from: they may be of other vectors.
using IndexAttachments = std::map<std::string, std::span<const std::byte>>;

/// How a saved index is opened.
struct IndexLoadOptions {
  /// Read the whole file and compare its checksums. Without, a damaged vector gives wrong hits; never a bad read.
  bool verify = true;
  std::size_t threads = 0;
  std::shared_ptr<Executor> executor{};
  std::optional<CpuLevel> cpu_level{};
};

/// How one search is done. What a kind of index has no use for is ignored.
struct IndexSearchOptions {
  /// Whether an id may be found; null: all may. Called by several threads at once, and with the index locked: it must
  /// not call the index.
  std::function<bool(std::uint64_t id)> filter{};
  /// Candidates that are scored again from the finer copy, at least k; 0: the default, 4·k and at least 32.
  std::size_t rescored = 0;
  std::size_t candidates = 0;  ///< HnswIndex: those kept on the way (ef), at least k; 0: the default, 128
  std::size_t probes = 0;      ///< IvfIndex: lists that are searched; 0: the default, a tenth of them and at least 16
};

/// What every index does. Const functions may be called while others add or remove; add, remove and save may be called
/// by several threads, too.
template <class T>
concept Index = requires(T& index, const T& constant, std::span<const std::uint64_t> ids, const Embeddings& vectors,
                         std::span<const float> query, std::size_t k, const IndexSearchOptions& options,
                         const std::filesystem::path& path, const IndexLoadOptions& load) {
  {index.add(ids, vectors)};                           // one id a row; an id that is there has its vector replaced
  { index.remove(ids) } -> std::same_as<std::size_t>;  // how many of them were there
  { constant.search(query, k, options) } -> std::same_as<std::vector<Neighbor>>;
  { constant.search(vectors, k, options) } -> std::same_as<std::vector<std::vector<Neighbor>>>;
  {constant.save(path)};
  { T::load(path, load) } -> std::same_as<T>;
  { constant.size() } -> std::same_as<std::size_t>;
  { constant.dims() } -> std::same_as<std::size_t>;
  { constant.contains(k) } -> std::same_as<bool>;
  { constant.options() } -> std::same_as<const IndexOptions&>;
  { constant.memory_bytes() } -> std::same_as<std::size_t>;
};

}  // namespace glossa
