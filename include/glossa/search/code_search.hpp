// Queries and stored rows come in; the rows with the greatest similarity go out, as their form tells it.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/code_columns.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/target.hpp>
#include <glossa/search/best_hits.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/row_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace glossa::detail {

/// Whether a slot's row may be found.
[[nodiscard]] inline bool may_be_found(const RowStore& store, std::size_t slot, const IndexSearchOptions& options) {
  return store.is_taken(slot) && (!options.filter || options.filter(store.id(slot)));
}

/// Ranks slots for some queries by their similarities, in a crew of workers. Many queries meet blocks of rows as a
/// matrix product: those of int8 where the processor is good at it, those of 16 bits as floats.
class CodeSearch {
 public:
  CodeSearch(const RowStore& store, std::span<const CodedQuery> queries, std::size_t count,
             const IndexSearchOptions& options, std::size_t workers)
      : store_(store), queries_(queries), options_(options), sums_(store.coder().sums(store.kernels().codes)) {
    for (std::size_t w = 0; w < workers; ++w) crew_.push_back(std::make_unique<Worker>(queries.size(), count));
    if (store.coder().form() == VectorForm::int8 && store.kernels().codes.int8_product != nullptr &&
        queries.size() >= kFewQueries)
      pack_bytes();
    const bool has_halves = store.coder().form() == VectorForm::f16 || store.coder().form() == VectorForm::bf16;
    if (has_halves && queries.size() >= kFewQueries) pack_floats();
  }

  /// Rows [first, first + count), which lie one after another.
  void scan_run(std::size_t first, std::size_t count, std::size_t worker) {
    for (std::size_t done = 0; done < count; done += kBlock)
      scan_block(first + done, std::min(kBlock, count - done), *crew_[worker]);
  }

  /// Rows anywhere, for one query.
  void scan_slots(std::size_t q, std::span<const std::uint32_t> slots, std::size_t worker) {
    Worker& own = *crew_[worker];
    for (std::size_t done = 0; done < slots.size(); done += kBlock) {
      const auto part = slots.subspan(done, std::min(kBlock, slots.size() - done));
      for (std::size_t i = 0; i < part.size(); ++i) own.places[i] = store_.codes()[part[i]];
      const std::size_t bytes = store_.codes().row_bytes();
      for (std::size_t i = 0; i < part.size(); ++i)
        for (std::size_t at = 0; at < bytes; at += 64) GLOSSA_PREFETCH(own.places[i] + at);
      const CodedQuery& query = queries_[q];
      sums_({query.values.data(), nullptr, 0, own.places, part.size(), store_.coder().number_bytes(), own.sums});
      for (std::size_t i = 0; i < part.size(); ++i)
        consider(q, part[i], query.key(own.sums[i], store_.coder().terms(own.places[i])), own);
    }
  }

  /// The best slots of query q with their keys, best first.
  [[nodiscard]] std::vector<ScoredRow> best(std::size_t q) const {
    BestRows<ScoredSlot> all(crew_.front()->best[q]);
    for (std::size_t w = 1; w < crew_.size(); ++w) all.add(crew_[w]->best[q]);
    std::vector<ScoredRow> out;
    for (const ScoredSlot& row : all.ranked()) out.push_back({row.score, row.slot});
    return out;
  }

 private:
  static constexpr std::size_t kBlock = 256;
  static constexpr std::size_t kFewQueries = 4;

  /// A row as BestRows ranks it: of equal keys those with the lower ids stay, wherever their slots are.
  struct ScoredSlot {
    double score;
    std::uint64_t index;  ///< the id
    std::size_t slot;
  };

  struct Worker {
    Worker(std::size_t queries, std::size_t count)
        : best(queries, BestRows<ScoredSlot>(count)), limits(round_up(queries, kInt8Columns)) {
      std::fill(limits.begin(), limits.begin() + static_cast<std::ptrdiff_t>(queries),
                -std::numeric_limits<float>::infinity());
      std::fill(limits.begin() + static_cast<std::ptrdiff_t>(queries), limits.end(),
                std::numeric_limits<float>::infinity());
    }
    std::vector<BestRows<ScoredSlot>> best;
    std::vector<float> limits;  ///< keys below are not among the best
    AlignedBuffer<float> scores;
    AlignedBuffer<float> floats;
    const std::byte* places[kBlock];
    float sums[kBlock];
    bool found[kBlock];
  };

  void pack_floats() {
    const std::size_t size = store_.coder().number_bytes() / sizeof(std::uint16_t);
    const std::size_t panel = store_.kernels().panel;
    packed_floats_ = PackedMatrix<float>(size, round_up(queries_.size(), panel), panel);
    for (std::size_t q = 0; q < queries_.size(); ++q)
      packed_floats_.set_columns_from_rows(q, 1, reinterpret_cast<const float*>(queries_[q].values.data()), size);
  }

  void pack_bytes() {
    const std::size_t bytes = store_.coder().number_bytes();
    const std::size_t columns = round_up(queries_.size(), kInt8Columns);
    packed_ = AlignedBuffer<std::int8_t>(columns * bytes);
    std::memset(packed_.data(), 0, packed_.size());
    offsets_.assign(columns, 0);
    scales_.assign(columns, 0);
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const auto* from = reinterpret_cast<const std::int8_t*>(queries_[q].values.data());
      offsets_[q] = pack_code_column(packed_.data(), bytes, q, [&](std::size_t k) { return int{from[k]}; });
      scales_[q] = queries_[q].scale;
    }
  }

  void scan_block(std::size_t first, std::size_t count, Worker& own) {
    const std::byte* rows = store_.codes()[first];
    const std::size_t stride = store_.codes().row_bytes();
    const std::size_t bytes = store_.coder().number_bytes();
    if (!packed_.empty()) {
      const auto* terms = reinterpret_cast<const RowTerms*>(rows + bytes);
      const std::size_t columns = offsets_.size();
      float* scores = own.scores.ensure(kBlock * columns);
      store_.kernels().codes.int8_product({rows, stride, count, bytes, &terms->scale, &terms->term,
                                           stride / sizeof(float), packed_.data(), columns, offsets_.data(),
                                           scales_.data(), own.limits.data(), scores, own.found});
      for (std::size_t r = 0; r < count; ++r) {
        if (!own.found[r]) continue;
        for (std::size_t q = 0; q < queries_.size(); ++q) consider(q, first + r, scores[r * columns + q], own);
      }
      return;
    }
    if (packed_floats_.columns() != 0) return scan_floats(first, count, own);
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const CodedQuery& query = queries_[q];
      sums_({query.values.data(), rows, stride, nullptr, count, bytes, own.sums});
      if (store_.coder().has_terms())
        for (std::size_t r = 0; r < count; ++r)
          own.sums[r] = query.key(own.sums[r], store_.coder().terms(rows + r * stride));
      for (std::size_t r = 0; r < count; ++r) consider(q, first + r, own.sums[r], own);
    }
  }

  void scan_floats(std::size_t first, std::size_t count, Worker& own) {
    const Kernels<float>& kernels = store_.kernels();
    const bool is_f16 = store_.coder().form() == VectorForm::f16;
    const std::byte* rows = store_.codes()[first];
    const std::size_t stride = store_.codes().row_bytes();
    const std::size_t bytes = store_.coder().number_bytes();
    const std::size_t size = bytes / sizeof(std::uint16_t);
    const std::size_t columns = packed_floats_.columns();
    float* floats = own.floats.ensure(kBlock * size);
    float* scores = own.scores.ensure(kBlock * columns);
    (is_f16 ? kernels.codes.widen_f16 : kernels.codes.widen_bf16)({rows, stride, count, bytes, floats});
    kernels.multiply({floats, size, count, packed_floats_.panel(0), size, columns, scores, columns});
    for (std::size_t r = 0; r < count; ++r, scores += columns) {
      const float term = store_.coder().terms(rows + r * stride).term;
      int in = 0;
      for (std::size_t q = 0; q < queries_.size(); ++q) {
        scores[q] += term;
        in |= static_cast<int>(scores[q] >= own.limits[q]);
      }
      if (in == 0) continue;
      for (std::size_t q = 0; q < queries_.size(); ++q) consider(q, first + r, scores[q], own);
    }
  }

  void consider(std::size_t q, std::size_t slot, float key, Worker& own) {
    if (!(key >= own.limits[q]) || !may_be_found(store_, slot, options_)) return;
    BestRows<ScoredSlot>& best = own.best[q];
    best.add({static_cast<double>(key), store_.id(slot), slot});
    own.limits[q] = static_cast<float>(best.threshold());
  }

  const RowStore& store_;
  std::span<const CodedQuery> queries_;
  const IndexSearchOptions& options_;
  void (*sums_)(const CodeSums&);
  std::vector<std::unique_ptr<Worker>> crew_;
  PackedMatrix<float> packed_floats_;
  AlignedBuffer<std::int8_t> packed_;
  std::vector<std::int32_t> offsets_;
  std::vector<float> scales_;
};

/// How many candidates a search gathers for its k hits.
[[nodiscard]] inline std::size_t candidates_for(const RowStore& store, std::size_t k,
                                                const IndexSearchOptions& options) noexcept {
  if (!store.options().rescore) return k;
  const std::size_t asked = options.rescored != 0 ? options.rescored : std::max<std::size_t>(4 * k, 32);
  return std::min(std::max(asked, k), store.size());
}

/// The k best of some slots with keys, best first: scored again in double where there is a finer copy, or where that is
/// asked for. Of equal scores the lower id comes first.
[[nodiscard]] inline std::vector<Neighbor> neighbors_of(const RowStore& store, std::span<const float> vector,
                                                        const CodedQuery& query, std::span<const ScoredRow> slots,
                                                        std::size_t k, bool scores_again = false) {
  BestHits best(k);
  std::vector<float> scratch;
  for (const ScoredRow& row : slots) {
    const auto slot = static_cast<std::size_t>(row.index);
    const double score =
        store.options().rescore || scores_again
            ? store.exact_score(vector, slot, scratch)
            : static_cast<double>(score_of(query.similarity(static_cast<float>(row.score)), store.options().metric));
    best.add({score, store.id(slot)});
  }
  std::vector<Neighbor> out;
  for (const ScoredRow& row : best.ranked()) out.push_back({row.index, static_cast<float>(row.score)});
  return out;
}

}  // namespace glossa::detail
