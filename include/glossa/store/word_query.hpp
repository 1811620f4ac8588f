// Segments of words and the pieces of a query come in; the chunks with the best BM25 go out.
#pragma once

#include <glossa/store/scored_chunk.hpp>
#include <glossa/store/word_scan.hpp>
#include <glossa/store/word_scores.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace glossa::detail {

/// A query. The segments, by growing chunks, have to stay.
class WordQuery {
 public:
  WordQuery(WordSegments segments, std::span<const TokenId> pieces) : segments_(segments), scores_(segments, pieces) {}

  /// At most `count`, the best first, of the chunks that pass: passes(chunk) tells; passes.bits(first) of the 64 from a
  /// number on, or has more bits than pass; passes.count(first, last) how many do from one number to another, or more;
  /// passes.each(first, last, f) calls f with these.
  template <class Passes>
  [[nodiscard]] std::vector<ScoredChunk> best(std::size_t count, const Passes& passes) const {
    BestHits best(count);
    if (count > 0)
      for (const auto& segment : segments_) WordScan<Passes>(scores_, *segment, passes, best).run();
    std::vector<ScoredChunk> out;
    for (const ScoredRow& own : best.ranked())
      out.push_back(
          {static_cast<std::int64_t>(own.index), WordScores::value_of(static_cast<std::uint32_t>(own.score))});
    return out;
  }

  /// Nothing where the chunk has none of the pieces.
  [[nodiscard]] std::optional<double> score_of(std::int64_t chunk) const {
    for (const auto& segment : segments_)
      if (const auto place = segment->place_of(chunk)) {
        const std::uint32_t steps = steps_of(*segment, *place);
        return steps == 0 ? std::nullopt : std::optional(WordScores::value_of(steps));
      }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::uint32_t steps_of(const WordSegment& segment, std::uint32_t place) const {
    std::uint32_t out = 0;
    Postings postings;
    for (const WeightedPiece& own : scores_.pieces()) {
      const WordEntry* entry = segment.find(own.piece);
      if (entry == nullptr) continue;
      const std::span<const PostingBlock> blocks = segment.blocks_of(*entry);
      const auto block =
          std::lower_bound(blocks.begin(), blocks.end(), place,
                           [](const PostingBlock& before, std::uint32_t wanted) { return before.last < wanted; });
      if (block == blocks.end() || block->first > place) continue;
      unpack(*block, segment.bytes(), segment.name(), postings);
      const auto end = postings.places.begin() + static_cast<std::ptrdiff_t>(postings.size);
      const auto found = std::lower_bound(postings.places.begin(), end, place);
      if (found == end || *found != place) continue;
      out += scores_.steps(own.weight, postings.frequencies[static_cast<std::size_t>(found - postings.places.begin())],
                           segment.lengths()[place]);
    }
    return out;
  }

  WordSegments segments_;
  WordScores scores_;
};

}  // namespace glossa::detail
