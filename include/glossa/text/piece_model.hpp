// A word comes in; the ids of the pieces that it is made of go out. The seam between a tokenizer and its subword model.
#pragma once

#include <glossa/text/token_id.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A piece of a word: its id and the bytes of the word it covers.
struct Piece {
  TokenId id;
  std::size_t begin;
  std::size_t end;
  bool known;  ///< false where the vocabulary lacks it and `id` is the unknown token
};

/// Buffers that a model uses again from word to word, one a thread, and what holds for the text at hand.
struct PieceScratch {
  struct Node {  // the best way to segment the word up to a position
    double score;
    std::uint32_t start;  // where its last piece begins, in characters; kUnreached where there is none yet
    TokenId id;

    /// Takes a way whose score is not less than or equal to the one that is known. No jump: none could be foreseen.
    void take_better(double other, std::uint32_t other_start, TokenId other_id) noexcept {
      const std::uint64_t mask = std::uint64_t{0} - static_cast<std::uint64_t>(!(other <= score));
      const auto choose = [mask](std::uint64_t now, std::uint64_t then) { return (then & mask) | (now & ~mask); };
      score = std::bit_cast<double>(choose(std::bit_cast<std::uint64_t>(score), std::bit_cast<std::uint64_t>(other)));
      const std::uint64_t piece = choose(std::uint64_t{start} << 32 | id, std::uint64_t{other_start} << 32 | other_id);
      start = static_cast<std::uint32_t>(piece >> 32);
      id = static_cast<TokenId>(piece & 0xFFFFFFFFu);
    }
  };
  static constexpr std::uint32_t kUnreached = 0xFFFFFFFFu;
  std::vector<Node> nodes;
  std::vector<std::uint16_t> labels;  // of the word's characters
  std::vector<Piece> reversed;
  /// By id, the pieces that this text must not turn into (special tokens, where they are to be plain text).
  const std::vector<bool>* hidden = nullptr;

  [[nodiscard]] bool allows(TokenId id) const noexcept { return hidden == nullptr || !(*hidden)[id]; }
};

struct UnigramTables;

/// A subword model: Unigram, WordPiece, or the sentencepiece library.
class PieceModel {
 public:
  virtual ~PieceModel() = default;

  /// Appends the pieces of `word` (valid UTF-8, not empty) in order; they cover it without gaps.
  virtual void segment(std::string_view word, PieceScratch& scratch, std::vector<Piece>& out) const = 0;

  /// Asks the memory for what the segmentation of some words, which are not empty, will look at first.
  virtual void look_ahead(std::span<const std::string_view>) const noexcept {}

  /// The vocabulary's text of an id, empty where there is no such id.
  [[nodiscard]] virtual std::string_view piece(TokenId id) const noexcept = 0;

  /// The id of a text that is a vocabulary entry as a whole.
  [[nodiscard]] virtual bool find(std::string_view piece, TokenId& id) const noexcept = 0;

  /// Number of vocabulary entries.
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;

  /// The id of what the vocabulary lacks, where it has one.
  [[nodiscard]] virtual std::optional<TokenId> unknown() const noexcept = 0;

  /// Whether a piece that is not in the vocabulary is written as the word's own text (Unigram) or as the unknown
  /// token's text (WordPiece).
  [[nodiscard]] virtual bool unknown_keeps_text() const noexcept = 0;

  /// The tables of a Unigram model, which can be written to a file; else nullptr.
  [[nodiscard]] virtual const UnigramTables* unigram_tables() const noexcept { return nullptr; }
};

}  // namespace glossa::detail
