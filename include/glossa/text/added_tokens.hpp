// A text comes in; the special strings in it go out as tokens, with the plain text between them.
#pragma once

#include <glossa/text/aligned_text.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/piece_trie_builder.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A string that is cut out of the text before the model sees it; fields as in tokenizer.json.
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool single_word = false;  ///< matches only where no word character touches it
  bool lstrip = false;       ///< takes the white space on its left
  bool rstrip = false;       ///< takes the white space on its right
  bool normalized = false;   ///< is matched in the normalised text
  bool special = false;

  friend bool operator==(const AddedToken&, const AddedToken&) = default;
};

/// A stretch of text: a token, or plain text where `token` is empty.
struct TextPart {
  ByteRange range;
  std::optional<TokenId> token;
};

/// Finds added tokens, leftmost first and of those the longest, as Hugging Face's AddedVocabulary does.
class AddedTokenMatcher {
 public:
  AddedTokenMatcher() = default;

  /// `patterns[i]` is what tokens[i] looks like in the text (its content, or that after normalisation).
  AddedTokenMatcher(std::vector<AddedToken> tokens, const std::vector<std::string>& patterns)
      : tokens_(std::move(tokens)) {
    std::vector<PieceEntry> entries;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (patterns[i].empty()) continue;
      entries.push_back({patterns[i], static_cast<std::uint32_t>(i)});
      first_bytes_[static_cast<unsigned char>(patterns[i][0])] = true;
    }
    trie_ = PieceTrie(entries);
  }

  [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }

  /// Cuts `text` into parts that cover it and calls visit(part) for each, in order; with `plain_specials` special
  /// tokens are left in the plain text.
  template <class Visit>
  void for_each_part(std::string_view text, bool plain_specials, Visit&& visit) const {
    if (tokens_.empty()) {
      if (!text.empty()) visit(TextPart{{0, text.size()}, std::nullopt});
      return;
    }
    std::size_t done = 0;  // everything before was visited
    for (std::size_t at = 0; at < text.size();) {
      if (!first_bytes_[static_cast<unsigned char>(text[at])]) {
        ++at;
        continue;
      }
      const Match match = find(text, at);
      if (match.length == 0) {
        ++at;
        continue;
      }
      const AddedToken& token = *match.token;
      std::size_t begin = at;
      std::size_t end = at + match.length;
      at = end;  // whatever becomes of it, the search goes on behind the match
      if (plain_specials && token.special) continue;
      if (token.single_word && touches_word(text, begin, end)) continue;
      if (token.lstrip) begin = std::max(done, begin_of_space(text, begin));
      if (token.rstrip) end = end_of_space(text, end);
      if (done < begin) visit(TextPart{{done, begin}, std::nullopt});
      visit(TextPart{{begin, end}, token.id});
      done = end;
    }
    if (done < text.size()) visit(TextPart{{done, text.size()}, std::nullopt});
  }

  /// The parts as a list.
  [[nodiscard]] std::vector<TextPart> split(std::string_view text, bool plain_specials) const {
    std::vector<TextPart> parts;
    for_each_part(text, plain_specials, [&](const TextPart& part) { parts.push_back(part); });
    return parts;
  }

 private:
  struct Match {
    std::size_t length = 0;
    const AddedToken* token = nullptr;
  };

  [[nodiscard]] Match find(std::string_view text, std::size_t at) const {
    Match longest;
    trie_.view().prefixes(text.substr(at), [&](std::size_t length, std::uint32_t index) {
      longest = {length, &tokens_[index]};
    });
    return longest;
  }

  static std::size_t previous(std::string_view text, std::size_t at) noexcept {
    do {
      --at;
    } while ((text[at] & 0xC0) == 0x80);
    return at;
  }

  static bool touches_word(std::string_view text, std::size_t begin, std::size_t end) noexcept {
    return (begin > 0 && is_word_character(utf8_decode(text, previous(text, begin)))) ||
           (end < text.size() && is_word_character(utf8_decode(text, end)));
  }

  static std::size_t begin_of_space(std::string_view text, std::size_t at) noexcept {
    while (at > 0) {
      const std::size_t before = previous(text, at);
      if (!is_whitespace(utf8_decode(text, before))) break;
      at = before;
    }
    return at;
  }

  static std::size_t end_of_space(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_whitespace(utf8_decode(text, at))) at += utf8_length(text[at]);
    return at;
  }

  std::vector<AddedToken> tokens_;
  PieceTrie trie_;
  std::array<bool, 256> first_bytes_{};
};

}  // namespace glossa::detail
