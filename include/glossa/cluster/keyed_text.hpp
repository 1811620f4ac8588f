// A text comes in; its letters go out, without case, punctuation and spacing, but with where its words were.
#pragma once

#include <glossa/cluster/word_splitter.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The letters of a text, and where its words end in them.
struct KeyedText {
  std::u32string letters;
  std::vector<std::uint32_t> ends;  ///< of words: what stood between white space and has letters
  bool is_unspaced = false;         ///< most letters are of scripts that put no spaces between words

  [[nodiscard]] std::size_t words() const noexcept { return ends.size(); }
  [[nodiscard]] std::u32string_view word(std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::u32string_view(letters).substr(begin, ends[i] - begin);
  }
};

/// Characters in compatibility forms, decomposed and case folded (Unicode's full case folding).
[[nodiscard]] inline std::u32string folded(std::string_view text) {
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
  return characters;
}

/// Marks in canonical order, so that equal texts are equal; composing the characters would change nothing in that.
inline void sort_marks(std::u32string& characters) {
  const auto class_of = [](char32_t c) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
  };
  const auto place = [&](std::size_t i) { return characters.begin() + static_cast<std::ptrdiff_t>(i); };
  std::size_t first = 0;
  for (std::size_t i = 0; i <= characters.size(); ++i)
    if (i == characters.size() || class_of(characters[i]) == 0) {
      if (i > first + 1)
        std::stable_sort(place(first), place(i), [&](char32_t a, char32_t b) { return class_of(a) < class_of(b); });
      first = i + 1;
    }
}

/// What of folded() characters makes a key: no white space, control characters and punctuation. But punctuation that
/// changes what is meant stays: between two digits (1.5 is not 15), the sign of a number (-5; it becomes a minus sign,
/// which is a symbol), per cent and per mille, and # after a letter (C#). Marks and symbols stay, too, and what this
/// version of Unicode does not know.
class KeyCharacters {
 public:
  static constexpr char32_t kNone = 0;

  KeyCharacters(const std::u32string& characters, bool drops_punctuation)
      : characters_(characters), drops_punctuation_(drops_punctuation) {}

  /// The i-th one as the key has it, or kNone.
  [[nodiscard]] char32_t operator[](std::size_t i) const noexcept {
    const char32_t c = characters_[i];
    switch (category(i)) {
      case UTF8PROC_CATEGORY_PD:
        if (drops_punctuation_ && starts_word(i) && is_digit(i + 1)) return 0x2212;
        [[fallthrough]];
      case UTF8PROC_CATEGORY_PC:
      case UTF8PROC_CATEGORY_PS:
      case UTF8PROC_CATEGORY_PE:
      case UTF8PROC_CATEGORY_PI:
      case UTF8PROC_CATEGORY_PF:
      case UTF8PROC_CATEGORY_PO: return !drops_punctuation_ || means(i) ? c : kNone;
      case UTF8PROC_CATEGORY_ZS:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_CF:
      case UTF8PROC_CATEGORY_CS: return kNone;
      default: return c;
    }
  }

 private:
  [[nodiscard]] utf8proc_category_t category(std::size_t i) const noexcept {
    return utf8proc_category(static_cast<utf8proc_int32_t>(characters_[i]));
  }
  [[nodiscard]] bool is_digit(std::size_t i) const noexcept {
    return i < characters_.size() && category(i) == UTF8PROC_CATEGORY_ND;
  }
  [[nodiscard]] bool is_letter(std::size_t i) const noexcept {
    const utf8proc_category_t c = category(i);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
  }
  [[nodiscard]] bool starts_word(std::size_t i) const noexcept { return i == 0 || is_whitespace(characters_[i - 1]); }
  [[nodiscard]] bool means(std::size_t i) const noexcept {
    const char32_t c = characters_[i];
    if (c == U'%' || c == 0x066A || c == 0x2030 || c == 0x2031) return true;
    return i > 0 && ((is_digit(i - 1) && is_digit(i + 1)) || (c == U'#' && is_letter(i - 1)));
  }

  const std::u32string& characters_;
  bool drops_punctuation_;
};

/// folded() characters as letters and words.
[[nodiscard]] inline KeyedText words_of(const std::u32string& characters, bool drops_punctuation) {
  const KeyCharacters kept(characters, drops_punctuation);
  KeyedText keyed;
  const auto end_word = [&] {
    const auto end = static_cast<std::uint32_t>(keyed.letters.size());
    if (end > (keyed.ends.empty() ? 0 : keyed.ends.back())) keyed.ends.push_back(end);
  };
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (is_whitespace(characters[i])) end_word();
    if (const char32_t c = kept[i]; c != KeyCharacters::kNone) keyed.letters.push_back(c);
  }
  end_word();
  sort_marks(keyed.letters);
  const auto unspaced = std::count_if(keyed.letters.begin(), keyed.letters.end(), is_unspaced);
  keyed.is_unspaced = 2 * static_cast<std::size_t>(unspaced) > keyed.letters.size();
  return keyed;
}

/// text_key() as code points, with its words.
[[nodiscard]] inline KeyedText keyed_text(std::string_view text) {
  const std::u32string characters = folded(text);
  KeyedText key = words_of(characters, true);
  return key.letters.empty() ? words_of(characters, false) : key;
}

}  // namespace glossa::detail
