// The pieces and scores of a Unigram model come in; they go out checked, with a trie, as tables that segmenting reads.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/character_labels.hpp>
#include <glossa/text/label_trie.hpp>
#include <glossa/text/label_trie_builder.hpp>
#include <glossa/text/piece_bounds.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/piece_order.hpp>
#include <glossa/text/utf8.hpp>
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
  std::span<const double> scores;             ///< as many as there are pieces
  std::span<const std::uint32_t> characters;  ///< those that `labels` are for
  CharacterLabels labels;
  LabelTrieView trie;
  std::span<const double> bounds;  ///< see PieceBounds
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
  if (size >= LabelUnit::kNoPiece) refuse("vocab", "the vocabulary is too large");
  if (vocabulary.scores.size() != size) refuse("vocab", "not every piece has a score");
  for (std::size_t id = 0; id < size; ++id)
    if (!std::isfinite(vocabulary.scores[id]))
      refuse("vocab[" + std::to_string(id) + "]", "the score is not a finite number");
  if (vocabulary.unknown && *vocabulary.unknown >= size)
    refuse("unk_id", "the unknown token's id lies outside the vocabulary");
}

/// What stands behind a UnigramTables that was built here.
struct UnigramOwner {
  UnigramVocabulary vocabulary;
  std::vector<std::uint32_t> characters;
  LabelTrie trie;
  std::vector<double> bounds;
};

/// Builds what follows from the vocabulary, but the labels' numbers, which go to `labels`.
inline void complete(UnigramOwner& owner, CharacterLabels& labels, double unknown_score) {
  const PieceTexts pieces = owner.vocabulary.pieces.view();
  std::vector<PieceEntry> entries;
  entries.reserve(pieces.size());
  CharacterCounts counts;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (!is_valid_utf8(pieces[id])) continue;  // as no word has it
    entries.push_back({pieces[id], static_cast<std::uint32_t>(id)});
    counts.add(pieces[id]);
  }
  owner.characters = counts.in_order();
  if (owner.characters.size() > CharacterLabels::kMost) refuse_label_trie();
  labels = CharacterLabels(owner.characters);

  const OrderedPieces ordered = in_order(entries);
  std::vector<CharacterLabels::Label> all(ordered.text.size());  // of the pieces, one behind the other
  std::vector<LabelledPiece> labelled;
  labelled.reserve(ordered.entries.size());
  PieceBounds bounds(unknown_score);
  std::size_t end = 0;
  for (const PieceEntry& entry : ordered.entries) {
    const auto key = std::span(all).subspan(end);
    const std::size_t length = labels.of(entry.key, key.data());
    const bool has_open = std::any_of(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(length),
                                      [&](CharacterLabels::Label label) { return labels.is_open_label(label); });
    bounds.add(length, has_open, owner.vocabulary.scores[entry.value]);
    labelled.push_back({key.first(length), entry.value});
    end += length;
  }
  owner.trie = LabelTrie(labelled);
  owner.bounds = bounds.finish();
}

/// Checks the vocabulary and builds its trie; `file` names it in errors.
[[nodiscard]] inline UnigramTables make_unigram_tables(UnigramVocabulary vocabulary, const std::string& file) {
  check_unigram(vocabulary, file);
  const auto owner = std::make_shared<UnigramOwner>();
  owner->vocabulary = std::move(vocabulary);
  const std::vector<double>& scores = owner->vocabulary.scores;
  UnigramTables tables;
  tables.unknown_score = *std::min_element(scores.begin(), scores.end()) - 10.0;
  try {
    complete(*owner, tables.labels, tables.unknown_score);
  } catch (const Error& error) {  // the trie does not know whose it is
    ErrorFacts facts = error.facts();
    facts.file = file;
    facts.field = "vocab";
    throw Error(error.kind(), std::move(facts));
  }
  tables.pieces = owner->vocabulary.pieces.view();
  tables.scores = scores;
  tables.characters = owner->characters;
  tables.trie = owner->trie.view();
  tables.bounds = owner->bounds;
  tables.unknown = owner->vocabulary.unknown;
  tables.byte_fallback = owner->vocabulary.byte_fallback;
  tables.owner = owner;
  return tables;
}

}  // namespace glossa::detail
