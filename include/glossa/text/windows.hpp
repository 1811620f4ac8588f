// A tokenised text that is too long for the model comes in; overlapping stretches that fit go out.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/core/error.hpp>
#include <glossa/text/encoding.hpp>
#include <glossa/text/piece_model.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Tokens for the model, and what they stand for in the text.
struct TokenWindow {
  std::vector<TokenId> ids;  ///< with special tokens and the prompt's
  ByteRange bytes;           ///< in the text behind the prompt
  std::size_t tokens = 0;    ///< without special tokens and the prompt's
};

inline constexpr std::size_t kDefaultOverlap = 64;

/// The tokens of `encoding`, of prompt + text with offsets, that begin in the prompt.
[[nodiscard]] inline std::size_t count_prompt_tokens(const Encoding& encoding, std::size_t prompt_bytes) {
  std::size_t count = 0;
  while (count < encoding.ids.size() && encoding.offsets[count].begin < prompt_bytes) ++count;
  return count;
}

/// Cuts `encoding`, the tokens without special ones but with offsets of prompt + text, into windows of at most
/// `max_tokens`, each with the special tokens `before` and `after` and the prompt's tokens in front. Neighbours share
/// `wanted_overlap` tokens of the text (by default kDefaultOverlap, or half a window), and the last window is as full
/// as the others. `prompt_bytes` is the prompt's length.
[[nodiscard]] inline std::vector<TokenWindow> cut_windows(const Encoding& encoding, std::size_t prompt_bytes,
                                                          const std::vector<TokenId>& before,
                                                          const std::vector<TokenId>& after, std::size_t max_tokens,
                                                          std::optional<std::size_t> wanted_overlap) {
  const std::size_t prompt_tokens = count_prompt_tokens(encoding, prompt_bytes);
  const std::size_t around = before.size() + after.size() + prompt_tokens;
  const std::size_t count = encoding.ids.size() - prompt_tokens;
  if (around >= max_tokens)
    throw Error(ErrorKind::invalid_argument, {.field = "max_tokens",
                                              .problem = "prompt and special tokens leave no room for the text",
                                              .expected = "more than " + std::to_string(around),
                                              .found = std::to_string(max_tokens),
                                              .remedy = "raise max_tokens, or shorten the prompt"});
  const std::size_t room = max_tokens - around;
  const std::size_t overlap = wanted_overlap.value_or(std::min<std::size_t>(kDefaultOverlap, room / 2));
  if (overlap >= room)
    throw Error(ErrorKind::invalid_argument,
                {.field = "window_overlap",
                 .expected = "less than the " + std::to_string(room) + " tokens of text that a window holds",
                 .found = std::to_string(overlap),
                 .remedy = "lower it, or raise max_tokens"});
  std::vector<TokenWindow> windows;
  for (std::size_t first = 0;; first += room - overlap) {
    if (first + room >= count) first = count > room ? count - room : 0;
    const std::size_t length = std::min(room, count - first);
    TokenWindow window;
    window.ids = before;
    window.ids.reserve(around + length);
    const auto text = encoding.ids.begin();
    window.ids.insert(window.ids.end(), text, text + static_cast<std::ptrdiff_t>(prompt_tokens));
    const auto from = text + static_cast<std::ptrdiff_t>(prompt_tokens + first);
    window.ids.insert(window.ids.end(), from, from + static_cast<std::ptrdiff_t>(length));
    window.ids.insert(window.ids.end(), after.begin(), after.end());
    window.tokens = length;
    if (length > 0)
      window.bytes = {encoding.offsets[prompt_tokens + first].begin - prompt_bytes,
                      encoding.offsets[prompt_tokens + first + length - 1].end - prompt_bytes};
    windows.push_back(std::move(window));
    if (first + length == count) return windows;
  }
}

}  // namespace glossa::detail
