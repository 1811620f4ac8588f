// Slots come in; those that were not there before go out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// The few thousand slots that one search looks at, of all that there are: a bit each, which for some millions stays in
/// the processor's second cache, and no branches.
class VisitedSet {
 public:
  /// Empties it. Slots from `slots` on are never new: they were added after the search began.
  void clear(std::size_t slots) {
    for (const std::uint32_t word : touched_) words_[word] = 0;
    touched_.clear();
    if (words_.size() < slots / kBits + 1) words_.resize(slots / kBits + 1);
    words_[limit_ / kBits] = 0;
    limit_ = static_cast<std::uint32_t>(slots);
    words_[limit_ / kBits] = std::uint64_t{1} << limit_ % kBits;
  }

  /// Puts those of slot_at(0) … slot_at(count - 1) that are new at `out`, which has room for all; how many there are.
  template <class SlotAt>
  std::size_t insert(std::size_t count, SlotAt&& slot_at, std::uint32_t* out) {
    const std::size_t before = touched_.size();
    touched_.resize(before + count);
    std::uint32_t* touched = touched_.data() + before;
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t given = slot_at(i);
      const std::uint32_t slot = given < limit_ ? given : limit_;
      std::uint64_t& word = words_[slot / kBits];
      out[found] = slot;
      touched[found] = slot / kBits;
      found += static_cast<std::size_t>(~word >> slot % kBits & 1u);
      word |= std::uint64_t{1} << slot % kBits;
    }
    touched_.resize(before + found);
    return found;
  }

  void insert(std::uint32_t slot) {
    std::uint32_t out = 0;
    insert(
        1, [&](std::size_t) { return slot; }, &out);
  }

  [[nodiscard]] std::size_t size() const noexcept { return touched_.size(); }

 private:
  static constexpr std::uint32_t kBits = 64;

  std::vector<std::uint64_t> words_{0};
  std::vector<std::uint32_t> touched_;  // the word of each slot that is in
  std::uint32_t limit_ = 0;
};

}  // namespace glossa::detail
