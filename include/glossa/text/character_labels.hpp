// The characters of a vocabulary come in; small numbers for them go out, by which a trie goes from character to
// character.
#pragma once

#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// Numbers for characters. A step of a look-up then is a character, where it would be two or three bytes in most of the
/// world's scripts, each of them a wait for memory.
class CharacterLabels {
 public:
  using Label = std::uint16_t;
  static constexpr Label kNone = 0;             ///< of characters that no piece has
  static constexpr std::size_t kMost = 0xFFFE;  ///< characters; the number behind is none
  static constexpr std::size_t kCodePoints = 0x110000;

  CharacterLabels() = default;

  /// characters[i] gets the label i + 1; those that are no characters get none.
  explicit CharacterLabels(std::span<const std::uint32_t> characters) {
    std::size_t size = 0;
    for (const std::uint32_t c : characters)
      if (c < kCodePoints) size = std::max(size, std::size_t{c} + 1);
    labels_.resize(size, kNone);
    const std::size_t most = std::min(characters.size(), kMost);
    for (std::size_t i = 0; i < most; ++i)
      if (characters[i] < size) labels_[characters[i]] = static_cast<Label>(i + 1);
    while (open_ < most && is_open(characters[open_])) ++open_;
  }

  [[nodiscard]] Label operator[](char32_t c) const noexcept { return c < labels_.size() ? labels_[c] : kNone; }

  /// Writes the labels of a text, which is valid UTF-8, to where there is room for one a byte; returns how many.
  std::size_t of(std::string_view text, Label* labels) const noexcept {
    Label* out = labels;
    for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) *out++ = (*this)[utf8_decode(text, at)];
    return static_cast<std::size_t>(out - labels);
  }

  /// What marks words and special tokens, whose scores tell nothing about those of other pieces; see PieceBounds.
  [[nodiscard]] static constexpr bool is_open(char32_t c) noexcept { return c == U'\u2581' || c == U'<' || c == U'['; }

  /// Whether a label is that of an open character, which come first.
  [[nodiscard]] bool is_open_label(Label label) const noexcept { return label - 1u < open_; }

 private:
  std::vector<Label> labels_;  // by code point
  std::size_t open_ = 0;
};

/// The characters of pieces, which are valid UTF-8, in the order that labels are for: open ones, then by how many
/// pieces have them, so that the children of most nodes are close together.
class CharacterCounts {
 public:
  CharacterCounts() : counts_(CharacterLabels::kCodePoints, 0) {}

  void add(std::string_view piece) noexcept {
    for (std::size_t at = 0; at < piece.size(); at += utf8_length(piece[at])) ++counts_[utf8_decode(piece, at)];
  }

  [[nodiscard]] std::vector<std::uint32_t> in_order() const {
    std::vector<std::uint32_t> characters;
    for (std::uint32_t c = 0; c < counts_.size(); ++c)
      if (counts_[c] != 0) characters.push_back(c);
    std::stable_sort(characters.begin(), characters.end(), [this](std::uint32_t a, std::uint32_t b) {
      const bool a_is_open = CharacterLabels::is_open(a);
      return a_is_open != CharacterLabels::is_open(b) ? a_is_open : counts_[a] > counts_[b];
    });
    return characters;
  }

 private:
  std::vector<std::uint32_t> counts_;
};

}  // namespace glossa::detail
