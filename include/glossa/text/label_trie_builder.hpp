// Pieces as labels of their characters come in; the units and tails of their trie go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/label_trie.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

[[noreturn]] inline void refuse_label_trie() {
  throw Error(ErrorKind::unsupported,
              {.problem = "the vocabulary is too large for a trie of its pieces",
               .remedy = "is this the right file? vocabularies hold less than a million pieces"});
}

/// Finds places for the children of nodes: 64 at a time, from bits of the units that are free. Where a place was looked
/// for many times in vain it is not looked for again, which keeps building linear.
class LabelTrieLayout {
 public:
  LabelTrieLayout() {
    units_.push_back({LabelUnit::kFree});
    grow(1);
    used_[0] = 1;  // no node has the place 0
  }

  /// Writes the children (at least one) of one node, and returns their place.
  std::uint32_t place(std::span<const LabelUnit> children) {
    const std::size_t place = find_place(children);
    used_[place >> 6] |= std::uint64_t{1} << (place & 63);
    for (const LabelUnit& child : children) {
      const std::size_t unit = place + child.label();
      if (unit >= units_.size()) units_.resize(unit + 1, {LabelUnit::kFree});
      units_[unit] = child;
      free_[unit >> 6] &= ~(std::uint64_t{1} << (unit & 63));
    }
    return static_cast<std::uint32_t>(place);
  }

  [[nodiscard]] std::vector<LabelUnit> finish(std::uint32_t root) && {
    units_[0] = LabelUnit::of(LabelUnit::kFree, root, false, LabelUnit::kNoPiece);
    return std::move(units_);
  }

 private:
  static constexpr std::uint8_t kMostFailures = 32;

  /// Makes room for so many words of places.
  void grow(std::size_t words) {
    if (words * 64 > LabelUnit::kMostPlaces) refuse_label_trie();
    free_.resize(words + LabelUnit::kFree / 64 + 2, ~std::uint64_t{0});  // as many more as labels reach
    used_.resize(words, 0);
    failures_.resize(words, 0);
  }

  std::size_t find_place(std::span<const LabelUnit> children) {
    while (first_ < failures_.size() && failures_[first_] >= kMostFailures) ++first_;
    for (std::size_t word = first_;; ++word) {
      if (word == used_.size()) grow(word + 1);
      if (failures_[word] >= kMostFailures) continue;
      if (const std::uint64_t places = places_in(word, children))
        return word * 64 + static_cast<std::size_t>(std::countr_zero(places));
      ++failures_[word];
    }
  }

  /// The places among the 64 from word * 64 on at which all children find free units.
  [[nodiscard]] std::uint64_t places_in(std::size_t word, std::span<const LabelUnit> children) const noexcept {
    std::uint64_t places = ~used_[word];
    for (const LabelUnit& child : children) {
      const std::size_t first = word + child.label() / 64;
      const unsigned shift = child.label() % 64;
      places &= shift == 0 ? free_[first] : free_[first] >> shift | free_[first + 1] << (64 - shift);
      if (places == 0) break;
    }
    return places;
  }

  std::vector<LabelUnit> units_;
  std::vector<std::uint64_t> free_;  // one bit a unit
  std::vector<std::uint64_t> used_;  // one bit a place
  std::vector<std::uint8_t> failures_;
  std::size_t first_ = 0;  // the first word of places that is searched
};

/// A piece by its labels.
struct LabelledPiece {
  std::span<const CharacterLabels::Label> key;
  TokenId id;
};

/// A trie that owns its units and tails.
class LabelTrie {
 public:
  LabelTrie() = default;

  /// Pieces with a common head follow each other, a shorter one first; none comes twice or is empty; ids are below
  /// LabelUnit::kNoPiece. A node is placed after those below it, so that what a look-up goes through lies close
  /// together (placing the nodes of the likeliest pieces first, in few cache lines, was tried: a fifth more cache
  /// misses in texts of many languages).
  explicit LabelTrie(std::span<const LabelledPiece> pieces) {
    LabelTrieLayout layout;
    const std::uint32_t root = pieces.empty() ? 0 : place_children(pieces, 0, layout);
    units_ = std::move(layout).finish(root);
  }

  [[nodiscard]] LabelTrieView view() const noexcept { return {units_, tails_}; }

 private:
  static constexpr std::size_t kDeepest = 2048;  // nodes below each other, as many as a thread's stack has room for

  /// Places what lies below a node whose pieces, longer than `depth`, have their first `depth` labels in common.
  std::uint32_t place_children(std::span<const LabelledPiece> pieces, std::size_t depth, LabelTrieLayout& layout) {
    if (depth == kDeepest) refuse_label_trie();
    std::vector<LabelUnit> children;
    while (!pieces.empty()) {
      const CharacterLabels::Label label = pieces.front().key[depth];
      std::size_t count = 1;
      while (count < pieces.size() && pieces[count].key[depth] == label) ++count;
      children.push_back(unit_of(label, pieces.first(count), depth + 1, layout));
      pieces = pieces.subspan(count);
    }
    return layout.place(children);
  }

  /// The unit of a node whose pieces have their first `depth` labels in common, the last of which is `label`.
  LabelUnit unit_of(CharacterLabels::Label label, std::span<const LabelledPiece> pieces, std::size_t depth,
                    LabelTrieLayout& layout) {
    const LabelledPiece first = pieces.front();
    const bool ends_here = first.key.size() == depth;
    if (pieces.size() == 1 && !ends_here) return LabelUnit::of(label, tail(first.key.subspan(depth)), true, first.id);
    const auto below = pieces.subspan(ends_here ? 1 : 0);
    const std::size_t place = below.empty() ? 0 : place_children(below, depth, layout);
    return LabelUnit::of(label, place, false, ends_here ? first.id : LabelUnit::kNoPiece);
  }

  std::size_t tail(std::span<const CharacterLabels::Label> labels) {
    const std::size_t place = tails_.size();
    if (place >= LabelUnit::kMostPlaces || labels.size() > 0xFFFFFFFFu) refuse_label_trie();
    tails_.push_back(static_cast<CharacterLabels::Label>(labels.size() & 0xFFFFu));
    tails_.push_back(static_cast<CharacterLabels::Label>(labels.size() >> 16));
    tails_.insert(tails_.end(), labels.begin(), labels.end());
    return place;
  }

  std::vector<LabelUnit> units_;
  std::vector<CharacterLabels::Label> tails_;
};

}  // namespace glossa::detail
