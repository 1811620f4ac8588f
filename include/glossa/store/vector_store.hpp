// Vectors with ids, texts and metadata come in; those nearest to a query go out: what every store does.
#pragma once

#include <glossa/search/metric.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/metadata.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// What a store keeps under an id.
struct VectorRecord {
  std::string id{};             ///< UTF-8, 1 to 512 bytes
  std::vector<float> vector{};  ///< dims() numbers
  std::string text{};
  Metadata metadata{};
  friend bool operator==(const VectorRecord&, const VectorRecord&) = default;
};

/// A record that was found. Larger scores are better, as with Metric.
struct VectorHit {
  std::string id{};
  float score = 0;
  std::string text{};
  Metadata metadata{};
};

/// A collection of vectors in a process of its own, or in this one. What upsert() and remove() were given is found by
/// what is called after they have returned. Errors: `invalid_argument` for vectors of other lengths, ids that are
/// empty, and where a store cannot express a filter (never in silence); `io` where a server is away, slow or refuses,
/// naming address and what it said, after the retries that were asked for; `unsupported`.
template <class T>
concept VectorStore = requires(T& store, std::span<const VectorRecord> records, std::span<const std::string> ids,
                               std::span<const float> query, std::size_t k, const Filter& filter) {
  {store.upsert(records)};  // a record whose id is there is replaced as a whole; of an id given twice the last counts
  {store.remove(ids)};      // ids that are not there are passed over
  { store.find(ids) } -> std::same_as<std::vector<VectorRecord>>;  // those that are there, in the order of ids
  { store.search(query, k, filter) } -> std::same_as<std::vector<VectorHit>>;  // at most k, the best first
  { store.size() } -> std::same_as<std::size_t>;
  { store.dims() } -> std::same_as<std::size_t>;
  { store.metric() } -> std::same_as<Metric>;
  {store.drop()};  // all that is stored in the collection, and the collection
};

}  // namespace glossa
