// Two texts without case, punctuation and spacing come in; how much of them is the same goes out.
#pragma once

#include <glossa/cluster/edit_distance.hpp>
#include <glossa/cluster/keyed_text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace glossa::detail {

inline constexpr std::size_t kFewestWords = 3;      ///< of a text in which one may differ
inline constexpr std::size_t kUnspacedLetters = 2;  ///< that count as a word where there are no spaces
inline constexpr std::size_t kFewestUnspaced = 8;   ///< letters of such a text in which one word may differ

/// Whether a likeness reaches a threshold. Likenesses are told as floats, so the threshold is taken for one, too: what
/// is 0.9 by any count reaches 0.9.
[[nodiscard]] inline bool reaches(float likeness, double threshold) noexcept {
  return likeness >= static_cast<float>(threshold);
}

/// Letters without marks: accents, the voicing of kana.
[[nodiscard]] inline std::size_t count_letters(std::u32string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class == 0;
  }));
}

/// Whether a text can be known by its words without one of them: whether those are as rare together as three words of
/// two letters, "we saw a", or two words of ten letters. A word has some four bits, and one more for each letter: so
/// the logarithm of how rare words are goes with their length. Words alone do not count, as some languages put into one
/// what others put into three: "Tom mutlu görünmüyor" is Turkish for "Tom does not look happy".
[[nodiscard]] inline bool is_known_without(const KeyedText& text, std::size_t word) noexcept {
  constexpr std::size_t kWordBits = 4;
  constexpr std::size_t kEnoughBits = 18;
  std::size_t bits = 0;
  for (std::size_t i = 0; i < text.words() && bits < kEnoughBits; ++i)
    if (i != word) bits += kWordBits + count_letters(text.word(i));
  return bits >= kEnoughBits;
}

/// words_but_one() where scripts put no spaces between words: two letters are one, wherever they begin.
[[nodiscard]] inline std::size_t unspaced_but_one(std::u32string_view a, std::u32string_view b) noexcept {
  const std::size_t size = std::min(count_letters(a), count_letters(b));
  if (size < kFewestUnspaced) return 0;
  trim_common(a, b);
  const bool is_one = (!a.empty() || !b.empty()) && std::max(count_letters(a), count_letters(b)) <= kUnspacedLetters;
  return is_one ? size / kUnspacedLetters : 0;
}

/// Of how many words the texts are, where exactly one differs, most stay, and the texts can be known by those that do;
/// or 0. Three long words count as four. Where scripts put no spaces between words, two letters of eight or more are
/// one, wherever they begin.
[[nodiscard]] inline std::size_t words_but_one(const KeyedText& a, const KeyedText& b) noexcept {
  if (a.is_unspaced && b.is_unspaced) return unspaced_but_one(a.letters, b.letters);
  if (a.words() != b.words() || a.words() < kFewestWords) return 0;
  std::size_t different = 0;
  std::size_t last = 0;  // of those
  for (std::size_t i = 0; i < a.words() && different < 2; ++i)
    if (a.word(i) != b.word(i)) ++different, last = i;
  return different == 1 && is_known_without(a, last) ? std::max(a.words(), kFewestWords + 1) : 0;
}

/// What near_duplicate_pairs() measures texts by: 1 - edit distance / the longer one's length; or, where that is more,
/// 1 - 1 / (n + 1) for texts of n words but one, see words_but_one(). 1 for two empty ones. Where it is less than
/// `least`, it may be any number that is.
[[nodiscard]] inline float key_similarity(EditDistance& distance, const KeyedText& a, const KeyedText& b,
                                          double least = 0) {
  const std::size_t longer = std::max(a.letters.size(), b.letters.size());
  if (longer == 0) return 1;
  double similarity = 0;
  if (const std::size_t words = words_but_one(a, b); words != 0) similarity = 1 - 1 / (static_cast<double>(words) + 1);
  const auto length = static_cast<double>(longer);
  const double edits = std::floor((1 - std::clamp(least, 0.0, 1.0)) * length * (1 + 1e-6) + 1e-6);
  const std::size_t changed = distance(a.letters, b.letters, static_cast<std::size_t>(edits));
  return static_cast<float>(std::max(similarity, 1 - static_cast<double>(changed) / length));
}

}  // namespace glossa::detail
