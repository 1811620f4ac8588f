// Segments of words and the pieces of a query come in; what a piece gives to a chunk's BM25 goes out.
#pragma once

#include <glossa/store/word_segment.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace glossa::detail {

using WordSegments = std::span<const std::shared_ptr<const WordSegment>>;

/// A piece of a query, with what it counts for.
struct WeightedPiece {
  TokenId piece = 0;
  float weight = 0;  ///< steps, where a chunk is full of it
};

/// Scores are whole numbers of steps of 2⁻¹⁶, so that sums do not depend on their order: of equal chunks the older
/// comes first whichever way they were found. A piece gives 1 step or more.
///
///     Σ idf · f · (k1 + 1) / (f + k1 · (1 - b + b · length / mean length)),  idf = ln((N - n + ½) / (n + ½)) or 10⁻⁶
///
/// over the query's pieces, as often as each is in it.
class WordScores {
 public:
  /// Of so many pieces at most, as many as models take; bounds the time of a query, and its scores to less than 2³¹
  /// steps.
  static constexpr std::size_t kMostPieces = 512;

  WordScores(WordSegments segments, std::span<const TokenId> pieces) : norm_(0) {
    std::uint64_t chunks = 0;
    std::uint64_t length = 0;
    for (const auto& segment : segments) {
      chunks += segment->chunks().size();
      length += segment->total_length();
    }
    mean_length_ = chunks == 0 ? 0 : static_cast<double>(length) / static_cast<double>(chunks);
    norm_ = LengthNorm(mean_length_);
    std::map<TokenId, std::size_t> counts;
    for (const TokenId piece : pieces.first(std::min(pieces.size(), kMostPieces))) ++counts[piece];
    for (const auto& [piece, count] : counts) {
      std::uint64_t having = 0;
      for (const auto& segment : segments)
        if (const WordEntry* entry = segment->find(piece)) having += entry->chunks;
      if (having == 0) continue;
      const double absent = static_cast<double>(chunks - having) + 0.5;
      const double idf = std::max(1e-6, std::log(absent / (static_cast<double>(having) + 0.5)));
      pieces_.push_back({piece, static_cast<float>(static_cast<double>(count) * idf * (kBm25Saturation + 1) * kSteps)});
    }
  }

  /// Those that some chunk has.
  [[nodiscard]] const std::vector<WeightedPiece>& pieces() const noexcept { return pieces_; }
  [[nodiscard]] double mean_length() const noexcept { return mean_length_; }
  [[nodiscard]] std::uint32_t steps(float weight, std::uint32_t frequency, std::uint32_t length) const noexcept {
    return std::max(1u, static_cast<std::uint32_t>(weight * norm_.saturated(frequency, length) + 0.5F));
  }
  [[nodiscard]] static double value_of(std::uint32_t steps) noexcept { return static_cast<double>(steps) / kSteps; }

 private:
  static constexpr double kSteps = 0x1p16;

  LengthNorm norm_;
  double mean_length_ = 0;
  std::vector<WeightedPiece> pieces_;
};

}  // namespace glossa::detail
