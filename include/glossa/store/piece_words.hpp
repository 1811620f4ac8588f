// A text comes in; the model's own pieces of it go out as words for a full-text index.
#pragma once

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline std::string lower_cased(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      out += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
      ++at;
      continue;
    }
    const Utf8Step step = utf8_step(text, at);
    const LowerCase lower = to_lower(step.valid ? utf8_decode(text, at) : kReplacementCharacter);
    utf8_append(out, lower.first);
    if (lower.second != 0) utf8_append(out, lower.second);
    at += step.length;
  }
  return out;
}

/// An id in 36 digits: a word that needs no quotes in any query, whatever script the piece is in.
inline void append_piece_word(std::string& out, TokenId id) {
  char digits[16];
  std::size_t count = 0;
  auto rest = static_cast<unsigned long long>(id);
  do digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
  while ((rest /= 36) != 0);
  while (count > 0) out += digits[--count];
}

/// The pieces of the lower-cased text, in order, with spaces between.
[[nodiscard]] inline std::string piece_words(const Tokenizer& tokenizer, std::string_view text) {
  const Encoding encoding =
      tokenizer.encode(lower_cased(text), {.specials = Specials::text, .add_special_tokens = false});
  std::string out;
  out.reserve(encoding.ids.size() * 5);
  for (const TokenId id : encoding.ids) {
    if (!out.empty()) out += ' ';
    append_piece_word(out, id);
  }
  return out;
}

}  // namespace glossa::detail
