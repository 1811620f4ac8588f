// A text comes in; its words go out, and the stretches in which a script puts no spaces between words.
#pragma once

#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace glossa::detail {

/// Valid UTF-8 by utf8proc's `options`.
[[nodiscard]] inline std::string mapped_text(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &mapped, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, [](void* memory) { std::free(memory); });
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return std::string(text);  // code points that it does not know
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

/// What words are counted by: without regard to case, and to how letters with accents are put together.
[[nodiscard]] inline std::string folded_word(std::string_view word) {
  return mapped_text(word, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}
[[nodiscard]] inline std::string composed_text(std::string_view text) {
  return mapped_text(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

/// Letters and marks of scripts that put no spaces between words: Han and kana, and those that Unicode's line breaking
/// calls South East Asian (UAX #14, class SA), with their neighbours of the same habit.
[[nodiscard]] inline bool is_unspaced(char32_t c) noexcept {
  static constexpr CodePointRange kRanges[] = {
      {0x0E01, 0x0E3A},   {0x0E40, 0x0E4E},  {0x0E81, 0x0ECF}, {0x0EDC, 0x0EDF}, {0x1000, 0x103F}, {0x1050, 0x108F},
      {0x109A, 0x109F},   {0x1780, 0x17D3},  {0x17D7, 0x17DD}, {0x1950, 0x19CF}, {0x19DE, 0x19DF}, {0x1A20, 0x1A7F},
      {0x1AA0, 0x1AAD},   {0x1B00, 0x1B4C},  {0x3005, 0x3007}, {0x3041, 0x309F}, {0x30A1, 0x30FA}, {0x30FC, 0x30FF},
      {0x31F0, 0x31FF},   {0xA980, 0xA9C0},  {0xA9E0, 0xA9EF}, {0xA9FA, 0xA9FE}, {0xAA60, 0xAADF}, {0xFF66, 0xFF9F},
      {0x1B000, 0x1B16F}, {0x2CEB0, 0x323AF}};
  return is_in(kRanges, c) || is_bert_chinese(c);
}

/// Vowels of Thai and its relatives that are written before the consonant which they follow in speech (Unicode's
/// Logical_Order_Exception): no word ends with one.
[[nodiscard]] inline bool is_leading_vowel(char32_t c) noexcept {
  static constexpr CodePointRange kRanges[] = {{0x0E40, 0x0E44}, {0x0EC0, 0x0EC4}, {0x19B5, 0x19B7}, {0x19BA, 0x19BA},
                                               {0xAAB5, 0xAAB6}, {0xAAB9, 0xAAB9}, {0xAABB, 0xAABC}};
  return is_in(kRanges, c);
}

/// Letters that belong to the one before them: vowels and signs of Thai and Lao, small kana and the sign of a long
/// vowel. No word begins with one.
[[nodiscard]] inline bool is_following_letter(char32_t c) noexcept {
  static constexpr CodePointRange kRanges[] = {
      {0x0E2F, 0x0E30}, {0x0E32, 0x0E33}, {0x0E45, 0x0E46}, {0x0EAF, 0x0EB0}, {0x0EB2, 0x0EB3}, {0x0EC6, 0x0EC6},
      {0x3041, 0x3041}, {0x3043, 0x3043}, {0x3045, 0x3045}, {0x3047, 0x3047}, {0x3049, 0x3049}, {0x3063, 0x3063},
      {0x3083, 0x3083}, {0x3085, 0x3085}, {0x3087, 0x3087}, {0x30A1, 0x30A1}, {0x30A3, 0x30A3}, {0x30A5, 0x30A5},
      {0x30A7, 0x30A7}, {0x30A9, 0x30A9}, {0x30C3, 0x30C3}, {0x30E3, 0x30E3}, {0x30E5, 0x30E5}, {0x30E7, 0x30E7},
      {0x30FC, 0x30FC}, {0xFF67, 0xFF70}};
  return is_in(kRanges, c);
}

[[nodiscard]] inline bool is_letter(char32_t c) noexcept {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return true;
    default: return false;
  }
}

[[nodiscard]] constexpr bool is_apostrophe(char32_t c) noexcept { return c == '\'' || c == 0x2019; }

/// Hands each word of a valid text to take_word(view), and each stretch without spaces to take_stretch(view). Words
/// have two characters at least, and a letter among them.
template <class TakeWord, class TakeStretch>
void split_words(std::string_view text, TakeWord&& take_word, TakeStretch&& take_stretch) {
  const auto next_of = [&](std::size_t at) { return at + utf8_length(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t first = utf8_decode(text, at);
    std::size_t end = next_of(at);
    if (is_unspaced(first)) {
      while (end < text.size() && is_unspaced(utf8_decode(text, end))) end = next_of(end);
      take_stretch(text.substr(at, end - at));
    } else if (is_word_character(first)) {
      std::size_t characters = 1;
      bool has_letter = is_letter(first);
      bool after_letter = has_letter;
      while (end < text.size()) {
        const char32_t c = utf8_decode(text, end);
        const std::size_t next = next_of(end);
        const bool joins = is_apostrophe(c) && after_letter && next < text.size() &&
                           is_letter(utf8_decode(text, next)) && !is_unspaced(utf8_decode(text, next));
        if (!joins && (!is_word_character(c) || is_unspaced(c))) break;
        after_letter = is_letter(c);
        has_letter = has_letter || after_letter;
        end = next;
        ++characters;
      }
      if (characters >= 2 && has_letter) take_word(text.substr(at, end - at));
    }
    at = end;
  }
}

}  // namespace glossa::detail
