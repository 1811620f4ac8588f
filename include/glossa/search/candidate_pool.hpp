// Nodes with keys come in; the best few stay, in order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace glossa::detail {

/// A node and how alike it is to what is looked for, as one number that is larger for better ones, and for the lower of
/// equal ones. Its last bit tells whether the node's neighbours have been looked at.
class Candidate {
 public:
  Candidate() = default;
  Candidate(float key, std::uint32_t node) noexcept
      : bits_(std::uint64_t{ordered(key)} << 32 | std::uint64_t{kMostNodes - node} << 1) {}

  [[nodiscard]] float key() const noexcept {
    const auto high = static_cast<std::uint32_t>(bits_ >> 32);
    return std::bit_cast<float>((high & 0x80000000u) != 0 ? high ^ 0x80000000u : ~high);
  }
  [[nodiscard]] std::uint32_t node() const noexcept {
    return kMostNodes - static_cast<std::uint32_t>((bits_ >> 1) & kMostNodes);
  }
  [[nodiscard]] bool expanded() const noexcept { return (bits_ & 1u) != 0; }
  void set_expanded() noexcept { bits_ |= 1u; }

  /// Better ones first.
  friend bool operator<(const Candidate& a, const Candidate& b) noexcept { return a.bits_ > b.bits_; }

  static constexpr std::uint32_t kMostNodes = 0x7FFFFFFFu;

 private:
  /// The same order as that of the floats, -0 just below 0; NaN is not for here.
  static std::uint32_t ordered(float key) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(key);
    return (bits & 0x80000000u) != 0 ? ~bits : bits ^ 0x80000000u;
  }

  std::uint64_t bits_ = 0;
};

/// The best `most` candidates, best first.
class CandidatePool {
 public:
  void reset(std::size_t most) {
    if (entries_.size() < most + 1) entries_.resize(most + 1);
    most_ = most;
    size_ = 0;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_full() const noexcept { return size_ == most_; }
  [[nodiscard]] Candidate& operator[](std::size_t i) noexcept { return entries_[i]; }
  [[nodiscard]] const Candidate& operator[](std::size_t i) const noexcept { return entries_[i]; }
  [[nodiscard]] std::span<const Candidate> all() const noexcept { return {entries_.data(), size_}; }

  /// Leaves out those for which passes(candidate) is false.
  template <class Passes>
  void keep_if(Passes&& passes) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i)
      if (passes(entries_[i])) entries_[kept++] = entries_[i];
    size_ = kept;
  }

  /// The place that it takes; most() where it is not among the best.
  std::size_t insert(const Candidate& candidate) noexcept {
    if (most_ == 0) return 0;
    if (size_ == most_ && !(candidate < entries_[size_ - 1])) return most_;
    std::size_t first = 0;  // a search without branches: how often it turns is known
    for (std::size_t count = size_; count > 0;) {
      const std::size_t half = (count + 1) / 2;
      const bool is_behind = entries_[first + half - 1] < candidate;
      first = is_behind ? first + half : first;
      count = is_behind ? count - half : half - 1;
    }
    std::memmove(static_cast<void*>(entries_.data() + first + 1), entries_.data() + first,
                 (size_ - first) * sizeof(Candidate));
    entries_[first] = candidate;
    size_ += size_ < most_ ? 1 : 0;
    return first;
  }

 private:
  std::vector<Candidate> entries_;
  std::size_t most_ = 0;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
