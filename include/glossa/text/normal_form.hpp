// A text comes in; its Unicode normal form goes out, with origins kept as Hugging Face's normalizers keep them.
#pragma once

#include <glossa/text/aligned_text.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace glossa::detail {

enum class NormalForm { nfc, nfd, nfkc, nfkd };

/// Normalises on Unicode 9's tables (UAX #15), those of the reference: what is younger stays as it is.
class NormalFormRewriter {
 public:
  explicit NormalFormRewriter(NormalForm form)
      : composes_(form == NormalForm::nfc || form == NormalForm::nfkc),
        options_(form == NormalForm::nfkc || form == NormalForm::nfkd ? UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT
                                                                      : UTF8PROC_DECOMPOSE) {}

  void apply(AlignedText& text) {
    if (std::all_of(text.text().begin(), text.text().end(), [](char c) { return (c & 0x80) == 0; })) return;
    decompose(text.text());
    if (composes_) compose();
    AlignedText::Rewriter rewriter(text);
    const std::string_view source = text.text();
    for (const Item& item : items_) {
      if (item.change > 0) {
        rewriter.insert(item.c);
        continue;
      }
      std::size_t length = 0;  // of the characters whose place it takes: 1 - change of them
      for (int i = item.change; i <= 0 && rewriter.position() + length < source.size(); ++i)
        length += utf8_length(source[rewriter.position() + length]);
      rewriter.replace(item.c, length);
    }
    rewriter.finish();
  }

 private:
  struct Item {
    char32_t c;
    int combining;  // canonical combining class
    int change;     // 0 takes the place of one source character, 1 is new, -n takes the place of n + 1
  };

  void decompose(std::string_view text) {
    items_.clear();
    std::size_t run = 0;  // first item of the current run of marks, which is kept sorted by class
    for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) {
      const char32_t c = utf8_decode(text, at);
      std::array<utf8proc_int32_t, 24> parts{};
      utf8proc_ssize_t count = 1;
      parts[0] = static_cast<utf8proc_int32_t>(c);
      if (c >= 0x80 && !is_in(kYoungerThanNormalization, c)) {
        int boundary = 0;
        count = utf8proc_decompose_char(parts[0], parts.data(), parts.size(),
                                        static_cast<utf8proc_option_t>(options_ | UTF8PROC_STABLE), &boundary);
      }
      for (utf8proc_ssize_t i = 0; i < count; ++i) {
        const auto part = static_cast<char32_t>(parts[static_cast<std::size_t>(i)]);
        items_.push_back({part, combining_class(part), i == 0 ? 0 : 1});
        if (items_.back().combining == 0) {
          sort_marks(run, items_.size() - 1);
          run = items_.size();
        }
      }
    }
    sort_marks(run, items_.size());
  }

  void sort_marks(std::size_t from, std::size_t to) {
    if (to - from < 2) return;
    std::stable_sort(items_.begin() + static_cast<std::ptrdiff_t>(from),
                     items_.begin() + static_cast<std::ptrdiff_t>(to),
                     [](const Item& a, const Item& b) { return a.combining < b.combining; });
  }

  void compose() {
    std::vector<Item> out;
    out.reserve(items_.size());
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t starter = kNone;  // index in `out` of the character that later ones may join
    int last = -1;                // class of the mark before, -1 right behind the starter
    for (const Item& item : items_) {
      if (starter != kNone && last < item.combining) {
        if (const char32_t joined = compose_pair(out[starter].c, item.c); joined != 0) {
          out[starter].c = joined;
          out[starter].change += item.change - 1;
          continue;
        }
      }
      if (item.combining == 0) {
        starter = out.size();
        last = -1;
      } else {
        last = item.combining;
      }
      out.push_back(item);
    }
    items_ = std::move(out);
  }

  /// The primary composite of two characters, or 0.
  static char32_t compose_pair(char32_t first, char32_t second) {
    if (second < 0x300 || second == 0x11A7) return 0;  // the latter is no final jamo, though utf8proc joins it
    utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second)};
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (utf8proc_normalize_utf32(pair, 2, options) != 1) return 0;
    const auto joined = static_cast<char32_t>(pair[0]);
    return is_in(kYoungerThanNormalization, joined) ? 0 : joined;
  }

  bool composes_;
  int options_;
  std::vector<Item> items_;
};

inline void apply_normal_form(AlignedText& text, NormalForm form) { NormalFormRewriter(form).apply(text); }

}  // namespace glossa::detail
