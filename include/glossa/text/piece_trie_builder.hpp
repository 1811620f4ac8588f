// Pieces with their ids come in; the units and tails of their trie go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/piece_order.hpp>
#include <glossa/text/piece_trie.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Finds places for the children of trie nodes. Free units are bits of a map; only the last blocks are searched, which
/// keeps building linear.
class PieceTrieLayout {
 public:
  struct Child {
    std::uint32_t label;
    std::uint32_t base;   // or the place of a tail
    std::uint32_t value;  // as in PieceUnit
  };

  /// `pieces` says about how many units there will be.
  explicit PieceTrieLayout(std::size_t pieces) {
    units_.reserve(pieces + pieces / 2 + kBlock);
    add_block();
    take(0);  // the root; no node has the base 0
    base_used_[0] = 1;
  }

  /// Writes the children (at least one, by ascending label) of one node, and returns their base.
  std::uint32_t place(std::span<const Child> children) {
    const std::uint32_t base = find_base(children);
    base_used_[base >> 6] |= std::uint64_t{1} << (base & 63);
    for (const Child& child : children) {
      take(base ^ child.label);
      units_[base ^ child.label] = {child.base << PieceUnit::kLabelBits | child.label, child.value};
    }
    return base;
  }

  [[nodiscard]] std::vector<PieceUnit> finish(std::uint32_t root) && {
    units_[0].link = root << PieceUnit::kLabelBits | PieceUnit::kNoLabel;
    return std::move(units_);
  }

  [[noreturn]] static void refuse() {
    throw Error(ErrorKind::unsupported,
                {.problem = "the vocabulary is too large for a trie of its pieces",
                 .remedy = "is this the right file? vocabularies hold less than a million pieces"});
  }

 private:
  static constexpr std::size_t kBlock = 256;
  static constexpr std::size_t kSearchedBlocks = 16;

  void add_block() {
    if (units_.size() + kBlock > PieceUnit::kMostBases) refuse();
    units_.resize(units_.size() + kBlock, {PieceUnit::kNoLabel, PieceUnit::kNoPiece});
    free_.resize(units_.size() / 64, ~std::uint64_t{0});
    base_used_.resize(units_.size() / 64, 0);
    if (units_.size() > kBlock * kSearchedBlocks)
      first_ = std::max(first_, units_.size() / 64 - kSearchedBlocks * kBlock / 64);
  }

  [[nodiscard]] bool is_free(std::uint32_t unit) const noexcept { return (free_[unit >> 6] >> (unit & 63) & 1) != 0; }
  void take(std::uint32_t unit) noexcept { free_[unit >> 6] &= ~(std::uint64_t{1} << (unit & 63)); }

  [[nodiscard]] bool fits(std::uint32_t base, std::span<const Child> children) const noexcept {
    if ((base_used_[base >> 6] >> (base & 63) & 1) != 0) return false;
    return std::all_of(children.begin(), children.end(), [&](const Child& c) { return is_free(base ^ c.label); });
  }

  std::uint32_t find_base(std::span<const Child> children) {
    while (first_ < free_.size() && free_[first_] == 0) ++first_;
    for (std::size_t word = first_; word < free_.size(); ++word)
      for (std::uint64_t bits = free_[word]; bits != 0; bits &= bits - 1) {
        const auto slot = static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
        const std::uint32_t base = slot ^ children.front().label;
        if (fits(base, children)) return base;
      }
    const auto base = static_cast<std::uint32_t>(units_.size());
    add_block();
    return base;
  }

  std::vector<PieceUnit> units_;
  std::vector<std::uint64_t> free_;  // one bit a unit
  std::vector<std::uint64_t> base_used_;
  std::size_t first_ = 0;  // the first word of free_ that is searched
};

/// Goes through sorted pieces. A node is placed when all pieces below it have been seen, after its children: then it is
/// known what its unit holds, and what a look-up goes through lies close together.
class PieceTrieBuilder {
 public:
  struct Result {
    std::vector<PieceUnit> units;
    std::string tails;
  };

  /// `entries` in ascending order of their keys, none twice; keys are not empty and hold no NUL byte.
  [[nodiscard]] Result build(std::span<const PieceEntry> entries) && {
    if (entries.empty()) return {};
    layout_ = PieceTrieLayout(entries.size());
    open_.push_back({});
    std::size_t shared = 0;  // bytes that the piece and the one before have in common
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string_view key = entries[i].key;
      const std::size_t next = i + 1 < entries.size() ? common_prefix(key, entries[i + 1].key) : 0;
      std::size_t depth = std::max(shared, next);  // nodes above this one have other pieces below them, too
      if (key.size() > depth + 1 + kLongestTail) depth = key.size() - 1 - kLongestTail;
      while (open_.size() <= depth)
        open_.push_back({static_cast<unsigned char>(key[open_.size() - 1]), children_.size()});
      if (key.size() == depth) {
        open_.back().value = entries[i].value;
      } else {
        add_leaf(key.substr(depth), entries[i]);
      }
      while (open_.size() > next + 1) close();
      shared = next;
    }
    const std::uint32_t root = layout_.place(children_);
    return {std::move(layout_).finish(root), std::move(tails_)};
  }

 private:
  static constexpr std::size_t kLongestTail = 255;

  struct Open {  // a node of the path to the piece at hand
    std::uint32_t label = 0;
    std::size_t first_child = 0;  // in children_
    std::uint32_t value = PieceUnit::kNoPiece;
  };

  static std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t length = 0;
    while (length < most && a[length] == b[length]) ++length;
    return length;
  }

  /// `rest` is what the piece has below the last open node.
  void add_leaf(std::string_view rest, const PieceEntry& entry) {
    const std::uint32_t label = static_cast<unsigned char>(rest[0]);
    const std::string_view tail = rest.substr(1);
    if (tail.empty()) return children_.push_back({label, 0, entry.value});
    if (tails_.size() >= PieceUnit::kMostBases) PieceTrieLayout::refuse();
    children_.push_back({label, static_cast<std::uint32_t>(tails_.size()), entry.value | PieceUnit::kTail});
    tails_.push_back(static_cast<char>(static_cast<unsigned char>(tail.size())));
    tails_ += tail;
  }

  /// Places the children of the last open node, and makes it a child of the one above.
  void close() {
    const Open node = open_.back();
    open_.pop_back();
    const auto children = std::span(children_).subspan(node.first_child);
    const std::uint32_t base = children.empty() ? 0 : layout_.place(children);
    children_.resize(node.first_child);
    children_.push_back({node.label, base, node.value});
  }

  PieceTrieLayout layout_{0};
  std::vector<Open> open_;
  std::vector<PieceTrieLayout::Child> children_;  // of all open nodes, those of the deepest last
  std::string tails_;
};

/// A trie that owns its units.
class PieceTrie {
 public:
  PieceTrie() = default;

  /// Entries in any order; of equal keys the last one counts. Keys that are empty or contain a NUL byte can never match
  /// and are left out.
  explicit PieceTrie(const std::vector<PieceEntry>& entries) {
    const OrderedPieces pieces = in_order(entries);
    parts_ = PieceTrieBuilder().build(pieces.entries);
  }

  [[nodiscard]] PieceTrieView view() const noexcept { return {parts_.units, parts_.tails}; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept { return view().find(piece, id); }

 private:
  PieceTrieBuilder::Result parts_;
};

}  // namespace glossa::detail
