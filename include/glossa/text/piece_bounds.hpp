// How likely a vocabulary's pieces are comes in; how likely so many characters can be at most goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace glossa::detail {

/// An upper bound for what any pieces that together are n characters add up to, for n up to kMost. Pieces with open
/// characters (CharacterLabels::is_open) are left out: a special token's score of 0 would make it no bound at all, and
/// the pieces at the beginning of words are likelier than those behind.
class PieceBounds {
 public:
  static constexpr std::size_t kMost = 64;

  /// `unknown_score` is that of a character that no piece covers.
  explicit PieceBounds(double unknown_score) : best_(kMost + 1, -std::numeric_limits<double>::infinity()) {
    best_[1] = unknown_score;
    check(unknown_score);
  }

  /// A piece of so many characters; with an open one only to see whether sums are exact enough.
  void add(std::size_t characters, bool has_open, double score) noexcept {
    check(score);
    if (!has_open && characters <= kMost) best_[characters] = std::max(best_[characters], score);
  }

  /// The bounds for 0 to kMost characters; empty where rounding might reach kMargin.
  [[nodiscard]] std::vector<double> finish() const {
    if (!is_fine_) return {};
    std::vector<double> bounds(kMost + 1, -std::numeric_limits<double>::infinity());
    bounds[0] = 0;
    for (std::size_t n = 1; n <= kMost; ++n)
      for (std::size_t last = 1; last <= n; ++last) bounds[n] = std::max(bounds[n], bounds[n - last] + best_[last]);
    return bounds;
  }

  /// More than the rounding of two sums of kMost scores can make up for.
  static constexpr double kMargin = 1e-3;

 private:
  void check(double score) noexcept { is_fine_ = is_fine_ && std::abs(score) <= 1e6; }

  std::vector<double> best_;  // by number of characters: a single piece's score
  bool is_fine_ = true;
};

}  // namespace glossa::detail
