// Two strings come in; how many edits make the one of the other goes out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Takes away what both begin with, and then what both end with.
inline void trim_common(std::u32string_view& a, std::u32string_view& b) noexcept {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
}

/// Levenshtein's distance (1966) by bit-parallel dynamic programming: a machine word holds 64 rows of a column, as the
/// differences between neighbours (Myers 1999, in Hyyrö's form of 2003). A band of 64 rows is done at a time, so that
/// memory is a few bytes a character whatever the alphabet.
class EditDistance {
 public:
  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

  /// How many insertions, deletions and replacements of characters make the one of the other. Where it is more than
  /// `most`, anything that is more.
  [[nodiscard]] std::size_t operator()(std::u32string_view a, std::u32string_view b, std::size_t most = kAny) {
    trim_common(a, b);
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > most) return b.size() - a.size();
    if (a.empty()) return b.size();
    number(a, b);
    steps_.assign(b.size(), 1);  // above the first row, distances grow by one from column to column
    std::size_t distance = 0;
    for (std::size_t first = 0; first < a.size(); first += kRows) {
      const std::size_t rows = std::min(kRows, a.size() - first);
      const Band band = advance(first, rows, a.size(), b.size());
      if (band.least > most) return band.least;
      distance = band.last;
    }
    return distance;
  }

 private:
  static constexpr std::size_t kRows = 64;

  struct Band {
    std::size_t last;   ///< the distance in the last column of its last row
    std::size_t least;  ///< that any path through its last row comes to
  };

  /// Characters as numbers in the order in which `a` has them; 0 for those that only `b` has.
  void number(std::u32string_view a, std::u32string_view b) {
    numbers_.clear();
    a_.clear();
    b_.clear();
    for (const char32_t c : a)
      a_.push_back(numbers_.emplace(c, static_cast<std::uint32_t>(numbers_.size() + 1)).first->second);
    for (const char32_t c : b) {
      const auto known = numbers_.find(c);
      b_.push_back(known == numbers_.end() ? 0 : known->second);
    }
    patterns_.assign(numbers_.size() + 1, 0);
  }

  /// Rows [first, first + rows) of all columns; steps_ goes from what the row above changes by to what the last does.
  Band advance(std::size_t first, std::size_t rows, std::size_t a_size, std::size_t b_size) noexcept {
    for (std::size_t row = 0; row < rows; ++row) patterns_[a_[first + row]] |= std::uint64_t{1} << row;
    const std::uint64_t last = std::uint64_t{1} << (rows - 1);
    const std::size_t below = a_size - first - rows;
    std::uint64_t up = ~std::uint64_t{0};  // rows that are one more than the one above
    std::uint64_t down = 0;                // one less
    std::size_t distance = first + rows;
    Band band{distance, distance + gap(below, b_size)};
    for (std::size_t column = 0; column < b_size; ++column) {
      std::uint64_t equal = patterns_[b_[column]];
      const int step = steps_[column];
      const std::uint64_t vertical = equal | down;
      if (step < 0) equal |= 1;
      const std::uint64_t horizontal = (((equal & up) + up) ^ up) | equal;
      std::uint64_t more = down | ~(horizontal | up);
      std::uint64_t less = up & horizontal;
      const int change = (more & last) != 0 ? 1 : (less & last) != 0 ? -1 : 0;
      more = more << 1 | (step > 0 ? 1 : 0);
      less = less << 1 | (step < 0 ? 1 : 0);
      up = less | ~(vertical | more);
      down = more & vertical;
      steps_[column] = static_cast<signed char>(change);
      distance = distance + static_cast<std::size_t>(change + 1) - 1;
      band.least = std::min(band.least, distance + gap(below, b_size - column - 1));
    }
    for (std::size_t row = 0; row < rows; ++row) patterns_[a_[first + row]] = 0;
    band.last = distance;
    return band;
  }

  [[nodiscard]] static std::size_t gap(std::size_t a, std::size_t b) noexcept { return a > b ? a - b : b - a; }

  std::unordered_map<char32_t, std::uint32_t> numbers_;
  std::vector<std::uint32_t> a_;
  std::vector<std::uint32_t> b_;
  std::vector<std::uint64_t> patterns_;  ///< of each character, in which rows of the band it stands
  std::vector<signed char> steps_;
};

}  // namespace glossa::detail
