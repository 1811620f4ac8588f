// Sorted keys with their values come in; the units of a double-array trie go out.
#pragma once

#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// Finds places for the children of trie nodes in an array of units (see DoubleArray). A unit whose parent's
/// children lie at `base` stands at base ^ label; no two nodes share a base, or one's child would pass for the
/// other's. Free units are chained in a ring, and only the last blocks are searched, which keeps building linear.
class DoubleArrayLayout {
 public:
  DoubleArrayLayout() {
    add_block();
    take(0);  // the root
    units_[0] = 0;
    base_used_[0] = true;  // sentencepiece 0.2.3 takes an array whose root has no offset for a damaged one
  }

  /// Reserves units for the children `labels` (ascending, label 0 for a value) of the node at `unit` and returns
  /// their base. The children's labels are written, values and deeper levels are the caller's to add.
  std::uint32_t place(std::uint32_t unit, std::span<const unsigned char> labels) {
    const std::uint32_t base = find_base(unit, labels);
    base_used_[base] = true;
    for (const unsigned char label : labels) {
      take(base ^ label);
      units_[base ^ label] = label;
    }
    link(unit, base, labels.front() == 0);
    return base;
  }

  /// Whether the node at `unit` can point to children that were placed for another one.
  [[nodiscard]] static bool reaches(std::uint32_t unit, std::uint32_t base) noexcept {
    const std::uint32_t offset = unit ^ base;
    return offset < (1u << 21) || ((offset & 0xFFu) == 0 && offset < (1u << 29));
  }

  /// Points the node at `unit` to the children at `base`; `has_value` says whether one of them is a value.
  void link(std::uint32_t unit, std::uint32_t base, bool has_value) {
    const std::uint32_t offset = unit ^ base;
    const std::uint32_t bits = offset < (1u << 21) ? offset << 10 : (offset << 2) | (1u << 9);
    units_[unit] = (units_[unit] & 0x800000FFu) | bits | (has_value ? 1u << 8 : 0u);
  }

  void set_value(std::uint32_t unit, std::uint32_t value) { units_[unit] = value | 0x80000000u; }

  /// The finished array; units that nothing uses can never match.
  [[nodiscard]] std::vector<std::uint32_t> finish() {
    // A free unit at slot s must not look like the child `label` of the base s ^ label. Labels are one byte, so a
    // unit with the value mark set matches none of them.
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (!taken_[i]) units_[i] = 0x80000000u;
    return std::move(units_);
  }

 private:
  static constexpr std::uint32_t kBlock = 256;
  static constexpr std::uint32_t kSearchedBlocks = 16;

  void add_block() {
    const auto begin = static_cast<std::uint32_t>(units_.size());
    const std::uint32_t end = begin + kBlock;
    units_.resize(end, 0);
    taken_.resize(end, false);
    base_used_.resize(end, false);
    next_.resize(end);
    previous_.resize(end);
    for (std::uint32_t i = begin; i < end; ++i) append_free(i);
    if (end > kBlock * kSearchedBlocks) {  // the oldest block of the window is searched no more
      const std::uint32_t old = end - kBlock * (kSearchedBlocks + 1);
      for (std::uint32_t i = old; i < old + kBlock; ++i)
        if (!taken_[i]) unchain(i);
    }
  }

  void append_free(std::uint32_t i) {
    if (free_count_++ == 0) {
      head_ = next_[i] = previous_[i] = i;
      return;
    }
    const std::uint32_t tail = previous_[head_];
    next_[tail] = previous_[head_] = i;
    next_[i] = head_;
    previous_[i] = tail;
  }

  void unchain(std::uint32_t i) {
    next_[previous_[i]] = next_[i];
    previous_[next_[i]] = previous_[i];
    if (head_ == i) head_ = next_[i];
    --free_count_;
  }

  [[nodiscard]] bool is_chained(std::uint32_t i) const noexcept {
    return !taken_[i] && units_.size() - i <= kBlock * kSearchedBlocks;
  }

  void take(std::uint32_t i) {
    if (is_chained(i)) unchain(i);
    taken_[i] = true;
  }

  std::uint32_t find_base(std::uint32_t unit, std::span<const unsigned char> labels) {
    std::uint32_t slot = head_;
    for (std::size_t tries = free_count_; tries > 0; --tries, slot = next_[slot]) {
      const std::uint32_t base = slot ^ labels.front();
      if (fits(unit, base, labels)) return base;
    }
    // A fresh block; the low bits that make the offset reachable are tried first where the array is large.
    const auto block = static_cast<std::uint32_t>(units_.size());
    add_block();
    const std::uint32_t base = block | (unit & 0xFFu);
    if (fits(unit, base, labels)) return base;
    throw Error(ErrorKind::unsupported,
                {.problem = "the vocabulary is too large for a double-array trie",
                 .remedy = "is this the right file? vocabularies hold less than a million pieces"});
  }

  bool fits(std::uint32_t unit, std::uint32_t base, std::span<const unsigned char> labels) const {
    if (base_used_[base] || !reaches(unit, base)) return false;
    return std::none_of(labels.begin(), labels.end(), [&](unsigned char label) { return taken_[base ^ label]; });
  }

  std::vector<std::uint32_t> units_;
  std::vector<bool> taken_;
  std::vector<bool> base_used_;
  std::vector<std::uint32_t> next_;  // the ring of free units
  std::vector<std::uint32_t> previous_;
  std::uint32_t head_ = 0;
  std::size_t free_count_ = 0;
};

/// A key and the value, below 2^31, that a match of it gives.
struct TrieEntry {
  std::string_view key;  ///< not empty, without NUL bytes
  std::uint32_t value = 0;
};

/// Builds the trie of entries sorted by key (as bytes) with no key twice.
[[nodiscard]] inline std::vector<std::uint32_t> build_double_array(std::span<const TrieEntry> entries) {
  if (entries.empty()) return {};
  struct Range {  // the entries below one node, which agree in their first `depth` bytes
    std::uint32_t unit;
    std::size_t begin;
    std::size_t end;
    std::size_t depth;
  };
  DoubleArrayLayout layout;
  std::vector<Range> pending{{0, 0, entries.size(), 0}};
  std::vector<unsigned char> labels;
  std::vector<std::size_t> starts;
  while (!pending.empty()) {
    const Range range = pending.back();
    pending.pop_back();
    labels.clear();
    starts.clear();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const std::string_view key = entries[i].key;
      const unsigned char label = key.size() == range.depth ? 0 : static_cast<unsigned char>(key[range.depth]);
      if (!labels.empty() && labels.back() == label) continue;
      labels.push_back(label);
      starts.push_back(i);
    }
    const std::uint32_t base = layout.place(range.unit, labels);
    starts.push_back(range.end);
    for (std::size_t i = labels.size(); i-- > 0;) {
      if (labels[i] == 0) {
        layout.set_value(base, entries[starts[i]].value);
      } else {
        pending.push_back({base ^ labels[i], starts[i], starts[i + 1], range.depth + 1});
      }
    }
  }
  return layout.finish();
}

}  // namespace glossa::detail
