// A tokenised text that is too long for the model comes in; overlapping stretches that fit go out.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/core/error.hpp>
#include <glossa/text/encoding.hpp>
#include <glossa/text/piece_model.hpp>

#include <algorithm>
#include <cstddef>
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

/// Cuts `encoding`, the tokens without special ones but with offsets of prompt + text, into windows of at most
/// `max_tokens`, each with the special tokens `before` and `after` and the prompt's tokens in front. Neighbours share
/// `overlap` tokens of the text, and the last window is as full as the others. `prompt_bytes` is the prompt's length.
[[nodiscard]] inline std::vector<TokenWindow> cut_windows(const Encoding& encoding, std::size_t prompt_bytes,
                                                          const std::vector<TokenId>& before,
                                                          const std::vector<TokenId>& after, std::size_t max_tokens,
                                                          std::size_t overlap) {
  std::size_t prompt_tokens = 0;
  while (prompt_tokens < encoding.ids.size() && encoding.offsets[prompt_tokens].begin < prompt_bytes) ++prompt_tokens;
  const std::size_t around = before.size() + after.size() + prompt_tokens;
  const std::size_t count = encoding.ids.size() - prompt_tokens;
  if (around >= max_tokens)
    throw Error(ErrorKind::invalid_argument, {.field = "max_tokens",
                                              .problem = "prompt and special tokens leave no room for the text",
                                              .expected = "more than " + std::to_string(around),
                                              .found = std::to_string(max_tokens)});
  const std::size_t room = max_tokens - around;
  if (overlap >= room)
    throw Error(ErrorKind::invalid_argument,
                {.field = "window_overlap",
                 .expected = "less than the " + std::to_string(room) + " tokens of text that a window holds",
                 .found = std::to_string(overlap)});
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
