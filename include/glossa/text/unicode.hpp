// A code point comes in; what Hugging Face's tokenizers hold it for goes out.
#pragma once

#include <glossa/text/unicode_tables.hpp>

#include <utf8proc.h>

#include <array>
#include <cstddef>
#include <iterator>

namespace glossa::detail {

template <std::size_t N>
[[nodiscard]] constexpr bool is_in(const CodePointRange (&ranges)[N], char32_t c) noexcept {
  std::size_t low = 0;
  std::size_t high = N;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (ranges[middle].last < c) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < N && ranges[low].first <= c;
}

/// Unicode's White_Space property, which is Rust's char::is_whitespace.
[[nodiscard]] constexpr bool is_whitespace(char32_t c) noexcept {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

[[nodiscard]] constexpr bool is_ascii_punctuation(char32_t c) noexcept {
  return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}

[[nodiscard]] constexpr bool is_bert_punctuation(char32_t c) noexcept {
  return c < 0x80 ? is_ascii_punctuation(c) : is_in(kBertPunctuation, c);
}

/// What BERT calls a Chinese character: the CJK ideograph blocks, with the reference's own gap at U+2B820.
[[nodiscard]] constexpr bool is_bert_chinese(char32_t c) noexcept {
  if (c < 0x3400) return false;
  return (c >= 0x4E00 && c <= 0x9FFF) || c <= 0x4DBF || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

/// A character of the regular expression class \w (letters, marks, decimal digits, connectors, joiners).
[[nodiscard]] inline bool is_word_character(char32_t c) noexcept {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return is_in(kOtherWordCharacters, c);
  }
}

/// One or two code points; `second` is 0 where there is one.
struct LowerCase {
  char32_t first;
  char32_t second;
};

/// Full lower-casing of one character, without context (Rust's char::to_lowercase).
[[nodiscard]] inline LowerCase to_lower(char32_t c) noexcept {
  if (c < 0x80) return {c >= 'A' && c <= 'Z' ? c + 32 : c, 0};
  if (c == 0x130) return {'i', 0x307};
  const auto lower = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  if (lower != c) return {lower, 0};
  // Cased letters younger than Unicode 15, which Debian 12's utf8proc does not know.
  switch (c) {
    case 0x1C89:
    case 0xA7CC:
    case 0xA7CE:
    case 0xA7D2:
    case 0xA7D4:
    case 0xA7DA: return {c + 1, 0};
    case 0xA7CB: return {0x264, 0};
    case 0xA7DC: return {0x19B, 0};
    default: break;
  }
  if (c >= 0x10D50 && c <= 0x10D65) return {c + 0x20, 0};
  if (c >= 0x16EA0 && c <= 0x16EB8) return {c + 0x1B, 0};
  return {c, 0};
}

/// Canonical combining class as Hugging Face's normalisation crate (Unicode 9) has it.
[[nodiscard]] inline int combining_class(char32_t c) noexcept {
  if (c < 0x300 || !is_in(kCombiningMarks, c)) return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

/// Characters that gained a decomposition after that crate's tables were made; to it they decompose to themselves.
inline constexpr CodePointRange kYoungerThanNormalization[] = {
    {0x32FF, 0x32FF},   {0xA7F1, 0xA7F4},   {0xAB69, 0xAB69},   {0x105C9, 0x105C9}, {0x105E4, 0x105E4},
    {0x10781, 0x107BA}, {0x11380, 0x113CF}, {0x11938, 0x11938}, {0x16120, 0x1612F}, {0x16D60, 0x16D6F},
    {0x1CCD6, 0x1CCF9}, {0x1E030, 0x1E06D}, {0x1F16C, 0x1F16C}, {0x1FBF0, 0x1FBF9}};

}  // namespace glossa::detail
