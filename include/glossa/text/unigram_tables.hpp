// The pieces and scores of a Unigram model come in; they go out checked, with a trie, as tables that segmenting reads.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/piece_trie.hpp>
#include <glossa/text/piece_trie_builder.hpp>
#include <glossa/text/vocabulary.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What a Unigram model is made of.
struct UnigramVocabulary {
  PieceTable pieces;
  std::vector<double> scores;      ///< log-probabilities, one a piece
  std::optional<TokenId> unknown;  ///< the id of characters that no piece covers
  bool byte_fallback = false;      ///< such characters become <0x00> to <0xFF> where the vocabulary has them
};

/// The same, ready for use, wherever it lies: in memory of its own or in a mapped file.
struct UnigramTables {
  PieceTexts pieces;
  PieceTrieView trie;
  std::optional<TokenId> unknown;
  bool byte_fallback = false;
  double unknown_score = 0;
  std::shared_ptr<const void> owner;  ///< keeps what the views show
};

inline void check_unigram(const UnigramVocabulary& vocabulary, const std::string& file) {
  const auto refuse = [&](const std::string& field, const std::string& problem) {
    throw Error(ErrorKind::corrupt_file,
                {.file = file, .field = field, .problem = problem, .remedy = "fetch the file again"});
  };
  const std::size_t size = vocabulary.pieces.size();
  if (size == 0) refuse("vocab", "the vocabulary is empty");
  if (size >= PieceUnit::kNoPiece) refuse("vocab", "the vocabulary is too large");
  if (vocabulary.scores.size() != size) refuse("vocab", "not every piece has a score");
  for (std::size_t id = 0; id < size; ++id)
    if (!std::isfinite(vocabulary.scores[id]))
      refuse("vocab[" + std::to_string(id) + "]", "the score is not a finite number");
  if (vocabulary.unknown && *vocabulary.unknown >= size)
    refuse("unk_id", "the unknown token's id lies outside the vocabulary");
}

/// Checks the vocabulary and builds its trie; `file` names it in errors.
[[nodiscard]] inline UnigramTables make_unigram_tables(UnigramVocabulary vocabulary, const std::string& file) {
  check_unigram(vocabulary, file);
  struct Owner {
    UnigramVocabulary vocabulary;
    PieceTrie trie;
  };
  const auto owner = std::make_shared<Owner>();
  owner->vocabulary = std::move(vocabulary);
  const PieceTexts pieces = owner->vocabulary.pieces.view();
  const std::vector<double>& scores = owner->vocabulary.scores;
  std::vector<PieceEntry> entries(pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id)
    entries[id] = {pieces[id], static_cast<std::uint32_t>(id), scores[id]};
  owner->trie = PieceTrie(entries);
  return {.pieces = pieces,
          .trie = owner->trie.view(),
          .unknown = owner->vocabulary.unknown,
          .byte_fallback = owner->vocabulary.byte_fallback,
          .unknown_score = *std::min_element(scores.begin(), scores.end()) - 10.0,
          .owner = owner};
}

}  // namespace glossa::detail
