// A segment of words comes in, with what pieces are worth; its best chunks go out.
#pragma once

#include <glossa/search/best_hits.hpp>
#include <glossa/store/word_scores.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace glossa::detail {

/// A walk through a segment, window by window of its chunks, for those with the best sums of steps. Exact: what is
/// passed over cannot be among the best, by the bounds of the pieces' blocks (MaxScore: Turtle and Flood 1995; with
/// bounds of blocks: Ding and Suel 2011).
template <class Passes>
class WordScan {
 public:
  WordScan(const WordScores& scores, const WordSegment& segment, const Passes& passes, BestHits& best)
      : scores_(scores), segment_(segment), passes_(passes), best_(best), sums_(kWindow) {
    // Means that grew since the bounds were made let a posting count for more, by their ratio at most.
    const double own_mean = segment.mean_length();
    growth_ = own_mean > 0 ? std::max(1.0, scores.mean_length() / own_mean) : 1.0;
    for (const WeightedPiece& own : scores.pieces())
      if (const WordEntry* entry = segment.find(own.piece))
        lists_.push_back({own.weight, static_cast<double>(own.weight) * kMargin, segment.blocks_of(*entry)});
    order_.reserve(lists_.size());
    below_.resize(lists_.size() + 1);
  }

  void run() {
    const auto end = static_cast<std::uint32_t>(segment_.chunks().size());
    for (first_ = 0; first_ < end && !lists_.empty(); first_ = last_ + 1) {
      last_ = std::min(end - 1, first_ + (kWindow - 1));
      window();
    }
  }

 private:
  static constexpr std::uint32_t kWindow = 4096;
  static constexpr std::size_t kFew = 64;         ///< chunks of a window: their postings are looked up
  static constexpr double kMargin = 1 + 0x1p-20;  ///< over what floats round
  static constexpr std::uint32_t kGroup = 64;
  static constexpr std::uint32_t kPart = 16;
  static_assert(kWindow % kGroup == 0);

  struct List {
    float weight = 0;
    double bound_weight = 0;
    std::span<const PostingBlock> blocks{};
    std::size_t begin = 0;  ///< of the blocks that reach into the window
    std::size_t end = 0;
    std::uint32_t bound = 0;           ///< of what it gives to a chunk in there
    std::unique_ptr<Postings> kept{};  ///< a block that reaches far
    std::size_t kept_block = kNoBlock;
  };
  static constexpr std::size_t kNoBlock = ~std::size_t{0};
  static constexpr std::size_t kFewBlocks = 2;  ///< in a window: they are looked into for its bound

  void window() {
    const std::size_t passing = passes_.count(number(first_), number(last_));
    order_.clear();
    for (List& list : lists_) {
      while (list.begin < list.blocks.size() && list.blocks[list.begin].last < first_) ++list.begin;
      float most = 0;
      for (list.end = list.begin; list.end < list.blocks.size() && list.blocks[list.end].first <= last_; ++list.end)
        most = std::max(most, list.blocks[list.end].bound);
      list.bound =
          list.end - list.begin <= kFewBlocks
              ? most_of(list)
              : static_cast<std::uint32_t>(list.bound_weight * std::min(1.0, growth_ * static_cast<double>(most))) + 2;
      if (list.bound > 0) order_.push_back(&list);
    }
    if (passing == 0) return;
    std::sort(order_.begin(), order_.end(), [](const List* a, const List* b) { return a->bound < b->bound; });
    for (std::size_t i = 0; i < order_.size(); ++i) below_[i + 1] = below_[i] + order_[i]->bound;
    const std::uint32_t threshold = least();
    if (below_[order_.size()] <= threshold) return;
    candidates_.clear();
    std::size_t left = order_.size();  // lists that have not been looked at
    if (passing <= kFew) {
      passes_.each(number(first_), number(last_), [&](std::int64_t chunk) {
        if (const auto place = segment_.place_of(chunk)) candidates_.push_back({*place, 0});
      });
    } else {
      left = 0;  // what has no other piece than these is not among the best
      while (left < order_.size() && below_[left + 1] <= threshold) ++left;
      for (std::size_t i = left; i < order_.size(); ++i) add_all(*order_[i]);
      gather(threshold > below_[left] ? threshold - below_[left] : 0);
    }
    while (left > 0 && !candidates_.empty()) {
      add_to_candidates(*order_[--left]);
      std::erase_if(candidates_,
                    [&](const Candidate& own) { return std::uint64_t{own.steps} + below_[left] <= threshold; });
    }
    for (const Candidate& own : candidates_)
      if (own.steps > least() && passes_(number(own.place)))
        best_.add({static_cast<double>(own.steps), static_cast<std::uint64_t>(number(own.place))});
  }

  [[nodiscard]] std::int64_t number(std::uint32_t place) const noexcept { return segment_.chunks()[place]; }
  /// What the steps of a chunk have to be above: chunks come in order, and of equal ones the first stays.
  [[nodiscard]] std::uint32_t least() const noexcept {
    const double own = best_.threshold();
    return own > 0 ? static_cast<std::uint32_t>(own) : 0;
  }

  /// A block of a list. Of a list with few in the window it stays unpacked: it may reach into many windows.
  const Postings& postings_of(List& list, std::size_t b) {
    if (list.end - list.begin > kFewBlocks) {
      unpack(list.blocks[b], segment_.bytes(), segment_.name(), *postings_);
      return *postings_;
    }
    if (list.kept == nullptr) list.kept = std::make_unique<Postings>();
    if (list.kept_block != b) {
      list.kept_block = kNoBlock;
      unpack(list.blocks[b], segment_.bytes(), segment_.name(), *list.kept);
      list.kept_block = b;
    }
    return *list.kept;
  }
  /// Calls take(place, steps) for each of a list's postings in the window.
  template <class Take>
  void each_posting(List& list, Take&& take) {
    const std::uint32_t* lengths = segment_.lengths().data();
    for (std::size_t b = list.begin; b < list.end; ++b) {
      const Postings& own = postings_of(list, b);
      const auto end = own.places.begin() + static_cast<std::ptrdiff_t>(own.size);
      auto i = static_cast<std::size_t>(std::lower_bound(own.places.begin(), end, first_) - own.places.begin());
      for (; i < own.size && own.places[i] <= last_; ++i)
        take(own.places[i], scores_.steps(list.weight, own.frequencies[i], lengths[own.places[i]]));
    }
  }
  /// The most that a list gives to a chunk of the window; 0: it has none of them.
  [[nodiscard]] std::uint32_t most_of(List& list) {
    std::uint32_t most = 0;
    each_posting(list, [&](std::uint32_t, std::uint32_t steps) { most = std::max(most, steps); });
    return most;
  }
  void add_all(List& list) {
    each_posting(list, [&](std::uint32_t place, std::uint32_t steps) { sums_[place - first_] += steps; });
  }

  /// The chunks of sums above one that pass, and all sums are 0 again. In the best case no branch depends on a chunk.
  void gather(std::uint32_t most_left) {
    for (std::uint32_t begin = 0; begin <= last_ - first_; begin += kGroup) {
      std::uint64_t above = 0;
      for (std::uint32_t part = 0; part < kGroup; part += kPart) {
        const std::uint32_t* own = sums_.data() + begin + part;
        std::uint32_t differences = 0;  // sums are below 2³¹: the highest bit tells of a larger one
        for (std::uint32_t i = 0; i < kPart; ++i) differences |= most_left - own[i];
        if (differences >> 31 == 0) continue;
        for (std::uint32_t i = 0; i < kPart; ++i) above |= std::uint64_t{(most_left - own[i]) >> 31} << (part + i);
      }
      if (above == 0) continue;
      const std::uint32_t place = first_ + begin;
      const std::uint32_t end = std::min(last_, place + (kGroup - 1));
      const std::int64_t base = number(place);
      const bool in_steps_of_1 = number(end) - base == end - place;
      if (in_steps_of_1) above &= passes_.bits(base);
      for (; above != 0; above &= above - 1) {
        const auto i = static_cast<std::uint32_t>(std::countr_zero(above));
        if (in_steps_of_1 || passes_(number(place + i))) candidates_.push_back({place + i, sums_[begin + i]});
      }
    }
    std::fill(sums_.begin(), sums_.end(), 0u);
  }

  void add_to_candidates(List& list) {
    std::size_t next = 0;
    for (std::size_t b = list.begin; b < list.end && next < candidates_.size(); ++b) {
      const PostingBlock& block = list.blocks[b];
      while (next < candidates_.size() && candidates_[next].place < block.first) ++next;
      if (next == candidates_.size() || candidates_[next].place > block.last) continue;
      const Postings& own = postings_of(list, b);
      for (std::size_t i = 0; i < own.size && next < candidates_.size();) {
        Candidate& wanted = candidates_[next];
        if (wanted.place > block.last) break;
        if (own.places[i] < wanted.place) {
          ++i;
        } else {
          if (own.places[i] == wanted.place)
            wanted.steps += scores_.steps(list.weight, own.frequencies[i], segment_.lengths()[wanted.place]);
          ++next;
        }
      }
    }
  }

  struct Candidate {
    std::uint32_t place = 0;
    std::uint32_t steps = 0;
  };

  const WordScores& scores_;
  const WordSegment& segment_;
  const Passes& passes_;
  BestHits& best_;
  std::unique_ptr<Postings> postings_ = std::make_unique<Postings>();
  std::vector<List> lists_;
  std::vector<List*> order_;           ///< those in the window, by their bounds
  std::vector<std::uint32_t> below_;   ///< sums of the bounds of the first so many
  std::vector<std::uint32_t> sums_;    ///< of the window's chunks
  std::vector<Candidate> candidates_;  ///< in order
  double growth_ = 1;
  std::uint32_t first_ = 0;  ///< places of the window
  std::uint32_t last_ = 0;
};

}  // namespace glossa::detail
