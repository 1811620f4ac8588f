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

inline constexpr std::size_t kFewestWords = 4;      ///< of a text in which one may differ
inline constexpr std::size_t kUnspacedLetters = 2;  ///< that count as a word where there are no spaces

/// Whether a likeness reaches a threshold. Likenesses are told as floats, so the threshold is taken for one, too: what
/// is 0.9 by any count reaches 0.9.
[[nodiscard]] inline bool reaches(float likeness, double threshold) noexcept {
  return likeness >= static_cast<float>(threshold);
}

/// words_but_one() where scripts put no spaces between words: two letters are one, wherever they begin.
[[nodiscard]] inline std::size_t unspaced_but_one(std::u32string_view a, std::u32string_view b) noexcept {
  const auto letters = [](std::u32string_view text) {  // without marks: the voicing of kana is one
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char32_t c) {
      return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class == 0;
    }));
  };
  const std::size_t size = std::min(letters(a), letters(b));
  if (size < kFewestWords * kUnspacedLetters) return 0;
  trim_common(a, b);
  const bool is_one = (!a.empty() || !b.empty()) && std::max(letters(a), letters(b)) <= kUnspacedLetters;
  return is_one ? size / kUnspacedLetters : 0;
}

/// Of how many words the texts are, where exactly one of four or more differs; or 0. Where scripts put no spaces
/// between words, two letters are one, wherever they begin.
[[nodiscard]] inline std::size_t words_but_one(const KeyedText& a, const KeyedText& b) noexcept {
  if (a.is_unspaced && b.is_unspaced) return unspaced_but_one(a.letters, b.letters);
  if (a.words() != b.words() || a.words() < kFewestWords) return 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.words() && different < 2; ++i) different += a.word(i) != b.word(i) ? 1 : 0;
  return different == 1 ? a.words() : 0;
}

/// What near_duplicate_pairs() measures texts by: 1 - edit distance / the longer one's length; or, where that is more,
/// 1 - 1 / (n + 1) for texts of n words of which exactly one differs. 1 for two empty ones. Where it is less than
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
