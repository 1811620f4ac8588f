// Two rankings of the same chunks come in; one goes out.
#pragma once

#include <glossa/store/scored_chunk.hpp>
#include <glossa/store/store_options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace glossa::detail {

/// A chunk with its scores in each ranking, where it has one there.
struct FusedChunk {
  std::int64_t chunk = 0;
  double score = 0;
  std::optional<double> dense{};
  std::optional<double> lexical{};
};

[[nodiscard]] inline bool is_better_fused(const FusedChunk& a, const FusedChunk& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

/// How far values lie from their mean, in standard deviations.
class StandardScore {
 public:
  template <class Range, class Get>
  StandardScore(const Range& items, Get&& get) {
    double sum = 0;
    for (const auto& item : items) sum += get(item);
    const double count = static_cast<double>(std::max<std::size_t>(items.size(), 1));
    mean_ = sum / count;
    double squares = 0;
    for (const auto& item : items) squares += (get(item) - mean_) * (get(item) - mean_);
    deviation_ = std::sqrt(squares / count);
  }
  [[nodiscard]] double operator()(double value) const noexcept {
    return deviation_ > 1e-12 ? (value - mean_) / deviation_ : 0;
  }

 private:
  double mean_ = 0;
  double deviation_ = 0;
};

/// Σ 1 / (60 + rank) over the rankings, whose best chunks come in in order; sorts the chunks.
inline void fuse_by_ranks(std::vector<FusedChunk>& chunks, std::span<const ScoredChunk> dense,
                          std::span<const ScoredChunk> lexical) {
  std::unordered_map<std::int64_t, double> sums;
  for (const auto ranking : {dense, lexical})
    for (std::size_t i = 0; i < ranking.size(); ++i) sums[ranking[i].chunk] += 1.0 / (61.0 + static_cast<double>(i));
  for (FusedChunk& chunk : chunks) {
    const auto found = sums.find(chunk.chunk);
    chunk.score = found == sums.end() ? 0 : found->second;
  }
  std::sort(chunks.begin(), chunks.end(), is_better_fused);
}

/// weight · dense + (1 - weight) · lexical in standard scores of all the chunks, which have both (no piece of the
/// query: 0); sorts the chunks.
inline void fuse_by_scores(std::vector<FusedChunk>& chunks, double weight) {
  const StandardScore dense(chunks, [](const FusedChunk& chunk) { return chunk.dense.value_or(0); });
  const StandardScore lexical(chunks, [](const FusedChunk& chunk) { return chunk.lexical.value_or(0); });
  for (FusedChunk& chunk : chunks)
    chunk.score = weight * dense(chunk.dense.value_or(0)) + (1 - weight) * lexical(chunk.lexical.value_or(0));
  std::sort(chunks.begin(), chunks.end(), is_better_fused);
}

}  // namespace glossa::detail
