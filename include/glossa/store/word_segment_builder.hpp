// Chunks with their pieces come in, or segments of such; one segment goes out.
#pragma once

#include <glossa/store/word_segment.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <queue>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Takes the postings of one piece after another's, by growing pieces, and makes a segment of them.
class WordTablesWriter {
 public:
  WordTablesWriter(std::vector<std::int64_t> chunks, std::vector<std::uint32_t> lengths)
      : tables_{.chunks = std::move(chunks), .lengths = std::move(lengths)},
        packer_(tables_.lengths, mean_of(tables_.lengths)) {
    if (tables_.chunks.size() > WordSegment::kMostChunks) refuse();
  }
  WordTablesWriter(const WordTablesWriter&) = delete;
  WordTablesWriter& operator=(const WordTablesWriter&) = delete;

  void add(TokenId piece, std::uint32_t place, std::uint32_t frequency) {
    if (tables_.entries.empty() || tables_.entries.back().piece != piece) {
      packer_.flush();
      if (packer_.blocks() > std::numeric_limits<std::uint32_t>::max()) refuse();
      tables_.entries.push_back({.piece = piece, .first_block = static_cast<std::uint32_t>(packer_.blocks())});
    }
    ++tables_.entries.back().chunks;
    packer_.add(place, frequency);
  }

  [[nodiscard]] WordSegment finish() {
    packer_.flush();
    tables_.blocks = packer_.take_blocks();
    tables_.bytes = packer_.take_bytes();
    return WordSegment(std::move(tables_));
  }

 private:
  static double mean_of(std::span<const std::uint32_t> lengths) noexcept {
    const auto total = std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0});
    return lengths.empty() ? 0 : static_cast<double>(total) / static_cast<double>(lengths.size());
  }

  [[noreturn]] static void refuse() {
    throw Error(ErrorKind::unsupported, {.problem = "an index of words cannot hold so many chunks",
                                         .remedy = "divide the documents among several stores"});
  }

  WordTables tables_;
  PostingPacker packer_;
};

/// Gathers chunks, by growing numbers.
class WordSegmentBuilder {
 public:
  void begin(std::int64_t chunk) {
    chunks_.push_back(chunk);
    lengths_.push_back(0);
  }
  /// Of the chunk that was begun last.
  void add(TokenId piece) {
    postings_.push_back(std::uint64_t{piece} << 32 | (chunks_.size() - 1));
    ++lengths_.back();
  }
  [[nodiscard]] std::size_t pieces() const noexcept { return postings_.size(); }
  [[nodiscard]] std::size_t chunks() const noexcept { return chunks_.size(); }

  /// The segment; what was gathered is gone.
  [[nodiscard]] WordSegment finish() {
    std::sort(postings_.begin(), postings_.end());
    WordTablesWriter writer(std::exchange(chunks_, {}), std::exchange(lengths_, {}));
    for (std::size_t i = 0; i < postings_.size();) {
      std::size_t end = i + 1;
      while (end < postings_.size() && postings_[end] == postings_[i]) ++end;
      writer.add(static_cast<TokenId>(postings_[i] >> 32), static_cast<std::uint32_t>(postings_[i]),
                 static_cast<std::uint32_t>(end - i));
      i = end;
    }
    postings_.clear();
    return writer.finish();
  }

 private:
  std::vector<std::int64_t> chunks_;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::uint64_t> postings_;  ///< piece and place
};

/// One segment of several, whose chunks' numbers grow from one to the next; without the chunks that is_kept(number)
/// does not keep.
template <class IsKept>
[[nodiscard]] WordSegment merged_segment(std::span<const std::shared_ptr<const WordSegment>> segments,
                                         IsKept&& is_kept) {
  constexpr std::uint32_t kGone = 0xFFFFFFFFu;
  std::vector<std::int64_t> chunks;
  std::vector<std::uint32_t> lengths;
  std::vector<std::vector<std::uint32_t>> places(segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const WordSegment& own = *segments[s];
    for (std::size_t i = 0; i < own.chunks().size(); ++i) {
      const bool kept = is_kept(own.chunks()[i]);
      places[s].push_back(kept ? static_cast<std::uint32_t>(chunks.size()) : kGone);
      if (!kept) continue;
      chunks.push_back(own.chunks()[i]);
      lengths.push_back(own.lengths()[i]);
    }
  }
  WordTablesWriter writer(std::move(chunks), std::move(lengths));
  // The next entry of each segment; by piece, then by segment.
  using Next = std::pair<TokenId, std::size_t>;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  std::vector<std::size_t> at(segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s)
    if (!segments[s]->entries().empty()) queue.emplace(segments[s]->entries()[0].piece, s);
  auto postings = std::make_unique<Postings>();
  while (!queue.empty()) {
    const auto [piece, s] = queue.top();
    queue.pop();
    const WordSegment& own = *segments[s];
    for (const PostingBlock& block : own.blocks_of(own.entries()[at[s]])) {
      unpack(block, own.bytes(), own.name(), *postings);
      for (std::size_t i = 0; i < postings->size; ++i)
        if (const std::uint32_t place = places[s][postings->places[i]]; place != kGone)
          writer.add(piece, place, postings->frequencies[i]);
    }
    if (++at[s] < own.entries().size()) queue.emplace(own.entries()[at[s]].piece, s);
  }
  return writer.finish();
}

}  // namespace glossa::detail
