// What an HnswIndex is made of: rows, a graph over them, and the order in which both change.
#pragma once

#include <glossa/core/fair_shared_mutex.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/scratch_pool.hpp>
#include <glossa/search/code_search.hpp>
#include <glossa/search/graph_builder.hpp>
#include <glossa/search/graph_links.hpp>
#include <glossa/search/graph_search.hpp>
#include <glossa/search/hnsw_options.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/row_store.hpp>
#include <glossa/search/search_each.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// See HnswIndex. A new row is written where nobody reads yet and joined to the graph while others search, so both hold
/// the store's lock shared; the place of a removed row is used again under the lock alone. The slots of the store are
/// the nodes of the graph; removed ones are still walked through.
class HnswCore {
 public:
  HnswCore(const IndexOptions& options, const HnswOptions& hnsw)
      : hnsw_(checked(hnsw)), store_(options, false), links_(hnsw.connections) {}

  HnswCore(const std::shared_ptr<const IndexFile>& file, const IndexLoadOptions& options)
      : HnswCore(file, options, file->value<Params>("hnsw")) {}

  [[nodiscard]] RowStore& store() noexcept { return store_; }
  [[nodiscard]] const RowStore& store() const noexcept { return store_; }
  [[nodiscard]] const HnswOptions& hnsw_options() const noexcept { return hnsw_; }
  [[nodiscard]] std::size_t memory_bytes() const {
    const std::shared_lock writers(writers_);
    const std::shared_lock lock(store_.lock());
    return store_.memory_bytes() + links_.memory_bytes(store_.slots());
  }

  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
    const std::vector<std::size_t> rows = store_.prepare(ids, vectors);
    parallel_for(store_.executor(), rows.size(), [&](std::size_t i, std::size_t) {
      const std::shared_lock writer(writers_);
      add(ids[rows[i]], vectors[rows[i]]);
    });
  }

  std::size_t remove(std::span<const std::uint64_t> ids) {
    const std::shared_lock writer(writers_);
    const std::shared_lock lock(store_.lock());
    std::size_t removed = 0;
    for (const std::uint64_t id : ids) removed += store_.book().remove(id) ? 1 : 0;
    return removed;
  }

  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const float* queries, std::size_t count, std::size_t dims,
                                                          std::size_t k, const IndexSearchOptions& options) const {
    return search_each(store_, queries, count, dims, k,
                       [&](std::span<const float> query) { return search(query, k, options); });
  }

  /// The best of some ids, each of which is looked at.
  [[nodiscard]] std::vector<Neighbor> search_among(std::span<const float> query, std::span<const std::uint64_t> ids,
                                                   std::size_t k) const {
    auto hits = search_each(store_, query.data(), 1, query.size(), k, [&](std::span<const float> vector) {
      const std::vector<std::uint32_t> slots = store_.book().find_all(ids);
      const CodedQuery coded = store_.coder().query(vector);
      const IndexSearchOptions options;
      CodeSearch some(store_, {&coded, 1}, candidates_for(store_, std::min(k, store_.size()), options), options, 1);
      some.scan_slots(0, slots, 0);
      return neighbors_of(store_, vector, coded, some.best(0), k, store_.options().metric == Metric::euclidean);
    });
    return std::move(hits.front());
  }

  void save(IndexWriter& writer) const {
    const std::unique_lock alone(writers_);
    const std::shared_lock lock(store_.lock());
    std::vector<std::uint32_t> all(store_.slots());
    for (std::size_t slot = 0; slot < all.size(); ++slot) all[slot] = static_cast<std::uint32_t>(slot);
    store_.save(writer, all);
    const Params params{hnsw_.connections, hnsw_.build_candidates, hnsw_.seed, links_.upper_lists(), entry_.load()};
    writer.values("hnsw", std::span(&params, 1));
    save_rows(writer, "links", links_.base(), all);
    save_rows(writer, "levels", links_.levels(), all);
    save_rows(writer, "upfirst", links_.first_upper(), all);
    all.resize(links_.upper_lists());
    for (std::size_t list = 0; list < all.size(); ++list) all[list] = static_cast<std::uint32_t>(list);
    save_rows(writer, "uplinks", links_.upper(), all);
  }

 private:
  struct Params {
    std::uint64_t connections;
    std::uint64_t build_candidates;
    std::uint64_t seed;
    std::uint64_t upper_lists;
    std::uint64_t entry;
  };

  HnswCore(const std::shared_ptr<const IndexFile>& file, const IndexLoadOptions& options, const Params& params)
      : hnsw_(options_of(*file, params)),
        store_(file, options, false),
        links_(*file, hnsw_.connections, store_.slots(), static_cast<std::size_t>(params.upper_lists),
               store_.executor()),
        entry_(static_cast<std::uint32_t>(params.entry)) {
    const bool has_entry = params.entry < store_.slots();
    if (store_.slots() == 0 ? params.entry != GraphLinks::kNone : !has_entry)
      file->damaged("hnsw", "the graph begins nowhere", "");
  }

  static const HnswOptions& checked(const HnswOptions& options) {
    if (options.build_candidates > kMostCandidates)
      throw Error(ErrorKind::invalid_argument, {.field = "HnswOptions::build_candidates",
                                                .expected = "at most " + std::to_string(kMostCandidates),
                                                .found = std::to_string(options.build_candidates)});
    if (options.connections < 2 || options.connections > 256)
      throw Error(ErrorKind::invalid_argument, {.field = "HnswOptions::connections",
                                                .expected = "from 2 to 256",
                                                .found = std::to_string(options.connections)});
    return options;
  }

  static HnswOptions options_of(const IndexFile& file, const Params& params) {
    if (params.connections < 2 || params.connections > 256 || params.build_candidates > kMostCandidates ||
        params.upper_lists > SlotBook::kMostSlots)
      file.damaged("hnsw", "the graph's parameters are out of range", "");
    return {static_cast<std::size_t>(params.connections), static_cast<std::size_t>(params.build_candidates),
            params.seed};
  }

  void add(std::uint64_t id, std::span<const float> vector) {
    const ScratchPool<GraphScratch>::Lease scratch(scratches_);
    GraphBuilder builder(store_, links_, entry_, std::max(hnsw_.build_candidates, hnsw_.connections), scratch.get());
    const auto make_room = [&](std::uint32_t slot) { links_.add_node(slot, level_of(slot)); };
    SlotBook& book = store_.book();
    SlotBook::Claim place{kNoSlot};
    try {
      if (book.has_free_slot()) {
        const std::unique_lock lock(store_.lock());
        place = store_.claim(id, false, make_room);
        if (place.recycled) builder.leave(place.slot);
        store_.write(place.slot, vector);
      } else {
        const std::shared_lock lock(store_.lock());
        place = store_.claim(id, true, make_room);
        store_.write(place.slot, vector);
      }
      const std::shared_lock lock(store_.lock());
      builder.join(place.slot, store_.coder().query(vector));
    } catch (...) {
      if (place.slot != kNoSlot) book.abandon(place.slot);
      throw;
    }
    if (book.replaces_a_row(place.slot)) {  // no search is to see both, or neither
      const std::unique_lock lock(store_.lock());
      book.publish(place.slot);
    } else {
      book.publish(place.slot);
    }
  }

  /// Each level has a `connections`-th of the nodes of the one below.
  [[nodiscard]] std::size_t level_of(std::uint32_t slot) const noexcept {
    std::uint64_t bits = hnsw_.seed + 0x9E3779B97F4A7C15u * (std::uint64_t{slot} + 1);  // SplitMix64
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
    const double uniform = (static_cast<double>((bits ^ bits >> 31) >> 11) + 1) * 0x1p-53;
    const double level = -std::log(uniform) / std::log(static_cast<double>(hnsw_.connections));
    return std::min(static_cast<std::size_t>(level), GraphLinks::kMostLevels - 1);
  }

  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> vector, std::size_t k,
                                             const IndexSearchOptions& options) const {
    const ScratchPool<GraphScratch>::Lease lease(scratches_);
    GraphScratch& scratch = lease.get();
    const CodedQuery query = store_.coder().query(vector);
    // Keys of distances are differences of large numbers; what they find is scored in double.
    const bool by_distance = store_.options().metric == Metric::euclidean;
    const std::size_t size = store_.size();  // others may be removing
    if (size == 0) return {};
    const std::size_t wanted = std::min(candidates_for(store_, std::min(k, size), options), size);
    const std::size_t asked = options.candidates == 0 ? kCandidates : options.candidates;
    const std::size_t count = std::max({wanted, std::min(asked, size), std::size_t{1}});
    if (!walk(query, count, options, scratch) || scratch.pool.size() < wanted) {
      CodeSearch all(store_, {&query, 1}, wanted, options, 1);
      std::vector<std::uint32_t> slots = store_.taken_slots();  // others may be writing the rows of those that are not
      if (options.filter)                                       // a few of them pass: cheaper asked than scored
        std::erase_if(slots, [&](std::uint32_t slot) { return !may_be_found(store_, slot, options); });
      all.scan_slots(0, slots, 0);
      return neighbors_of(store_, vector, query, all.best(0), k, by_distance);
    }
    std::vector<ScoredRow> best;
    for (const Candidate& found : scratch.pool.all()) {
      const auto key = static_cast<double>(found.key());
      if (best.size() >= wanted && key < best.back().score) break;  // equal ones compete by their ids
      if (store_.is_taken(found.node())) best.push_back({key, found.node()});
    }
    return neighbors_of(store_, vector, query, best, k, by_distance);
  }

  /// Fills the pool; false where too few rows pass for a walk to be worth it.
  bool walk(const CodedQuery& query, std::size_t count, const IndexSearchOptions& options,
            GraphScratch& scratch) const {
    GraphSearch search(store_, links_, scratch);
    const std::uint32_t entry = entry_.load();
    if (entry == GraphLinks::kNone) return false;
    Candidate nearest = search.candidate(query, entry);
    for (std::size_t l = links_.level(entry); l > 0; --l) search.descend(query, l, nearest);
    // Few removed rows are left out of what was found, for which as many more are looked for; with many, or a filter,
    // only what passes is kept on the way, which takes longer.
    const std::size_t slots = store_.slots();
    const std::size_t gone = slots - std::min(store_.size(), slots);
    if (!options.filter && gone <= slots / 4) {
      search.fill_pool(query, 0, count + (gone == 0 ? 0 : 8 + 2 * count * gone / slots), nearest);
      if (gone == 0) return true;  // another walk would meet the same ones
      scratch.pool.keep_if([&](const Candidate& found) { return store_.is_taken(found.node()); });
      if (scratch.pool.size() >= count) return true;
    }
    const std::size_t limit = store_.slots() / 8 + 16 * count;
    return search.fill_pool(query, count, nearest, limit,
                            [&](std::uint32_t node) { return may_be_found(store_, node, options); });
  }

  static constexpr std::uint32_t kNoSlot = 0xFFFFFFFFu;
  static constexpr std::size_t kCandidates = 128;
  static constexpr std::size_t kMostCandidates = std::size_t{1} << 20;

  HnswOptions hnsw_;
  RowStore store_;
  GraphLinks links_;
  EntryPoint entry_;
  mutable FairSharedMutex writers_;  // shared while rows and edges change
  mutable ScratchPool<GraphScratch> scratches_;
};

}  // namespace glossa::detail
