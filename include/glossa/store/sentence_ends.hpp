// The characters of a text come in, one after another; where its sentences end goes out.
#pragma once

#include <glossa/text/unicode.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace glossa::detail {

/// Ends a sentence wherever it stands: of scripts that put no space behind it, and of those that use it for that alone.
[[nodiscard]] constexpr bool is_sure_sentence_end(char32_t c) noexcept {
  switch (c) {
    case 0x3002:  // 。
    case 0xFF01:
    case 0xFF1F:
    case 0xFF0E:
    case 0xFF61:
    case 0x0964:  // danda
    case 0x0965:
    case 0x06D4:  // Urdu full stop
    case 0x061F:  // Arabic question mark
    case 0x1362:  // Ethiopic
    case 0x1367:
    case 0x1368:
    case 0x104B:  // Burmese
    case 0x17D4:  // Khmer
    case 0x17D5:
    case 0x0F0D:  // Tibetan shad
    case 0x0F0E:
    case 0x0589:  // Armenian
    case 0x1803:  // Mongolian
    case 0x1809:
    case 0x203C:
    case 0x2047:
    case 0x2048:
    case 0x2049: return true;
    default: return false;
  }
}

/// Commas and the like of scripts that put no space behind them.
[[nodiscard]] constexpr bool is_clause_end(char32_t c) noexcept {
  return c == 0xFF0C || c == 0x3001 || c == 0xFF1B || c == 0xFF1A || c == 0xFF64;
}

/// Stands behind the end of a sentence and belongs to it.
[[nodiscard]] inline bool closes_quote(char32_t c) noexcept {
  if (c == '"' || c == '\'' || c == ')' || c == ']' || c == '}') return true;
  if (c < 0x80) return false;
  const int category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF;
}

/// Scripts that put spaces between sentences and not between words: Thai, Lao, Burmese, Khmer.
[[nodiscard]] constexpr bool is_unspaced_script(char32_t c) noexcept {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF);
}

/// Follows a text. A full stop ends no sentence behind a single letter or a common abbreviation, behind the number of a
/// list's item, or before a lower-case letter; one without a space behind it, as in 3.14, is never asked about.
class SentenceEnds {
 public:
  /// A character that is not white space.
  void enter(char32_t c) {
    if (is_sure_sentence_end(c)) {
      state_ = State::sure;
    } else if (c == '!' || c == '?' || c == 0x2026 || c == 0xFE12) {
      state_ = State::spaced;
    } else if (c == '.') {
      state_ = is_abbreviation() ? State::none : State::stop;
    } else if (state_ == State::none || !closes_quote(c)) {
      state_ = is_clause_end(c) ? State::clause : State::none;
    }
    const bool in_word =
        c < 0x80 ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : !is_in_punctuation(c);
    if (!in_word) {
      word_.clear();
      letters_ = 0;
      starts_line_ = false;
    } else if (++letters_ <= kLongest) {
      word_ += c < 0x80 ? static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c) : '\x01';
    }
    last_ = c;
  }

  /// White space.
  void space(bool new_line) {
    state_ = State::none;
    word_.clear();
    letters_ = 0;
    starts_line_ = new_line;
  }

  /// Whether a sentence ended before this character, where no white space stands between.
  [[nodiscard]] bool ends_without_space(char32_t next) const {
    return state_ == State::sure && !closes_quote(next) && !is_sure_sentence_end(next) && next != '!' && next != '?';
  }
  [[nodiscard]] bool clause_ends(char32_t) const noexcept { return state_ == State::clause; }

  /// The same where white space does.
  [[nodiscard]] bool ends_before(char32_t next) const {
    if (state_ == State::sure || state_ == State::spaced) return true;
    if (state_ == State::stop) return utf8proc_category(static_cast<utf8proc_int32_t>(next)) != UTF8PROC_CATEGORY_LL;
    return is_unspaced_script(last_) && is_unspaced_script(next);
  }

 private:
  enum class State { none, clause, stop, spaced, sure };
  static constexpr std::size_t kLongest = 6;

  static bool is_in_punctuation(char32_t c) { return !is_word_character(c); }

  [[nodiscard]] bool is_abbreviation() const {
    static constexpr std::string_view kKnown[] = {
        "al", "approx", "art",  "bd",  "bzgl", "bzw",  "ca",  "cf",  "co",  "corp", "dept", "dr",  "ed", "eds",
        "eq", "etc",    "evtl", "fig", "hr",   "hrsg", "inc", "jr",  "ltd", "mme",  "mr",   "mrs", "ms", "no",
        "nr", "pp",     "prof", "ref", "sr",   "sra",  "st",  "str", "tab", "usw",  "vgl",  "vol", "vs"};
    if (letters_ == 0 || letters_ > kLongest) return false;
    const bool is_number = word_.find_first_not_of("0123456789") == std::string::npos;
    if (is_number) return starts_line_ && letters_ <= 3;
    // A single letter is an initial; but Han and the like write words of one.
    if (letters_ == 1) return word_ != "\x01" || last_ < 0x0590;
    return std::find(std::begin(kKnown), std::end(kKnown), word_) != std::end(kKnown);
  }

  State state_ = State::none;
  std::string word_;  // lower-case; other than ASCII as 1
  std::size_t letters_ = 0;
  bool starts_line_ = true;
  char32_t last_ = 0;
};

}  // namespace glossa::detail
