// A word comes in; its greedy longest-match-first segmentation goes out (Wu et al. 2016; BERT's vocabulary).
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/piece_trie_builder.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

struct WordPieceVocabulary {
  PieceTable pieces;  ///< by id; unused ids are empty
  std::string unknown_token = "[UNK]";
  std::string continuation = "##";  ///< what pieces inside a word start with
  std::size_t longest_word = 100;   ///< a word of more characters is one unknown token
};

class WordPiece final : public PieceModel {
 public:
  /// `file` names the vocabulary's source in errors.
  WordPiece(WordPieceVocabulary vocabulary, const std::string& file) : vocabulary_(std::move(vocabulary)) {
    std::vector<PieceEntry> entries;
    std::vector<PieceEntry> inside;
    entries.reserve(vocabulary_.pieces.size());
    for (std::size_t id = 0; id < vocabulary_.pieces.size(); ++id) {
      const std::string_view piece = vocabulary_.pieces[id];
      entries.push_back({piece, static_cast<std::uint32_t>(id)});
      if (piece.starts_with(vocabulary_.continuation) && piece.find('\0') == std::string_view::npos)
        inside.push_back({piece.substr(vocabulary_.continuation.size()), static_cast<std::uint32_t>(id)});
    }
    trie_ = PieceTrie(entries);
    inside_ = PieceTrie(inside);
    if (!trie_.find(vocabulary_.unknown_token, unknown_))
      throw Error(ErrorKind::corrupt_file, {.file = file,
                                            .field = "unk_token",
                                            .problem = "the vocabulary lacks the unknown token",
                                            .found = vocabulary_.unknown_token,
                                            .remedy = "fetch the file again"});
  }

  void segment(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const override {
    const std::size_t before = out.size();
    std::size_t begin = is_too_long(word) ? kNone : 0;
    while (begin < word.size()) {
      Piece longest{0, begin, begin, true};
      const PieceTrieView trie = (begin == 0 ? trie_ : inside_).view();
      trie.prefixes(word.substr(begin), [&](std::size_t length, std::uint32_t id) {
        if (!scratch.allows(id)) return;
        longest.id = id;
        longest.end = begin + length;
      });
      if (longest.end == begin) {
        begin = kNone;
      } else {
        out.push_back(longest);
        begin = longest.end;
      }
    }
    if (begin != kNone) return;
    out.resize(before);  // one character that cannot be written makes the whole word unknown
    out.push_back({unknown_, 0, word.size(), false});
  }

  [[nodiscard]] std::string_view piece(TokenId id) const noexcept override { return vocabulary_.pieces[id]; }
  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept override { return trie_.find(piece, id); }
  [[nodiscard]] std::size_t size() const noexcept override { return vocabulary_.pieces.size(); }
  [[nodiscard]] std::optional<TokenId> unknown() const noexcept override { return unknown_; }
  [[nodiscard]] bool unknown_keeps_text() const noexcept override { return false; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  [[nodiscard]] bool is_too_long(std::string_view word) const noexcept {
    if (word.size() <= vocabulary_.longest_word) return false;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < word.size(); at += utf8_length(word[at]))
      if (++characters > vocabulary_.longest_word) return true;
    return false;
  }

  WordPieceVocabulary vocabulary_;
  PieceTrie trie_;
  PieceTrie inside_;  // of the pieces inside words, without the continuation mark
  TokenId unknown_ = 0;
};

}  // namespace glossa::detail
