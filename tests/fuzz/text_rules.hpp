// A tokenizer of a published kind and any bytes come in; the run ends where a rule of its results is broken.
#pragma once

#include "fuzz.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/windows.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace fuzz {

/// Tokens begin and end between characters; a maximal sequence that is not UTF-8 is one character.
inline void check_boundaries(const glossa::Encoding& encoding, std::string_view text) {
  std::vector<bool> is_boundary(text.size() + 1, false);
  for (std::size_t at = 0; at < text.size(); at += glossa::detail::utf8_step(text, at).length) is_boundary[at] = true;
  is_boundary[text.size()] = true;
  for (const glossa::ByteRange& range : encoding.offsets)
    require(is_boundary[range.begin] && is_boundary[range.end], "a token ends inside a character");
}

/// Windows of `encoding`, the tokens of a text without special ones: each fits, and together they hold every token.
inline void check_windows(const glossa::Tokenizer& tokenizer, const glossa::Encoding& encoding, std::size_t text_size,
                          std::size_t room, std::size_t overlap) {
  const auto before = tokenizer.prefix_ids();
  const auto after = tokenizer.suffix_ids();
  const std::size_t most = before.size() + after.size() + room;
  const auto windows = glossa::detail::cut_windows(encoding, 0, before, after, most, overlap);
  const std::size_t count = encoding.ids.size();
  std::size_t covered = 0;  // tokens in the windows so far
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const glossa::detail::TokenWindow& window = windows[i];
    const bool is_last = i + 1 == windows.size();
    const std::size_t first = is_last ? count - window.tokens : i * (room - overlap);
    require(window.ids.size() == before.size() + window.tokens + after.size() && window.ids.size() <= most,
            "a window is as long as it may be");
    require(window.tokens == std::min(room, count), "windows are full");
    require(first <= covered && (i == 0 || covered - first >= overlap), "neighbouring windows overlap");
    require(std::equal(before.begin(), before.end(), window.ids.begin()) &&
                std::equal(after.rbegin(), after.rend(), window.ids.rbegin()) &&
                std::equal(window.ids.begin() + static_cast<std::ptrdiff_t>(before.size()),
                           window.ids.end() - static_cast<std::ptrdiff_t>(after.size()),
                           encoding.ids.begin() + static_cast<std::ptrdiff_t>(first)),
            "a window holds the text's tokens between the special ones");
    require(window.bytes.begin <= window.bytes.end && window.bytes.end <= text_size, "a window lies in the text");
    covered = first + window.tokens;
  }
  require(covered == count, "the windows hold every token");
}

/// The first two bytes of `input` choose the windows, the rest is the text. `special` are the ids of special tokens but
/// the unknown one.
inline void check_text(const glossa::Tokenizer& tokenizer, std::string_view input,
                       const std::vector<glossa::TokenId>& special) {
  const auto number = [&](std::size_t i) {
    return i < input.size() ? std::size_t{static_cast<unsigned char>(input[i])} : 0;
  };
  const std::size_t room = 1 + number(0);
  const std::size_t overlap = number(1) % room;
  const std::string_view text = input.substr(std::min<std::size_t>(2, input.size()));
  require_none(test::broken_rule_of_models(tokenizer, text, special));
  for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text}) {
    const glossa::Encoding encoding =
        tokenizer.encode(text, {.specials = specials, .add_special_tokens = false, .with_offsets = true});
    check_boundaries(encoding, text);
    check_windows(tokenizer, encoding, text.size(), room, overlap);
  }
}

}  // namespace fuzz
