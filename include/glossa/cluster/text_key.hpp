// A text comes in; what is left of it without case, punctuation and spacing goes out.
#pragma once

#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace glossa {
namespace detail {

/// Compatibility forms composed and case folded (NFKC, Unicode's full case folding), then without white space, control
/// characters and punctuation; but punctuation between two digits stays, for 1.5 is not 15. Marks and symbols stay,
/// too.
[[nodiscard]] inline std::u32string folded(std::string_view text, bool drops_punctuation) {
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
  std::u32string kept;
  for (std::size_t i = 0; i < characters.size(); ++i) {
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
  return kept;
}

/// text_key() as code points.
[[nodiscard]] inline std::u32string key_characters(std::string_view text) {
  std::u32string key = folded(text, true);
  return key.empty() ? folded(text, false) : key;
}

}  // namespace detail

/// Texts with equal keys differ by case, punctuation, spacing and compatibility forms alone. Of a text that is nothing
/// but punctuation, that is the key; of one that is nothing but space, "".
[[nodiscard]] inline std::string text_key(std::string_view text) {
  std::string key;
  for (const char32_t c : detail::key_characters(text)) detail::utf8_append(key, c);
  return key;
}

}  // namespace glossa
