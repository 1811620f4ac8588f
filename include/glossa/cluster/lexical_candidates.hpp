// Texts come in; the pairs of them that share much of their letters or words go out.
#pragma once

#include <glossa/cluster/keyed_text.hpp>
#include <glossa/cluster/min_hash.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Pairs of texts with equal keys, or that share a band of their MinHash, or all words but one. Round by round, as a
/// table of all bands would take thirty times as much memory.
class LexicalCandidates {
 public:
  using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  static constexpr std::size_t kRounds = MinHash::kBands + WordHoles::kMost;

  /// keys: outlive this.
  explicit LexicalCandidates(std::span<const KeyedText> keys) : keys_(keys) {
    std::vector<std::uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return keys[a].letters != keys[b].letters ? keys[a].letters < keys[b].letters : a < b;
    });
    // The texts that come first with their keys; the others are candidates with them, and with nobody else.
    for (const std::uint32_t text : order)
      if (different_.empty() || keys[different_.back()].letters != keys[text].letters)
        different_.push_back(text);
      else
        pairs_.emplace_back(different_.back(), text);
    settled_ = pairs_.size();
  }

  /// for_all(count, body) calls body(i) for all i below count, on any thread.
  template <class ForAll>
  void sketch(ForAll&& for_all) {
    bands_.resize(different_.size());
    for_all(different_.size(), [&](std::size_t i) { bands_[i] = MinHash::bands(keys_[different_[i]].letters); });
  }

  /// What a round below kRounds finds.
  void add(std::size_t round) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
    order.reserve(different_.size());
    for (std::size_t i = 0; i < different_.size(); ++i)
      if (round < MinHash::kBands)
        order.emplace_back(bands_[i][round], different_[i]);
      else if (const std::size_t word = round - MinHash::kBands; WordHoles::has(keys_[different_[i]], word))
        order.emplace_back(WordHoles::hole(keys_[different_[i]], word), different_[i]);
    std::sort(order.begin(), order.end());
    // In a crowd, each with the first and the kLast before it.
    for (std::size_t first = 0, i = 0; i < order.size(); ++i) {
      if (order[i].first != order[first].first) first = i;
      for (std::size_t j = std::max(first, i > kLast ? i - kLast : 0); j < i; ++j)
        add(order[j].second, order[i].second);
      if (i > first + kLast) add(order[first].second, order[i].second);
    }
  }

  void add(std::uint32_t a, std::uint32_t b) {
    if (pairs_.size() >= 2 * settled_ + kSome) settle();
    pairs_.emplace_back(std::min(a, b), std::max(a, b));
  }

  /// All, each once, in order.
  [[nodiscard]] Pairs take() {
    settle();
    return std::move(pairs_);
  }

 private:
  static constexpr std::size_t kLast = 16;
  static constexpr std::size_t kSome = std::size_t{1} << 20;

  /// Similar texts meet in many rounds: once is enough.
  void settle() {
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    settled_ = pairs_.size();
  }

  std::span<const KeyedText> keys_;
  std::vector<std::uint32_t> different_;
  std::vector<MinHash::Bands> bands_;
  Pairs pairs_;
  std::size_t settled_ = 0;  ///< of which so many were different pairs
};

}  // namespace glossa::detail
