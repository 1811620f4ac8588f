// A query comes in, as a vector and as words; the hits of a store go out.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/store/document_hits.hpp>
#include <glossa/store/fusion.hpp>
#include <glossa/store/mmr.hpp>
#include <glossa/store/store_core.hpp>
#include <glossa/store/store_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace glossa::detail {

/// One search, in a transaction.
class DocumentSearch {
 public:
  DocumentSearch(StoreCore& core, std::span<const float> vector, std::span<const TokenId> pieces,
                 const StoreSearchOptions& options)
      : core_(core), vector_(vector), pieces_(pieces), options_(options) {}

  [[nodiscard]] std::vector<StoreHit> run() {
    core_.refresh(options_.mode != SearchMode::lexical, options_.mode != SearchMode::dense);
    if (options_.k == 0 || core_.places().chunks() == 0) return {};
    if (!options_.filter.is_all()) mask_ = core_.places().mask_of(options_.filter, core_.database());
    const bool merges = options_.merge_neighbors && options_.pooling == DocumentPooling::none;
    if (options_.mode != SearchMode::dense) words_.emplace(core_.lexical().query(pieces_));
    DocumentHits hits(core_);
    std::vector<ChunkWindow> windows;
    // Many windows of few documents make few hits: then more candidates are asked for.
    std::size_t count = candidates();
    for (int more = options_.candidates == 0 ? kMore : 0;; --more, count *= 4) {
      std::vector<FusedChunk> ranked = rank(count);
      const bool is_all = ranked.size() < std::min(count, passing());
      if (options_.pooling != DocumentPooling::none) pool(ranked);
      if (options_.mmr_lambda) diversify(ranked);
      windows = hits.windows(ranked, options_.k, merges);
      if (windows.size() >= options_.k || is_all || count >= passing() || more == 0) break;
    }
    return hits.hits(windows);
  }

 private:
  static constexpr int kMore = 3;
  static constexpr std::size_t kAtOnce = 5000;  ///< chunks: both rankings are made at once

  /// Chunks that a hit may be of.
  [[nodiscard]] std::size_t passing() const { return mask_ != nullptr ? mask_->chunks : core_.places().chunks(); }
  /// Of each ranking.
  [[nodiscard]] std::size_t candidates() const {
    const std::size_t k = std::min(options_.k, core_.places().chunks());
    const bool is_plain =
        options_.mode == SearchMode::dense && options_.pooling == DocumentPooling::none && !options_.mmr_lambda;
    return options_.candidates == 0 ? std::max<std::size_t>(is_plain ? 40 : 100, 4 * k)
                                    : std::max(options_.candidates, k);
  }

  [[nodiscard]] std::vector<FusedChunk> rank(std::size_t wanted) {
    const std::size_t count = std::min(wanted, core_.places().chunks());
    std::vector<Neighbor> gathered;
    std::vector<ScoredChunk> lexical;
    const auto search = [&](bool by_words) {
      if (!by_words && options_.mode != SearchMode::lexical) gathered = core_.candidates(vector_, count, mask_.get());
      if (by_words && words_) lexical = words_->best(count, PassingChunks(core_.places(), mask_.get()));
    };
    if (options_.mode == SearchMode::hybrid && core_.places().chunks() >= kAtOnce) {
      parallel_for(core_.executor(), 2, [&](std::size_t i, std::size_t) { search(i == 1); });
    } else {
      search(false);
      search(true);
    }
    const std::vector<ScoredChunk> dense = core_.nearest(vector_, count, gathered);
    std::vector<FusedChunk> out;
    std::unordered_set<std::int64_t> known;
    for (const ScoredChunk& own : dense) {
      known.insert(own.chunk);
      out.push_back({own.chunk, own.score, own.score, bm25_of(own.chunk)});
    }
    for (const ScoredChunk& own : lexical)
      if (known.insert(own.chunk).second)
        out.push_back({own.chunk, own.score,
                       options_.mode == SearchMode::hybrid ? core_.exact_score(vector_, own.chunk) : std::nullopt,
                       own.score});
    if (options_.mode != SearchMode::hybrid) return out;
    if (options_.fusion == Fusion::reciprocal_rank) {
      fuse_by_ranks(out, dense, lexical);
    } else {
      fuse_by_scores(out, options_.dense_weight);
    }
    return out;
  }

  [[nodiscard]] std::optional<double> bm25_of(std::int64_t chunk) {
    return words_ ? words_->score_of(chunk) : std::nullopt;
  }

  /// Keeps each document's best window; for the mean, with the mean of all its windows.
  void pool(std::vector<FusedChunk>& ranked) {
    if (options_.pooling == DocumentPooling::mean) add_windows(ranked);
    std::map<std::uint32_t, std::pair<double, std::size_t>> sums;
    for (const FusedChunk& own : ranked) {
      auto& [sum, count] = sums[core_.places().place_of_chunk(own.chunk)];
      sum += own.score;
      ++count;
    }
    std::unordered_set<std::uint32_t> seen;
    std::vector<FusedChunk> out;
    for (FusedChunk own : ranked) {
      const std::uint32_t place = core_.places().place_of_chunk(own.chunk);
      if (!seen.insert(place).second) continue;
      if (options_.pooling == DocumentPooling::mean)
        own.score = sums[place].first / static_cast<double>(sums[place].second);
      out.push_back(own);
    }
    std::stable_sort(out.begin(), out.end(), is_better_fused);
    ranked = std::move(out);
  }

  /// All windows of the documents that have one among the candidates, with scores.
  void add_windows(std::vector<FusedChunk>& ranked) {
    std::unordered_set<std::int64_t> known;
    std::unordered_set<std::uint32_t> places;
    for (const FusedChunk& own : ranked) {
      known.insert(own.chunk);
      places.insert(core_.places().place_of_chunk(own.chunk));
    }
    for (const std::uint32_t at : places) {
      if (at == NumberMap::kNone) continue;
      const DocumentPlaces::Place& place = core_.places().places()[at];
      for (std::int64_t chunk = place.first_chunk; chunk < place.first_chunk + place.chunks; ++chunk) {
        if (!known.insert(chunk).second) continue;
        FusedChunk own{chunk, 0, std::nullopt, bm25_of(chunk)};
        if (options_.mode != SearchMode::lexical) own.dense = core_.exact_score(vector_, chunk);
        own.score = options_.mode == SearchMode::dense ? own.dense.value_or(0) : own.lexical.value_or(0);
        ranked.push_back(own);
      }
    }
    if (options_.mode != SearchMode::hybrid) {
      std::sort(ranked.begin(), ranked.end(), is_better_fused);
    } else if (options_.fusion == Fusion::weighted) {
      fuse_by_scores(ranked, options_.dense_weight);
    } else {  // what was no candidate has a rank, too
      fuse_by_ranks(ranked, ranking(ranked, &FusedChunk::dense), ranking(ranked, &FusedChunk::lexical));
    }
  }

  [[nodiscard]] static std::vector<ScoredChunk> ranking(std::span<const FusedChunk> chunks,
                                                        std::optional<double> FusedChunk::*score) {
    std::vector<ScoredChunk> out;
    for (const FusedChunk& own : chunks)
      if (own.*score) out.push_back({own.chunk, *(own.*score)});
    std::sort(out.begin(), out.end(), is_better_chunk);
    return out;
  }

  void diversify(std::vector<FusedChunk>& ranked) {
    ranked.resize(std::min(ranked.size(), std::max<std::size_t>(100, 4 * std::min(options_.k, ranked.size()))));
    const std::size_t dims = core_.traits().dims;
    std::vector<float> vectors(ranked.size() * dims);
    std::vector<double> relevance;
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      (void)core_.database().read_vector(ranked[i].chunk, std::span(vectors).subspan(i * dims, dims));
      relevance.push_back(ranked[i].score);
    }
    std::vector<FusedChunk> out;
    // More than k of them: neighbours among them may become one hit.
    for (const std::size_t i :
         diverse_choice(relevance, ranked.size(), *options_.mmr_lambda, [&](std::size_t a, std::size_t b) {
           return exact_similarity(std::span(vectors).subspan(a * dims, dims),
                                   std::span(vectors).subspan(b * dims, dims), Metric::cosine);
         }))
      out.push_back(ranked[i]);
    ranked = std::move(out);
  }

  StoreCore& core_;
  std::span<const float> vector_;
  std::span<const TokenId> pieces_;
  const StoreSearchOptions& options_;
  std::shared_ptr<const FilterMask> mask_;
  std::optional<WordQuery> words_;
};

}  // namespace glossa::detail
