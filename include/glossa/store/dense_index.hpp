// The vectors of a store's chunks come in; those most like a query go out: of a graph in a file beside the database,
// and of what is newer.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/store/document_places.hpp>
#include <glossa/store/index_stamp.hpp>
#include <glossa/store/store_database.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Approximate: the graph and what is newer hold a byte a number, and what they find is to be scored again from the
/// database. The graph's file says which store it is of, and up to which chunk and removal it is complete; a file that
/// is missing, damaged or of another store is passed over, and its chunks count as new.
class DenseIndex {
 public:
  DenseIndex(IndexOptions options, HnswOptions hnsw, std::size_t dims, std::filesystem::path file)
      : options_(std::move(options)), hnsw_(hnsw), dims_(dims), file_(std::move(file)), tail_(options_) {}

  /// The first chunk that is in no graph; what a transaction has read up to; why there is no graph, for people.
  [[nodiscard]] std::int64_t graph_end() const noexcept { return graph_end_; }
  [[nodiscard]] std::int64_t removals_end() const noexcept { return removals_end_; }
  [[nodiscard]] std::size_t graph_size() const noexcept { return graph_ ? graph_->size() : 0; }
  [[nodiscard]] std::size_t tail_size() const noexcept { return tail_.size(); }
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return (graph_ ? graph_->memory_bytes() : 0) + (tail_.size() == 0 ? 0 : tail_.memory_bytes());
  }

  /// In a transaction: takes in what changed.
  void refresh(StoreDatabase& database, const StoreState& state, const std::string& store) {
    const bool other_file = graph_token_ != state.index_token && state.index_token != tried_token_;
    if (!loaded_ || state.first_removal > removals_end_ || state.next_chunk < chunks_end_ || other_file) {
      clear();
      tried_token_ = state.index_token;
      load(state, store);
      loaded_ = true;
    }
    for (SqliteRows rows = database.statements().removals_from.rows(removals_end_); rows.next();)
      remove(rows.integer(1), rows.integer(2));
    removals_end_ = state.next_removal;
    if (chunks_end_ < state.next_chunk)
      add_from(database, chunks_end_,
               [&](std::span<const std::uint64_t> ids, const Embeddings& vectors) { tail_.add(ids, vectors); });
    chunks_end_ = state.next_chunk;
  }

  /// The next refresh() reads all again.
  void forget() noexcept { loaded_ = false; }

  void clear() {
    graph_.reset();
    tail_ = FlatIndex(options_);
    loaded_ = false;
    graph_token_ = 0;
    graph_end_ = chunks_end_ = removals_end_ = 1;
  }

  /// At most `count` chunks, the best first.
  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> query, std::size_t count, const FilterMask* mask,
                                             const DocumentPlaces& places) const {
    // With a filter, most of the way leads past what does not pass: each candidate less saves several steps.
    IndexSearchOptions how{.candidates = mask != nullptr ? count : std::max(kWalked, count)};
    if (mask != nullptr)
      how.filter = [&](std::uint64_t chunk) { return places.passes(static_cast<std::int64_t>(chunk), mask); };
    std::vector<Neighbor> out;
    if (graph_ && mask != nullptr && is_scan_shorter(mask->chunks, count)) {
      out = graph_->search_among(query, mask->all(), count);
    } else if (graph_) {
      out = graph_->search(query, count, how);
    }
    if (tail_.size() > 0) {
      const std::vector<Neighbor> newer = tail_.search(query, count, how);
      out.insert(out.end(), newer.begin(), newer.end());
      std::sort(out.begin(), out.end(), [](const Neighbor& a, const Neighbor& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
      });
      if (out.size() > count) out.resize(count);
    }
    return out;
  }

  /// In a transaction, after refresh(): takes all chunks into the graph. Errors: `cancelled`, with what is done kept in
  /// memory.
  void fold(StoreDatabase& database, const ProgressCallback& progress, const std::stop_token& stop) {
    if (!graph_) graph_.emplace(options_, hnsw_);
    std::size_t done = 0;
    const std::size_t total = tail_.size();
    add_from(database, graph_end_, [&](std::span<const std::uint64_t> ids, const Embeddings& vectors) {
      if (stop.stop_requested())
        throw Error(ErrorKind::cancelled, {.file = path_text(file_), .problem = "updating the index was stopped"});
      graph_->add(ids, vectors);
      tail_.remove(ids);
      graph_end_ = static_cast<std::int64_t>(ids.back()) + 1;
      done += ids.size();
      if (progress) progress({done, total, 0});
    });
    graph_end_ = chunks_end_;
    tail_ = FlatIndex(options_);
  }

  /// Writes the graph's file, and maps it in place of the memory.
  void save(const std::string& store, std::int64_t token) {
    if (!graph_) return;
    remove_partial_files_of(file_);
    const IndexStamp stamp{token, graph_end_, removals_end_};
    graph_->save(file_, {{"store", std::as_bytes(std::span(store))}, {"stamp", std::as_bytes(std::span(&stamp, 1))}});
    HnswIndex written = HnswIndex::load(file_, load_options(false));
    if (!stamp.is_of(written.attachment("stamp"))) return forget();  // another process has put its own in place
    graph_.emplace(std::move(written));
    graph_token_ = tried_token_ = token;
    problem_.clear();
  }

 private:
  static constexpr std::size_t kWalked = 128;
  static constexpr std::size_t kFew = 2000;  ///< chunks that pass a filter: all of them are looked at
  static constexpr double kVisitsOfOne = 16;
  static constexpr std::size_t kBatch = 4096;

  /// Whether to look at all of `passing` chunks takes fewer steps than a walk to `count` of these does, which passes by
  /// size / passing others for each, and looks at some neighbours of all.
  [[nodiscard]] bool is_scan_shorter(std::size_t passing, std::size_t count) const noexcept {
    const auto own = static_cast<double>(passing);
    return passing <= kFew ||
           own * own <= kVisitsOfOne * static_cast<double>(count) * static_cast<double>(graph_->size());
  }
  [[nodiscard]] IndexLoadOptions load_options(bool verify) const {
    return {
        .verify = verify, .threads = options_.threads, .executor = options_.executor, .cpu_level = options_.cpu_level};
  }

  void load(const StoreState& state, const std::string& store) {
    problem_.clear();
    std::error_code code;
    if (!std::filesystem::exists(file_, code)) {
      problem_ = "there is no index file";
      return;
    }
    try {
      HnswIndex graph = HnswIndex::load(file_, load_options(true));
      IndexStamp stamp;
      const std::string problem = stamp.read(graph.attachment("store"), graph.attachment("stamp"), state, store);
      if (!problem.empty()) return stale(problem);
      if ((graph.size() > 0 && graph.dims() != dims_) || graph.options().metric != options_.metric ||
          !is_same_model(graph.options().model, options_.model))
        return stale("it holds other vectors");
      graph_.emplace(std::move(graph));
      graph_token_ = stamp.token;
      graph_end_ = chunks_end_ = stamp.chunks_end;
      removals_end_ = stamp.removals_end;
    } catch (const Error& error) {
      problem_ = error.what();
    }
  }
  void stale(const std::string& why) { problem_ = path_text(file_) + ": " + why; }

  void remove(std::int64_t first, std::int64_t count) {
    std::vector<std::uint64_t> ids;
    for (std::int64_t chunk = first; chunk < first + count; ++chunk) ids.push_back(static_cast<std::uint64_t>(chunk));
    if (graph_) graph_->remove(ids);
    tail_.remove(ids);
  }

  /// Calls take(ids, vectors) with the vectors of all chunks from one on, some at a time.
  template <class Take>
  void add_from(StoreDatabase& database, std::int64_t first, Take&& take) {
    std::vector<std::uint64_t> ids;
    std::vector<float> values;
    const auto flush = [&] {
      if (ids.empty()) return;
      Embeddings vectors(ids.size(), dims_);
      std::copy(values.begin(), values.end(), vectors.values().begin());
      take(std::span<const std::uint64_t>(ids), vectors);
      ids.clear();
      values.clear();
    };
    SqliteRows rows = database.statements().vectors_from.rows(first);
    while (rows.next()) {
      ids.push_back(static_cast<std::uint64_t>(rows.integer(0)));
      values.resize(values.size() + dims_);
      database.copy_vector(rows, 1, std::span(values).last(dims_));
      if (ids.size() == kBatch) flush();
    }
    flush();
  }

  IndexOptions options_;
  HnswOptions hnsw_;
  std::size_t dims_;
  std::filesystem::path file_;
  std::optional<HnswIndex> graph_;
  FlatIndex tail_;  ///< chunks that are in no graph
  bool loaded_ = false;
  std::int64_t graph_token_ = 0;
  std::int64_t tried_token_ = 0;
  std::int64_t graph_end_ = 1;
  std::int64_t chunks_end_ = 1;
  std::int64_t removals_end_ = 1;
  std::string problem_;
};

}  // namespace glossa::detail
