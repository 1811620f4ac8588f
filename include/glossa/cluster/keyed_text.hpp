// A text comes in; its letters go out, without case, punctuation and spacing, but with where its words were.
#pragma once

#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The letters of a text, and where its words end in them.
struct KeyedText {
  std::u32string letters;
  std::vector<std::uint32_t> ends;  ///< of words: what stood between white space and has letters

  [[nodiscard]] std::size_t words() const noexcept { return ends.size(); }
  [[nodiscard]] std::u32string_view word(std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::u32string_view(letters).substr(begin, ends[i] - begin);
  }
};

/// Compatibility forms decomposed and case folded (Unicode's full case folding), then without white space, control
/// characters and punctuation; but punctuation between two digits stays, for 1.5 is not 15. Marks and symbols stay,
/// too.
[[nodiscard]] inline KeyedText folded(std::string_view text, bool drops_punctuation) {
  const ValidText valid(text);
  std::u32string characters;
  const auto decompose = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                                        UTF8PROC_IGNORE | UTF8PROC_STABLE);
  for (std::size_t at = 0; at < valid.view().size(); at += utf8_length(valid.view()[at])) {
    std::array<utf8proc_int32_t, 32> parts{};
    int boundary = 0;
    const auto c = static_cast<utf8proc_int32_t>(utf8_decode(valid.view(), at));
    const utf8proc_ssize_t count = utf8proc_decompose_char(c, parts.data(), parts.size(), decompose, &boundary);
    for (utf8proc_ssize_t i = 0; i < count; ++i)
      characters.push_back(static_cast<char32_t>(parts[static_cast<std::size_t>(i)]));
  }
  const auto is_digit = [&](std::size_t i) {
    return i < characters.size() &&
           utf8proc_category(static_cast<utf8proc_int32_t>(characters[i])) == UTF8PROC_CATEGORY_ND;
  };
  KeyedText keyed;
  std::u32string& kept = keyed.letters;
  const auto end_word = [&] {
    const auto end = static_cast<std::uint32_t>(kept.size());
    if (end > (keyed.ends.empty() ? 0 : keyed.ends.back())) keyed.ends.push_back(end);
  };
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (is_whitespace(characters[i])) end_word();
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(characters[i]))) {
      case UTF8PROC_CATEGORY_PC:
      case UTF8PROC_CATEGORY_PD:
      case UTF8PROC_CATEGORY_PS:
      case UTF8PROC_CATEGORY_PE:
      case UTF8PROC_CATEGORY_PI:
      case UTF8PROC_CATEGORY_PF:
      case UTF8PROC_CATEGORY_PO:
        if (!drops_punctuation || (i > 0 && is_digit(i - 1) && is_digit(i + 1))) kept.push_back(characters[i]);
        break;
      case UTF8PROC_CATEGORY_ZS:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_CF:
      case UTF8PROC_CATEGORY_CS:
      case UTF8PROC_CATEGORY_CN: break;
      default: kept.push_back(characters[i]);
    }
  }
  end_word();
  // Marks in canonical order, so that equal texts are equal; composing the characters would change nothing in that.
  std::size_t run = 0;
  const auto class_of = [](char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
  };
  const auto sort_marks = [&](std::size_t first, std::size_t end) {
    for (std::size_t i = first + 1; i < end; ++i)
      for (std::size_t j = i; j > first && class_of(kept[j - 1]) > class_of(kept[j]); --j)
        std::swap(kept[j - 1], kept[j]);
  };
  for (std::size_t i = 0; i <= kept.size(); ++i)
    if (i == kept.size() || class_of(kept[i]) == 0) {
      sort_marks(run, i);
      run = i + 1;
    }
  return keyed;
}

/// text_key() as code points, with its words.
[[nodiscard]] inline KeyedText keyed_text(std::string_view text) {
  KeyedText key = folded(text, true);
  return key.letters.empty() ? folded(text, false) : key;
}

}  // namespace glossa::detail
