// Two strings come in; what part of them stays when the one is edited into the other goes out.
#pragma once

#include <glossa/cluster/keyed_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

inline constexpr std::size_t kFewestWords = 4;  ///< of a text in which one may differ

/// Levenshtein's distance (1966) by bit-parallel dynamic programming: a machine word holds 64 rows of a column, as the
/// differences between neighbours (Myers 1999, in Hyyrö's form of 2003).
class EditDistance {
 public:
  /// How many insertions, deletions and replacements of characters make the one of the other.
  [[nodiscard]] std::size_t operator()(std::u32string_view a, std::u32string_view b) {
    trim(a, b);
    if (a.size() > b.size()) std::swap(a, b);
    if (a.empty()) return b.size();
    const std::size_t blocks = (a.size() + 63) / 64;
    patterns_.clear();
    for (std::size_t i = 0; i < a.size(); ++i) {
      std::vector<std::uint64_t>& pattern = patterns_[a[i]];
      pattern.resize(blocks);
      pattern[i / 64] |= std::uint64_t{1} << i % 64;
    }
    columns_.assign(blocks, {});
    const std::uint64_t last = std::uint64_t{1} << (a.size() - 1) % 64;
    std::size_t distance = a.size();
    for (const char32_t c : b) {
      const auto pattern = patterns_.find(c);
      int carry = 1;  // the first row grows by one from column to column
      for (std::size_t block = 0; block < blocks; ++block) {
        const std::uint64_t equal = pattern == patterns_.end() ? 0 : pattern->second[block];
        carry = advance(columns_[block], equal, carry, block + 1 == blocks ? last : std::uint64_t{1} << 63);
      }
      distance = distance + static_cast<std::size_t>(carry + 1) - 1;
    }
    return distance;
  }

 private:
  struct Column {
    std::uint64_t up = ~std::uint64_t{0};  ///< rows that are one more than the one above
    std::uint64_t down = 0;                ///< one less
  };

  static void trim(std::u32string_view& a, std::u32string_view& b) noexcept {
    while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  }

  /// One column of a block; what its last row changes by goes out.
  static int advance(Column& column, std::uint64_t equal, int carry, std::uint64_t last) noexcept {
    const std::uint64_t vertical = equal | column.down;
    if (carry < 0) equal |= 1;
    const std::uint64_t horizontal = (((equal & column.up) + column.up) ^ column.up) | equal;
    std::uint64_t more = column.down | ~(horizontal | column.up);
    std::uint64_t less = column.up & horizontal;
    const int out = (more & last) != 0 ? 1 : (less & last) != 0 ? -1 : 0;
    more = more << 1 | (carry > 0 ? 1 : 0);
    less = less << 1 | (carry < 0 ? 1 : 0);
    column.up = less | ~(vertical | more);
    column.down = more & vertical;
    return out;
  }

  std::unordered_map<char32_t, std::vector<std::uint64_t>> patterns_;
  std::vector<Column> columns_;
};

/// What near_duplicate_pairs() measures texts by: 1 - edit distance / the longer one's length; or, where that is more,
/// 1 - 1 / (n + 1) for texts of n words, four or more, of which exactly one differs. 1 for two empty ones. Where it is
/// less than `least`, it may be 0.
[[nodiscard]] inline double key_similarity(EditDistance& distance, const KeyedText& a, const KeyedText& b,
                                           double least = 0) {
  const std::size_t longer = std::max(a.letters.size(), b.letters.size());
  if (longer == 0) return 1;
  const std::size_t shorter = std::min(a.letters.size(), b.letters.size());
  double similarity = 0;
  if (a.words() == b.words() && a.words() >= kFewestWords) {
    std::size_t different = 0;
    for (std::size_t i = 0; i < a.words() && different < 2; ++i) different += a.word(i) != b.word(i) ? 1 : 0;
    if (different == 1) similarity = 1 - 1 / (static_cast<double>(a.words()) + 1);
  }
  if (static_cast<double>(shorter) < least * static_cast<double>(longer)) return similarity;
  return std::max(similarity, 1 - static_cast<double>(distance(a.letters, b.letters)) / static_cast<double>(longer));
}

}  // namespace glossa::detail
