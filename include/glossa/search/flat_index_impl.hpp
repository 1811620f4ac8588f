// Definitions of FlatIndex's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/search/code_search.hpp>
#include <glossa/search/exact_search.hpp>
#include <glossa/search/flat_index.hpp>
#include <glossa/search/index_file.hpp>
#include <glossa/search/row_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

namespace glossa {

namespace detail {

/// See FlatIndex.
class FlatCore {
 public:
  explicit FlatCore(const IndexOptions& options) : store(options, true) {}
  FlatCore(std::shared_ptr<const IndexFile> file, const IndexLoadOptions& options)
      : store(std::move(file), options, true) {}

  void add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
    const std::vector<std::size_t> rows = store.prepare(ids, vectors);
    constexpr std::size_t kAtOnce = 2048;  // searches wait for so many at a time
    const std::lock_guard writer(writers_);
    RowStore::EncodedRows encoded;
    std::vector<std::uint32_t> slots;
    for (std::size_t first = 0; first < rows.size(); first += kAtOnce) {
      const std::size_t count = std::min(kAtOnce, rows.size() - first);
      store.encode(vectors, std::span(rows).subspan(first, count), encoded);
      const std::unique_lock lock(store.lock());
      slots.clear();
      slots.reserve(count);
      const auto for_new = [&](auto&& action) {
        for (const std::uint32_t slot : slots)
          if (!store.is_taken(slot)) action(slot);
      };
      try {
        for (std::size_t i = 0; i < count; ++i) {
          const std::uint64_t id = ids[rows[first + i]];
          const std::optional<std::uint32_t> there = store.book().find(id);
          slots.push_back(there ? *there : store.claim(id, false, [](std::uint32_t) {}).slot);
        }
      } catch (...) {
        for_new([&](std::uint32_t slot) { store.book().abandon(slot); });
        throw;
      }
      for (std::size_t i = 0; i < count; ++i) store.write(slots[i], encoded, i);
      for_new([&](std::uint32_t slot) { store.book().publish(slot); });
    }
  }

  std::size_t remove(std::span<const std::uint64_t> ids) {
    const std::lock_guard writer(writers_);
    const std::unique_lock lock(store.lock());
    std::size_t removed = 0;
    for (const std::uint64_t id : ids) removed += store.book().remove(id) ? 1 : 0;
    return removed;
  }

  [[nodiscard]] std::vector<std::vector<Neighbor>> search(const float* queries, std::size_t count, std::size_t dims,
                                                          std::size_t k, const IndexSearchOptions& options) const {
    std::vector<std::vector<Neighbor>> out(count);
    const std::shared_lock lock(store.lock());
    for (std::size_t q = 0; q < count; ++q)
      if (store.has_nothing_for({queries + q * dims, dims}, k)) return out;
    for (std::size_t first = 0; first < count; first += kQueries) {
      const std::size_t some = std::min(kQueries, count - first);
      const bool exact = store.options().vectors == VectorForm::f32;
      (exact ? &FlatCore::search_floats : &FlatCore::search_codes)(*this, queries + first * dims, some, k, options,
                                                                   out.data() + first);
    }
    return out;
  }

  void save(IndexWriter& writer) const {
    const std::lock_guard alone(writers_);  // who waits for this keeps no search waiting
    const std::shared_lock lock(store.lock());
    store.save(writer, store.taken_slots());
  }

  RowStore store;

 private:
  static constexpr std::size_t kQueries = 256;  ///< queries that are looked for at a time
  static constexpr std::size_t kBlock = 2048;   ///< rows that a thread looks at at a time

  static void search_floats(const FlatCore& own, const float* queries, std::size_t count, std::size_t k,
                            const IndexSearchOptions& options, std::vector<Neighbor>* out) {
    const RowStore& store = own.store;
    const std::size_t dims = store.dims();
    const std::size_t padded = store.codes().row_bytes() / sizeof(float);
    std::vector<float> wide(count * padded);
    for (std::size_t q = 0; q < count; ++q) std::copy_n(queries + q * dims, dims, wide.data() + q * padded);
    SearchOptions search_options;
    search_options.metric = store.options().metric;
    search_options.executor = store.shared_executor();
    search_options.cpu_level = store.options().cpu_level;
    search_options.filter = [&](std::size_t slot) { return may_be_found(store, slot, options); };
    ExactSearch search(wide, count, padded, std::min(k, store.size()), search_options);
    for (std::size_t slot = 0; slot < store.slots();) {
      const std::size_t run =
          std::min({store.codes().run_from(slot), store.ids().run_from(slot), store.slots() - slot});
      search.add(store.codes().as<float>(slot), run, slot, store.ids().as<std::uint64_t>(slot));
      slot += run;
    }
    for (std::size_t q = 0; q < count; ++q)
      for (const ScoredRow& row : search.best(q).ranked()) out[q].push_back({row.index, static_cast<float>(row.score)});
  }

  static void search_codes(const FlatCore& own, const float* queries, std::size_t count, std::size_t k,
                           const IndexSearchOptions& options, std::vector<Neighbor>* out) {
    const RowStore& store = own.store;
    const std::size_t dims = store.dims();
    std::vector<CodedQuery> coded;
    for (std::size_t q = 0; q < count; ++q) coded.push_back(store.coder().query({queries + q * dims, dims}));
    struct Part {
      std::size_t first;
      std::size_t count;
    };
    std::vector<Part> parts;
    for (std::size_t slot = 0; slot < store.slots();) {
      const std::size_t run = std::min({kBlock, store.codes().run_from(slot), store.slots() - slot});
      parts.push_back({slot, run});
      slot += run;
    }
    const std::size_t workers = workers_for(store.executor(), parts.size());
    // Sums of floats depend by their last bits on how many queries there are; scores, and all but the last hits, do
    // not.
    const VectorForm form = store.options().vectors;
    const bool sums_floats = (form == VectorForm::bf16 || form == VectorForm::f16) && !store.options().rescore;
    const std::size_t wanted = sums_floats ? std::min(k, store.size()) + 8 : candidates_for(store, k, options);
    CodeSearch search(store, coded, std::min(wanted, store.size()), options, workers);
    parallel_for(store.executor(), parts.size(), workers, [&](std::size_t part, std::size_t worker) {
      search.scan_run(parts[part].first, parts[part].count, worker);
    });
    for (std::size_t q = 0; q < count; ++q)
      out[q] = neighbors_of(store, {queries + q * dims, dims}, coded[q], search.best(q), k, sums_floats);
  }

  mutable std::mutex writers_;  // who adds, removes or saves
};

}  // namespace detail

GLOSSA_INLINE FlatIndex::FlatIndex(const IndexOptions& options) : core_(std::make_unique<detail::FlatCore>(options)) {}
GLOSSA_INLINE FlatIndex::FlatIndex(FlatIndex&&) noexcept = default;
GLOSSA_INLINE FlatIndex& FlatIndex::operator=(FlatIndex&&) noexcept = default;
GLOSSA_INLINE FlatIndex::~FlatIndex() = default;

GLOSSA_INLINE void FlatIndex::add(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
  core_->add(ids, vectors);
}
GLOSSA_INLINE std::size_t FlatIndex::remove(std::span<const std::uint64_t> ids) { return core_->remove(ids); }
GLOSSA_INLINE std::vector<Neighbor> FlatIndex::search(std::span<const float> query, std::size_t k,
                                                      const IndexSearchOptions& options) const {
  return std::move(core_->search(query.data(), 1, query.size(), k, options).front());
}
GLOSSA_INLINE std::vector<std::vector<Neighbor>> FlatIndex::search(const Embeddings& queries, std::size_t k,
                                                                   const IndexSearchOptions& options) const {
  return core_->search(queries.values().data(), queries.rows(), queries.dims(), k, options);
}
GLOSSA_INLINE bool FlatIndex::contains(std::uint64_t id) const { return core_->store.book().contains(id); }
GLOSSA_INLINE std::size_t FlatIndex::size() const noexcept { return core_->store.size(); }
GLOSSA_INLINE std::size_t FlatIndex::dims() const noexcept { return core_->store.dims(); }
GLOSSA_INLINE const IndexOptions& FlatIndex::options() const noexcept { return core_->store.options(); }
GLOSSA_INLINE std::size_t FlatIndex::memory_bytes() const {
  const std::shared_lock lock(core_->store.lock());
  return core_->store.memory_bytes();
}

GLOSSA_INLINE void FlatIndex::save(const std::filesystem::path& path, const IndexAttachments& attachments) const {
  detail::IndexWriter writer(path, detail::IndexKind::flat);
  core_->save(writer);
  detail::save_attachments(writer, attachments);
  writer.commit();
}

GLOSSA_INLINE FlatIndex FlatIndex::load(const std::filesystem::path& path, const IndexLoadOptions& options) {
  auto file = std::make_shared<const detail::IndexFile>(path, options.verify);
  file->require(detail::IndexKind::flat);
  FlatIndex index;
  index.core_ = std::make_unique<detail::FlatCore>(std::move(file), options);
  return index;
}

GLOSSA_INLINE std::span<const std::byte> FlatIndex::attachment(std::string_view name) const {
  return detail::attachment_of(core_->store.file().get(), name);
}

}  // namespace glossa
