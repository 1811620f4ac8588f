// Records come in; an index of Faiss with their ids, texts and metadata finds them, and lies in a folder that Python's
// faiss reads.
// Optional: include it yourself and link the CMake component glossa::faiss.
#pragma once

#include <glossa/store/connectors/faiss_files.hpp>
#include <glossa/store/connectors/faiss_index.hpp>
#include <glossa/store/connectors/faiss_options.hpp>
#include <glossa/store/connectors/faiss_rows.hpp>
#include <glossa/store/connectors/faiss_state.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/filter_match.hpp>
#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// A VectorStore in this process's memory; save() puts all of it into its folder. Searches may be made by several
/// threads at once. Faiss takes as many threads as OpenMP gives it.
///
/// A folder holds store.json, which names the others: index-….faiss (faiss.read_index), records-….jsonl (a line a
/// record, with the label that the index knows it by) and vectors-….npy (a row a line of these, where vectors are
/// kept).
class FaissStore {
 public:
  /// Empty, whatever the folder holds; save() replaces that.
  explicit FaissStore(FaissOptions options, std::filesystem::path folder = {})
      : options_((detail::check_options(options), options)), folder_(std::move(folder)) {
    index_ = detail::FaissIndex::flat(options_);
  }

  /// What was saved last. Of the options, probes and rescored may differ from when it was saved; others come from the
  /// folder. Errors: `not_found`, `corrupt_file`.
  [[nodiscard]] static FaissStore load(const std::filesystem::path& folder, std::size_t probes = 16,
                                       std::size_t rescored = 4) {
    detail::FaissState state = detail::read_state(folder, probes, rescored);
    FaissStore store(state.options, folder);
    store.index_ = std::move(state.index);
    store.rows_ = std::move(state.rows);
    return store;
  }

  FaissStore(FaissStore&& other) noexcept
      : options_(other.options_),
        folder_(std::move(other.folder_)),
        index_(std::move(other.index_)),
        rows_(std::move(other.rows_)) {}

  void upsert(std::span<const VectorRecord> records) {
    const auto checked = detail::checked_records(records, options_.dims);
    const std::unique_lock lock(mutex_);
    std::vector<std::int64_t> gone;
    std::vector<float> flat;
    std::vector<std::int64_t> labels;
    for (const VectorRecord* record : checked) {
      if (const auto label = rows_.label_of(record->id)) gone.push_back(*label);
      const std::vector<float> row = detail::indexed_row(record->vector, options_.metric);
      flat.insert(flat.end(), row.begin(), row.end());
      labels.push_back(rows_.next_label() + static_cast<std::int64_t>(labels.size()));
    }
    if (labels.empty()) return;
    index_.add(flat, labels);  // where that fails, the rows are what they were
    try {
      rows_.replace(labels, checked, gone, options_);
    } catch (...) {
      index_.remove(labels);
      throw;
    }
    if (!gone.empty()) index_.remove(gone);
    if (options_.kind == FaissKind::ivf_pq && !index_.has_lists() && rows_.size() >= detail::train_rows_of(options_))
      make_lists();
  }

  void remove(std::span<const std::string> ids) {
    const std::unique_lock lock(mutex_);
    std::vector<std::int64_t> gone;
    for (const std::string& id : detail::possible_ids(ids))
      if (const auto label = rows_.label_of(id)) gone.push_back(*label);
    take_out(gone);
  }

  [[nodiscard]] std::vector<VectorRecord> find(std::span<const std::string> ids) const {
    const std::shared_lock lock(mutex_);
    std::vector<VectorRecord> out;
    for (const std::string& id : ids)
      if (const auto label = rows_.label_of(id)) out.push_back(whole_record(*label));
    return out;
  }

  [[nodiscard]] std::vector<VectorHit> search(std::span<const float> query, std::size_t k,
                                              const Filter& filter = {}) const {
    detail::require_vector(query, options_.dims, "query");
    const std::shared_lock lock(mutex_);
    const bool rescores = index_.has_lists() && options_.keep_vectors;
    const std::vector<float> row = detail::indexed_row(query, options_.metric);
    const detail::FaissTest test = filter.is_all() ? detail::FaissTest() : [&](std::int64_t label) {
      return matches(filter, rows_.at(label).metadata);
    };
    const std::size_t most = std::min(k, index_.size());
    const std::size_t wanted = rescores ? most * std::min(options_.rescored, index_.size()) : most;
    auto found = index_.search(row, wanted, std::min(options_.probes, options_.lists), test);
    // What a filter lets through may lie in lists that are not near.
    if (test && index_.has_lists() && found.size() < wanted) found = index_.search(row, wanted, options_.lists, test);
    if (rescores)
      for (auto& [label, score] : found)
        score = static_cast<float>(detail::exact_similarity(query, rows_.at(label).vector, options_.metric));
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (found.size() > k) found.resize(k);
    std::vector<VectorHit> out;
    for (const auto& [label, score] : found) {
      const VectorRecord& record = rows_.at(label);
      out.push_back({record.id, score, record.text, record.metadata});
    }
    return out;
  }

  [[nodiscard]] std::size_t size() const {
    const std::shared_lock lock(mutex_);
    return rows_.size();
  }
  [[nodiscard]] std::size_t dims() const noexcept { return options_.dims; }
  [[nodiscard]] Metric metric() const noexcept { return options_.metric; }
  [[nodiscard]] const FaissOptions& options() const noexcept { return options_; }

  /// Whether vectors lie in lists of codes by now; never for FaissKind::flat.
  [[nodiscard]] bool is_trained() const {
    const std::shared_lock lock(mutex_);
    return index_.has_lists();
  }

  /// Puts all into the folder: all of it, or, where it fails, nothing. Errors: `io`, `invalid_argument` without a
  /// folder.
  void save() const {
    const std::shared_lock lock(mutex_);
    detail::write_state(folder_, options_, index_, rows_);
  }

  /// The records, and what was saved of them.
  void drop() {
    const std::unique_lock lock(mutex_);
    index_ = detail::FaissIndex::flat(options_);
    rows_ = {};
    detail::remove_state(folder_);
  }

 private:
  void take_out(const std::vector<std::int64_t>& labels) {
    if (labels.empty()) return;
    index_.remove(labels);
    for (const std::int64_t label : labels) rows_.remove(label);
  }

  /// From flat to lists; vectors that are not kept are taken from the flat index.
  void make_lists() {
    const auto [labels, flat] = detail::all_rows(index_, rows_, options_);
    index_ = detail::FaissIndex::ivf_pq(options_, flat);
    index_.add(flat, labels);
  }

  [[nodiscard]] VectorRecord whole_record(std::int64_t label) const {
    VectorRecord record = rows_.at(label);
    if (record.vector.empty()) {
      record.vector.resize(options_.dims);
      index_.reconstruct(label, record.vector.data());
      for (float& x : record.vector) x *= rows_.length_of(label);
    }
    return record;
  }

  FaissOptions options_;
  std::filesystem::path folder_;
  detail::FaissIndex index_{};
  detail::FaissRows rows_{};
  mutable std::shared_mutex mutex_{};
};

static_assert(VectorStore<FaissStore>);

}  // namespace glossa
