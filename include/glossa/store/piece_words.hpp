// A text comes in; the model's own pieces of it go out, for a full-text index, and as bytes to be kept.
#pragma once

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
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

/// The pieces of the lower-cased text, in order: what is found by its words.
[[nodiscard]] inline std::vector<TokenId> pieces_of(const Tokenizer& tokenizer, std::string_view text) {
  return tokenizer.encode(lower_cased(text), {.specials = Specials::text, .add_special_tokens = false}).ids;
}

/// Seven bits a byte, the lowest first; the last byte of a number is below 128.
[[nodiscard]] inline std::string packed_pieces(std::span<const TokenId> pieces) {
  std::string out;
  out.reserve(pieces.size() * 5 / 2);
  for (TokenId id : pieces) {
    for (; id >= 0x80; id >>= 7) out += static_cast<char>(id | 0x80);
    out += static_cast<char>(id);
  }
  return out;
}

/// Calls take(id) for each; false where the bytes are none of packed_pieces().
template <class Take>
[[nodiscard]] bool unpack_pieces(std::span<const std::byte> bytes, Take&& take) {
  std::uint64_t id = 0;
  int shift = 0;
  for (const std::byte byte : bytes) {
    const auto bits = std::to_integer<std::uint64_t>(byte);
    id |= (bits & 0x7F) << shift;
    if (id > 0xFFFFFFFF) return false;
    if (bits >= 0x80) {
      if ((shift += 7) > 28) return false;
      continue;
    }
    take(static_cast<TokenId>(id));
    id = 0;
    shift = 0;
  }
  return shift == 0;
}

}  // namespace glossa::detail
