// What an IvfIndex is made of: rows, centres, and lists of rows.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/search/code_search.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/ivf_options.hpp>
#include <glossa/search/kmeans_core.hpp>
#include <glossa/search/row_store.hpp>
#include <glossa/search/search_each.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// See IvfIndex. Who adds or removes holds writers_, so that lists are found while others search; the store's lock is
/// held alone only while rows and lists change.
class IvfCore {
 public:
  IvfCore(const IndexOptions& options, const IvfOptions& ivf) : ivf_(ivf), store_(options, false) {
    if (ivf.lists > kMostLists)
      throw Error(ErrorKind::invalid_argument, {.field = "IvfOptions::lists",
                                                .expected = "at most " + std::to_string(kMostLists),
                                                .found = std::to_string(ivf.lists)});
  }

  IvfCore(const std::shared_ptr<const IndexFile>& file, const IndexLoadOptions& options)
      : store_(file, options, false) {
    const auto params = file->value<Params>("ivf");
    ivf_ = {static_cast<std::size_t>(params.asked_lists), params.seed};
    dealt_ = static_cast<std::size_t>(params.dealt);
    if (params.asked_lists > kMostLists || params.lists > (store_.dims() == 0 ? 0 : kMostLists))
      file->damaged("ivf", "there are too many lists", "");
    // The section has to be as large before memory is asked for.
    const std::size_t numbers = static_cast<std::size_t>(params.lists) * store_.dims();
    const std::span<const std::byte> centers = file->section("centers", numbers * sizeof(float));
    lists_.resize(static_cast<std::size_t>(params.lists));
    centers_.resize(numbers);
    if (!centers.empty()) std::memcpy(centers_.data(), centers.data(), centers.size());
    for (const float value : centers_)
      if (!(std::abs(value) < 1e16F)) file->damaged("centers", "a number is out of range", "");
    list_of_ = GrowingRows(sizeof(std::uint32_t), file->section("listof", store_.slots() * sizeof(std::uint32_t)));
    for (std::size_t slot = 0; slot < store_.slots(); ++slot) {
      const std::uint32_t list = *list_of_.as<std::uint32_t>(slot);
      if (lists_.empty() ? list != 0 : list >= lists_.size()) file->damaged("listof", "there is no such list", "");
      if (!lists_.empty()) lists_[list].push_back(static_cast<std::uint32_t>(slot));
    }
  }

  [[nodiscard]] RowStore& store() noexcept { return store_; }
  [[nodiscard]] const RowStore& store() const noexcept { return store_; }
  [[nodiscard]] const IvfOptions& ivf_options() const noexcept { return ivf_; }
  [[nodiscard]] std::size_t lists() const {
    const std::shared_lock lock(store_.lock());
    return lists_.size();
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    const std::shared_lock lock(store_.lock());
    std::size_t lists = 0;
    for (const auto& list : lists_) lists += list.capacity() * sizeof(std::uint32_t) + sizeof list;
    return store_.memory_bytes() + centers_.size() * sizeof(float) + store_.slots() * sizeof(std::uint32_t) + lists;
  }

  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
    const std::vector<std::size_t> rows = store_.prepare(ids, vectors);
    const std::lock_guard writer(writers_);
    std::vector<float> floats;
    std::vector<std::uint32_t> lists;
    std::vector<std::uint32_t> slots;
    RowStore::EncodedRows encoded;
    for (std::size_t first = 0; first < rows.size(); first += kAtOnce) {
      const auto some = std::span(rows).subspan(first, std::min(kAtOnce, rows.size() - first));
      lists.assign(some.size(), 0);
      if (!lists_.empty()) {
        floats.resize(some.size() * store_.dims());
        for (std::size_t i = 0; i < some.size(); ++i)
          store_.coder().prepare(vectors[some[i]], floats.data() + i * store_.dims());
        NearestCenter(centers_, store_.dims(), store_.kernels())
            .find(floats.data(), some.size(), lists.data(), store_.executor());
      }
      store_.encode(vectors, some, encoded);
      const std::unique_lock lock(store_.lock());
      slots.clear();
      slots.reserve(some.size());
      try {
        for (std::size_t i = 0; i < some.size(); ++i) {
          const SlotBook::Claim place =
              store_.claim(ids[some[i]], false, [&](std::uint32_t slot) { list_of_.grow_to(std::size_t{slot} + 1); });
          slots.push_back(place.slot);
          if (place.recycled) leave_list(place.slot);
          *list_of_.as<std::uint32_t>(place.slot) = lists[i];
          if (!lists_.empty()) lists_[lists[i]].push_back(place.slot);
        }
      } catch (...) {
        for (const std::uint32_t slot : slots) store_.book().abandon(slot);
        throw;
      }
      for (std::size_t i = 0; i < some.size(); ++i) store_.write(slots[i], encoded, i);
      for (const std::uint32_t slot : slots) store_.book().publish(slot);
    }
    if (const std::size_t wanted = lists_wanted(); wanted != 0) deal_out(wanted);
  }

  std::size_t remove(std::span<const std::uint64_t> ids) {
    const std::lock_guard writer(writers_);
    const std::unique_lock lock(store_.lock());
    std::size_t removed = 0;
    for (const std::uint64_t id : ids) removed += store_.book().remove(id) ? 1 : 0;
    return removed;
  }

  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const float* queries, std::size_t count, std::size_t dims,
                                                          std::size_t k, const IndexSearchOptions& options) const {
    return search_each(store_, queries, count, dims, k,
                       [&](std::span<const float> query) { return search(query, k, options); });
  }

  void save(IndexWriter& writer) const {
    const std::lock_guard alone(writers_);
    const std::shared_lock lock(store_.lock());
    std::vector<std::uint32_t> order = store_.taken_slots();
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return *list_of_.as<std::uint32_t>(a) < *list_of_.as<std::uint32_t>(b);
    });
    store_.save(writer, order);
    const Params params{ivf_.lists, ivf_.seed, lists_.size(), dealt_};
    writer.values("ivf", std::span(&params, 1));
    writer.values("centers", std::span(centers_));
    save_rows(writer, "listof", list_of_, order);
  }

 private:
  static constexpr std::size_t kAtOnce = 4096;   ///< rows that are added while searches wait
  static constexpr std::size_t kFewRows = 4096;  ///< below so many, all are looked at
  static constexpr std::size_t kSample = 64;     ///< vectors for each centre that k-means looks at
  static constexpr std::size_t kRounds = 10;
  static constexpr std::size_t kMostLists = std::size_t{1} << 24;

  struct Params {
    std::uint64_t asked_lists;
    std::uint64_t seed;
    std::uint64_t lists;
    std::uint64_t dealt;
  };

  /// How many lists the rows should be dealt out to now; 0 where they may stay as they are.
  [[nodiscard]] std::size_t lists_wanted() const noexcept {
    const std::size_t size = store_.size();
    if (ivf_.lists != 0) return lists_.empty() && size / 32 >= ivf_.lists ? ivf_.lists : 0;
    if (size < kFewRows || (!lists_.empty() && size / 4 < dealt_)) return 0;
    return static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(size)));
  }

  void leave_list(std::uint32_t slot) {
    if (lists_.empty()) return;
    std::vector<std::uint32_t>& list = lists_[*list_of_.as<std::uint32_t>(slot)];
    const auto at = std::find(list.begin(), list.end(), slot);
    if (at == list.end()) return;
    *at = list.back();
    list.pop_back();
  }

  /// Finds centres and deals all rows out to them. With writers_ held; searches go on until the lists are there.
  void deal_out(std::size_t count) {
    const std::size_t dims = store_.dims();
    const std::vector<std::uint32_t> slots = store_.taken_slots();
    const auto decode = [&](std::span<const std::uint32_t> some) {
      std::vector<float> rows(some.size() * dims);
      for (std::size_t i = 0; i < some.size(); ++i)
        store_.coder().decode(store_.codes()[some[i]], rows.data() + i * dims);
      return rows;
    };
    std::vector<std::uint32_t> sample = slots;
    std::mt19937_64 random(ivf_.seed);
    const std::size_t sampled = std::min(slots.size(), kSample * count);
    for (std::size_t i = 0; i < sampled; ++i) std::swap(sample[i], sample[i + random() % (sample.size() - i)]);
    sample.resize(sampled);
    std::vector<float> centers =
        kmeans_centers(decode(sample), dims, count, kRounds, ivf_.seed, store_.kernels(), store_.executor());
    const NearestCenter nearest(centers, dims, store_.kernels());
    std::vector<std::uint32_t> list_of(slots.size());
    constexpr std::size_t kShare = 1024;
    parallel_for(store_.executor(), (slots.size() + kShare - 1) / kShare, [&](std::size_t share, std::size_t) {
      const auto some = std::span(slots).subspan(share * kShare, std::min(kShare, slots.size() - share * kShare));
      nearest.find(decode(some).data(), some.size(), list_of.data() + share * kShare);
    });
    std::vector<std::vector<std::uint32_t>> lists(count);
    for (std::size_t i = 0; i < slots.size(); ++i) lists[list_of[i]].push_back(slots[i]);
    const std::unique_lock lock(store_.lock());
    for (std::size_t slot = 0; slot < store_.slots(); ++slot) *list_of_.as<std::uint32_t>(slot) = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) *list_of_.as<std::uint32_t>(slots[i]) = list_of[i];
    centers_ = std::move(centers);
    lists_ = std::move(lists);
    dealt_ = slots.size();
  }

  [[nodiscard]] std::vector<Neighbor> search(std::span<const float> vector, std::size_t k,
                                             const IndexSearchOptions& options) const {
    const CodedQuery query = store_.coder().query(vector);
    // Keys of distances are differences of large numbers; what they find is scored in double.
    const bool by_distance = store_.options().metric == Metric::euclidean;
    const std::size_t wanted = candidates_for(store_, std::min(k, store_.size()), options);
    if (!lists_.empty()) {
      CodeSearch some(store_, {&query, 1}, wanted, options, 1);
      for (const std::size_t list : nearest_lists(vector, options.probes)) some.scan_slots(0, lists_[list], 0);
      const std::vector<ScoredRow> best = some.best(0);
      if (best.size() >= std::min(k, store_.size())) return neighbors_of(store_, vector, query, best, k, by_distance);
    }
    CodeSearch all(store_, {&query, 1}, wanted, options, 1);
    for (std::size_t slot = 0; slot < store_.slots();) {
      const std::size_t run = std::min(store_.codes().run_from(slot), store_.slots() - slot);
      all.scan_run(slot, run, 0);
      slot += run;
    }
    return neighbors_of(store_, vector, query, all.best(0), k, by_distance);
  }

  /// The lists whose centres are most like the query.
  [[nodiscard]] std::vector<std::size_t> nearest_lists(std::span<const float> vector, std::size_t probes) const {
    const std::size_t dims = store_.dims();
    std::vector<float> query(dims);
    store_.coder().prepare(vector, query.data());
    std::vector<float> keys(lists_.size());
    std::vector<float> squares(lists_.size());
    store_.kernels().row_sums.products(
        {query.data(), centers_.data(), dims, lists_.size(), dims, keys.data(), squares.data()});
    // By distance, but where long vectors have great products whatever their direction: of 100,000 texts' vectors, the
    // true ten lie in the nearest tenth of the lists at 92 % by distance, at 87 % by products with the centres.
    if (store_.options().metric != Metric::dot || store_.has_unit_rows())
      for (std::size_t list = 0; list < lists_.size(); ++list) keys[list] -= squares[list] / 2;
    const std::size_t asked = probes == 0 ? std::max<std::size_t>(16, lists_.size() / 10) : probes;
    std::vector<std::size_t> order(lists_.size());
    for (std::size_t list = 0; list < order.size(); ++list) order[list] = list;
    const std::size_t count = std::min(asked, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](std::size_t a, std::size_t b) { return keys[a] != keys[b] ? keys[a] > keys[b] : a < b; });
    order.resize(count);
    return order;
  }

  IvfOptions ivf_;
  RowStore store_;
  std::vector<float> centers_;                     ///< [lists, dims]
  std::vector<std::vector<std::uint32_t>> lists_;  ///< slots; empty as long as all are looked at
  GrowingRows list_of_{sizeof(std::uint32_t)};     ///< of each slot
  std::size_t dealt_ = 0;                          ///< rows that there were when the lists were made
  mutable std::mutex writers_;
};

}  // namespace glossa::detail
