// Scores between vectors come in, in any order and from several threads; each vector's best few stay.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <span>
#include <vector>

namespace glossa::detail {

/// Another vector and how alike it is.
template <class T>
struct ScoredNeighbor {
  T score;
  std::uint32_t index;

  /// Best first; of equal scores the lower index.
  friend bool operator<(const ScoredNeighbor& a, const ScoredNeighbor& b) noexcept {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  }
};

/// The best k of each row, in memory that grows with what is found: at most 1.5·k + 16 entries a row on the way. As the
/// order is total, the outcome does not depend on the order in which scores come.
template <class T>
class NeighborLists {
 public:
  using Entry = ScoredNeighbor<T>;
  static constexpr std::size_t kBlock = 256;  ///< rows under one lock

  /// floor: scores below it are not kept. enough: where it is not 0, entries that are not among the best `enough` of
  /// all lists, by more than `slack`, may be left out: rounding must not choose among equal ones.
  NeighborLists(std::size_t rows, std::size_t k, T floor, std::size_t enough = 0, T slack = 0)
      : k_(k),
        enough_(enough),
        slack_(slack),
        floor_(floor),
        lists_(rows),
        limits_(rows, floor),
        locks_((rows + kBlock - 1) / kBlock) {}

  [[nodiscard]] std::size_t rows() const noexcept { return lists_.size(); }
  [[nodiscard]] std::size_t k() const noexcept { return k_; }

  /// What rows [first, first + count) of one block ask of a score, at least.
  void copy_limits(std::size_t first, std::size_t count, T* out) {
    const std::lock_guard lock(locks_[first / kBlock]);
    const T floor = floor_.load();
    for (std::size_t i = 0; i < count; ++i) out[i] = std::max(limits_[first + i], floor);
  }

  /// Offers entries to rows of one block: fill(offer) calls offer(row, entry).
  template <class Fill>
  void add(std::size_t first, Fill&& fill) {
    std::size_t taken = 0;
    {
      const std::lock_guard lock(locks_[first / kBlock]);
      fill([&](std::size_t row, const Entry& entry) { taken += offer(row, entry) ? 1 : 0; });
    }
    if (enough_ != 0 && taken != 0 && (taken_ += taken) >= next_raise_.load()) raise();
  }

  /// Puts each list in order; then they can be read.
  void finish() {
    for (std::size_t row = 0; row < lists_.size(); ++row) {
      cut(row);
      std::sort(lists_[row].begin(), lists_[row].end());
    }
  }
  [[nodiscard]] std::span<const Entry> operator[](std::size_t row) const noexcept { return lists_[row]; }

 private:
  bool offer(std::size_t row, const Entry& entry) {
    if (!(entry.score >= limits_[row])) return false;
    std::vector<Entry>& list = lists_[row];
    list.push_back(entry);
    if (list.size() >= k_ + k_ / 2 + 16) cut(row);
    return true;
  }

  void cut(std::size_t row) {
    std::vector<Entry>& list = lists_[row];
    const T floor = floor_.load();
    std::erase_if(list, [&](const Entry& entry) { return entry.score < floor; });
    if (list.size() <= k_) return;
    std::nth_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(k_), list.end());
    list.resize(k_);
    if (k_ == 0) return;
    const auto worst = std::max_element(list.begin(), list.end());  // the last in order
    limits_[row] = std::max(limits_[row], worst->score);
  }

  /// Lists only get better, so the score of the entry that is the `enough`-th best now is one that the best `enough` of
  /// the end will reach.
  void raise() {
    const std::unique_lock one(raising_, std::try_to_lock);
    if (!one.owns_lock() || taken_.load() < next_raise_.load()) return;
    std::vector<T> scores;
    for (std::size_t block = 0; block < locks_.size(); ++block) {
      const std::lock_guard lock(locks_[block]);
      for (std::size_t row = block * kBlock; row < std::min((block + 1) * kBlock, lists_.size()); ++row) {
        cut(row);
        for (const Entry& entry : lists_[row]) scores.push_back(entry.score);
      }
    }
    if (scores.size() > enough_) {
      const auto last = scores.begin() + static_cast<std::ptrdiff_t>(enough_) - 1;
      std::nth_element(scores.begin(), last, scores.end(), std::greater<>());
      floor_.store(std::max(floor_.load(), *last - slack_));
    }
    taken_.store(0);
    next_raise_.store(std::max(enough_, kLeastNews));
  }

  static constexpr std::size_t kLeastNews = std::size_t{1} << 18;  ///< entries that are worth a look at all

  std::size_t k_;
  std::size_t enough_;
  T slack_;
  std::atomic<T> floor_;
  std::vector<std::vector<Entry>> lists_;
  std::vector<T> limits_;  ///< the score of the worst of k; minus infinity, or the floor, before
  std::vector<std::mutex> locks_;
  std::mutex raising_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::size_t> next_raise_{kLeastNews};
};

}  // namespace glossa::detail
