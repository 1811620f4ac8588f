// A text in any script comes in; the places where words, lines, sentences and paragraphs end go out.
#pragma once

#include <glossa/store/sentence_ends.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// What ends at a border; larger is better to cut at.
enum class BorderLevel : unsigned char { word = 1, line, sentence, paragraph };

/// The next word begins at this byte; white space before it belongs to neither side.
struct TextBorder {
  std::size_t at = 0;
  BorderLevel level = BorderLevel::word;
};

/// A character at a byte of a text that may be anything.
struct TextCharacter {
  char32_t code = 0;
  std::size_t bytes = 1;
};
[[nodiscard]] inline TextCharacter character_at(std::string_view text, std::size_t at) noexcept {
  const Utf8Step step = utf8_step(text, at);
  return {step.valid ? utf8_decode(text, at) : kReplacementCharacter, step.length};
}

/// The borders inside of a text, in order; its ends are none.
[[nodiscard]] inline std::vector<TextBorder> text_borders(std::string_view text) {
  std::vector<TextBorder> borders;
  SentenceEnds sentences;
  bool begun = false;
  for (std::size_t at = 0; at < text.size();) {
    TextCharacter c = character_at(text, at);
    if (!is_whitespace(c.code)) {
      if (begun && sentences.ends_without_space(c.code))
        borders.push_back({at, BorderLevel::sentence});
      else if (begun && sentences.clause_ends(c.code))
        borders.push_back({at, BorderLevel::word});
      sentences.enter(c.code);
      begun = true;
      at += c.bytes;
      continue;
    }
    int lines = 0;
    for (; at < text.size() && is_whitespace(c.code);
         at += c.bytes, c = at < text.size() ? character_at(text, at) : c) {
      const bool is_pair = c.code == '\r' && at + 1 < text.size() && text[at + 1] == '\n';  // counts at its '\n'
      if (c.code == 0x2029) lines += 2;
      if (c.code == '\n' || c.code == 0x85 || c.code == 0x2028 || (c.code == '\r' && !is_pair)) ++lines;
    }
    if (at >= text.size()) break;
    if (begun) {
      const BorderLevel level = lines >= 2                      ? BorderLevel::paragraph
                                : sentences.ends_before(c.code) ? BorderLevel::sentence
                                : lines == 1                    ? BorderLevel::line
                                                                : BorderLevel::word;
      borders.push_back({at, level});
    }
    sentences.space(lines > 0);
  }
  return borders;
}

}  // namespace glossa::detail
