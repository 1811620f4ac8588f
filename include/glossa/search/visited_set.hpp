// Slots come in; whether each was there before goes out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// A set of the few thousand slots that one search looks at, of all that there are: a small table stays in the
/// processor's nearest cache, where a mark for every row of a large index would not. Linear probing.
class VisitedSet {
 public:
  VisitedSet() : places_(kFirst, kEmpty) {}

  void clear() {
    if (count_ == 0) return;
    std::fill(places_.begin(), places_.end(), kEmpty);
    count_ = 0;
  }

  /// Whether the slot is new.
  bool insert(std::uint32_t slot) {
    std::size_t at = home_of(slot);
    while (places_[at] != kEmpty) {
      if (places_[at] == slot) return false;
      at = (at + 1) & (places_.size() - 1);
    }
    places_[at] = slot;
    if (2 * ++count_ > places_.size()) grow();
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  static constexpr std::size_t kFirst = 4096;
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFFu;

  [[nodiscard]] std::size_t home_of(std::uint32_t slot) const noexcept {
    return static_cast<std::size_t>((std::uint64_t{slot} * 0x9E3779B97F4A7C15u) >> 32) & (places_.size() - 1);
  }
  void grow() {
    std::vector<std::uint32_t> old(2 * places_.size(), kEmpty);
    old.swap(places_);
    count_ = 0;
    for (const std::uint32_t slot : old)
      if (slot != kEmpty) insert(slot);
  }

  std::vector<std::uint32_t> places_;
  std::size_t count_ = 0;
};

}  // namespace glossa::detail
