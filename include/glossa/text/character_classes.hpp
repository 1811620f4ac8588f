// Normalisation rules and the mark that stands for a space come in; what a code point needs by itself goes out, in one
// look-up.
#pragma once

#include <glossa/text/graphemes.hpp>
#include <glossa/text/precompiled.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

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
    std::string text;
    for (char32_t block = 0; block < kCount; block += 64) {  // whose code points share all bytes but the last
      const bool has_rules = rules != nullptr && (block < 0x80 || begins_rule(*rules, block));
      for (char32_t c = block; c < block + 64; ++c) {
        Flags flags = boundary_flags(c);
        const bool is_surrogate = c >= 0xD800 && c < 0xE000;
        if (!has_rules || is_surrogate) {
          flags = static_cast<Flags>(flags | kInert | (is_whitespace(c) ? kSpace : c == mark ? 0 : kCopy));
        } else {
          text.clear();
          utf8_append(text, c);
          flags = static_cast<Flags>(flags | rule_flags(*rules, c, text, mark));
        }
        flags_[c] = flags;
      }
    }
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

  static Flags boundary_flags(char32_t c) {
    Flags flags = 0;
    if (GraphemeBreaker::is_calm(c)) flags |= kCalm;
    if (GraphemeBreaker::opens(c)) flags |= kOpens;
    if (GraphemeBreaker::glues(c)) flags |= kGlues;
    return flags;
  }

  static Flags rule_flags(const PrecompiledCharsmap& rules, char32_t c, const std::string& text, char32_t mark) {
    if (const auto rule = rules.find_rule(text)) return !rule->empty() && is_space(*rule) ? kSpace : Flags{0};
    const Flags alone = is_whitespace(c) ? kSpace : c == mark ? Flags{0} : kCopy;
    return rules.rewrites_clusters_of(text) ? alone : static_cast<Flags>(alone | kInert);
  }

  static bool is_space(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at]))
      if (!is_whitespace(utf8_decode(text, at))) return false;
    return true;
  }

  std::vector<Flags> flags_;
};

}  // namespace glossa::detail
