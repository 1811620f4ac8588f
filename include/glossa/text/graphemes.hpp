// Valid UTF-8 comes in; extended grapheme clusters (UAX #29) go out, one after another.
#pragma once

#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <cstddef>
#include <string_view>

namespace glossa::detail {

/// Decides where clusters end: utf8proc's rules (Unicode 15 in Debian 12), and on top of them what the reference's
/// tables know since: younger combining marks, and conjuncts of Indic consonants (rule GB9c of Unicode 15.1).
class GraphemeBreaker {
 public:
  explicit GraphemeBreaker(char32_t first) { enter(first); }

  /// Whether a cluster ends between the last character and `right`; moves on to `right`.
  bool breaks_before(char32_t right) {
    const bool breaks = decide(right);
    enter(right);
    return breaks;
  }

  static int boundary_class(char32_t c) {
    return static_cast<int>(utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->boundclass);
  }

 private:
  enum class Conjunct { none, consonant, linked };

  bool decide(char32_t right) {
    // Below the combining marks only CR LF stays together.
    if (left_ < 0x300 && right < 0x300) return !(left_ == '\r' && right == '\n');
    if (is_reserved_control(left_) || is_reserved_control(right)) return true;
    const bool breaks = utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(left_),
                                                         static_cast<utf8proc_int32_t>(right), &state_);
    if (left_ == 0x11A3A)  // a prefix to Unicode 15, not to the reference
      return !extends(right) && boundary_class(right) != UTF8PROC_BOUNDCLASS_SPACINGMARK;
    if (!breaks) return false;
    if (left_ == 0x113D1) return is_control(right);  // and the other way round
    if (conjunct_ == Conjunct::linked && is_in(kConjunctConsonants, right)) return false;
    return !(is_in(kYoungExtenders, right) && !is_control(left_));
  }

  void enter(char32_t c) {
    left_ = c;
    if (c < 0x300) {
      conjunct_ = Conjunct::none;
    } else if (is_in(kConjunctConsonants, c)) {
      conjunct_ = Conjunct::consonant;
    } else if (conjunct_ != Conjunct::none && is_in(kConjunctLinkers, c)) {
      conjunct_ = Conjunct::linked;
    } else if (!extends(c)) {
      conjunct_ = Conjunct::none;
    }
  }

  /// Unassigned code points that the standard declares controls in advance; utf8proc takes them for letters.
  static bool is_reserved_control(char32_t c) {
    return c == 0x2065 || (c >= 0xFFF0 && c <= 0xFFF8) ||
           (c >= 0xE0000 && c <= 0xE0FFF &&
            utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_CN);
  }
  static bool is_control(char32_t c) {
    const int kind = boundary_class(c);
    return kind == UTF8PROC_BOUNDCLASS_CONTROL || kind == UTF8PROC_BOUNDCLASS_CR || kind == UTF8PROC_BOUNDCLASS_LF;
  }
  static bool extends(char32_t c) {
    const int kind = boundary_class(c);
    return kind == UTF8PROC_BOUNDCLASS_EXTEND || kind == UTF8PROC_BOUNDCLASS_ZWJ || is_in(kYoungExtenders, c);
  }

  char32_t left_ = 0;
  utf8proc_int32_t state_ = 0;
  Conjunct conjunct_ = Conjunct::none;
};

/// The end in bytes of the grapheme cluster that starts at `at`; `at` must be where a cluster starts.
[[nodiscard]] inline std::size_t grapheme_end(std::string_view text, std::size_t at) {
  GraphemeBreaker breaker(utf8_decode(text, at));
  std::size_t end = at + utf8_length(text[at]);
  while (end < text.size() && !breaker.breaks_before(utf8_decode(text, end))) end += utf8_length(text[end]);
  return end;
}

}  // namespace glossa::detail
