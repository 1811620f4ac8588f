// Normalisation rules and the mark that stands for a space come in; what a code point needs by itself goes out, in one
// look-up.
#pragma once

#include <glossa/text/graphemes.hpp>
#include <glossa/text/precompiled.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// What WordScanner wants to know of the code points below U+20000; of others it knows nothing in advance. A table, as
/// asking the rules and utf8proc takes tens of nanoseconds a character.
class CharacterClasses {
 public:
  using Flags = std::uint8_t;
  static constexpr Flags kCalm = 1;    ///< a grapheme cluster ends between two of these
  static constexpr Flags kOpens = 2;   ///< a cluster ends before this one, unless one that glues is on its left
  static constexpr Flags kGlues = 4;   ///< may belong to the same cluster as whatever follows
  static constexpr Flags kCopy = 8;    ///< alone: no rule rewrites it, and it is neither white space nor the mark
  static constexpr Flags kInert = 16;  ///< no rule rewrites a cluster that starts with it
  static constexpr Flags kSpace = 32;  ///< alone: white space, or becomes nothing else

  /// `rules` may be null; what they say is copied.
  CharacterClasses(const PrecompiledCharsmap* rules, char32_t mark) : flags_(kCount, 0) {
    for (char32_t block = 0; block < kCount; block += 64) {  // whose code points share all bytes but the last
      const bool has_rules = rules != nullptr && (block < 0x80 || begins_rule(*rules, block));
      for (char32_t c = block; c < block + 64; ++c)
        flags_[c] = static_cast<Flags>(boundary_flags(GraphemeBreaker::boundary_class(c)) |
                                       (has_rules ? rule_flags(*rules, c, mark) : kInert | flags_alone(c, mark)));
    }
    amend_boundaries();
  }

  [[nodiscard]] Flags operator[](char32_t c) const noexcept { return c < kCount ? flags_[c] : Flags{0}; }

 private:
  static constexpr char32_t kCount = 0x20000;

  static bool begins_rule(const PrecompiledCharsmap& rules, char32_t block) {
    std::string text;
    utf8_append(text, block >= 0xD800 && block < 0xE000 ? U'a' : block);
    text.pop_back();
    return rules.reaches(text);
  }

  static constexpr Flags boundary_flags(int boundary_class) noexcept {
    switch (boundary_class) {
      case UTF8PROC_BOUNDCLASS_OTHER:
      case UTF8PROC_BOUNDCLASS_CONTROL: return kCalm | kOpens;
      case UTF8PROC_BOUNDCLASS_LF:
      case UTF8PROC_BOUNDCLASS_LV:
      case UTF8PROC_BOUNDCLASS_LVT:
      case UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC: return kCalm;
      case UTF8PROC_BOUNDCLASS_CR:
      case UTF8PROC_BOUNDCLASS_PREPEND: return kGlues;
      default: return 0;
    }
  }

  /// What GraphemeBreaker knows besides utf8proc's classes.
  void amend_boundaries() {
    const auto clear = [this](char32_t c, int flags) {
      if (c < kCount) flags_[c] = static_cast<Flags>(flags_[c] & ~flags);
    };
    for (const CodePointRange& range : kYoungExtenders)
      for (char32_t c = range.first; c <= range.last; ++c) clear(c, kCalm | kOpens);
    for (const CodePointRange& range : kConjunctConsonants)
      for (char32_t c = range.first; c <= range.last; ++c) clear(c, kOpens);
    for (const char32_t c : {char32_t{0x11A3A}, char32_t{0x113D1}}) {
      clear(c, kCalm | kOpens);
      flags_[c] = static_cast<Flags>(flags_[c] | kGlues);
    }
  }

  static Flags flags_alone(char32_t c, char32_t mark) noexcept {
    return c <= 0x3000 && is_whitespace(c) ? kSpace : c == mark ? Flags{0} : kCopy;
  }

  static Flags rule_flags(const PrecompiledCharsmap& rules, char32_t c, char32_t mark) {
    if (c >= 0xD800 && c < 0xE000) return 0;  // no text has one
    std::string text;
    utf8_append(text, c);
    if (const auto rule = rules.find_rule(text)) return !rule->empty() && is_space(*rule) ? kSpace : Flags{0};
    return static_cast<Flags>(flags_alone(c, mark) | (rules.rewrites_clusters_of(text) ? 0 : kInert));
  }

  static bool is_space(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at]))
      if (!is_whitespace(utf8_decode(text, at))) return false;
    return true;
  }

  std::vector<Flags> flags_;
};

}  // namespace glossa::detail
