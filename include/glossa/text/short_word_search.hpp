// The labels of a short word come in; the best way to segment it up to each of its positions that matters goes out.
#pragma once

#include <glossa/text/label_trie.hpp>
#include <glossa/text/piece_bounds.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/unigram_tables.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace glossa::detail {

/// The search of Unigram, without the pieces that begin where the best way cannot lead through: where the way there and
/// the most that the characters behind can add up to are less than what some way through the word reaches. That is the
/// one that takes the longest piece each time. A word that is a piece itself, and likelier than any others could be,
/// takes one look-up; of all look-ups more than a third are spared. What is left adds up the same numbers in the same
/// order, so that it is the full search's result to the last bit, ties included.
class ShortWordSearch {
 public:
  using Label = CharacterLabels::Label;
  using Node = PieceScratch::Node;
  static constexpr std::size_t kLongest = PieceBounds::kMost;

  explicit ShortWordSearch(const UnigramTables& tables) noexcept : tables_(tables) {}

  /// Whether these tables allow it. Without an unknown token every character needs to be looked at, as one that no
  /// piece covers is an error.
  static bool is_possible(const UnigramTables& tables) noexcept {
    return tables.unknown && tables.bounds.size() == kLongest + 1;
  }

  /// Fills nodes[0] to nodes[word.size()]; the word has at most kLongest characters.
  void run(std::span<const Label> word, Node* nodes) {
    std::fill(nodes, nodes + word.size() + 1,
              Node{std::numeric_limits<double>::quiet_NaN(), PieceScratch::kUnreached, 0});
    nodes[0].score = 0;
    const double least = take_longest_pieces(word) - PieceBounds::kMargin;
    const bool may_skip = has_bounds(word);
    const auto offer = [nodes](const Found& piece) {
      nodes[piece.end].take_better(piece.score + nodes[piece.begin].score, piece.begin, piece.id);
    };
    std::size_t offered = 0;  // of found_
    for (std::uint32_t at = 0; at < word.size(); ++at) {
      if (offered < count_ && found_[offered].begin == at) {
        while (offered < count_ && found_[offered].begin == at) offer(found_[offered++]);
      } else if (!may_skip || nodes[at].score + tables_.bounds[word.size() - at] >= least) {
        look_up(word, at, offer);  // never where no way leads: a sum with NaN is not greater than anything
      }
    }
  }

 private:
  struct Found {  // a piece in the word
    double score;
    TokenId id;
    std::uint32_t begin;
    std::uint32_t end;
  };

  /// Calls found(piece) for all pieces at `at`, that of an unknown character included.
  template <class Take>
  void look_up(std::span<const Label> word, std::uint32_t at, Take&& take) const {
    bool covered = false;  // the character alone, by a piece
    tables_.trie.matches(word, at, [&](std::size_t end, TokenId id) {
      if (id >= tables_.scores.size()) return;
      take(Found{tables_.scores[id], id, at, static_cast<std::uint32_t>(end)});
      covered |= end == at + 1;
    });
    if (!covered) take(Found{tables_.unknown_score, *tables_.unknown, at, at + 1});
  }

  /// Keeps in found_ what was found at the places that this goes through, and returns what it adds up to.
  double take_longest_pieces(std::span<const Label> word) {
    double sum = 0;
    count_ = 0;
    for (std::uint32_t at = 0; at < word.size();) {
      Found longest{0, 0, at, at};
      look_up(word, at, [&](const Found& piece) {
        found_[count_++] = piece;  // no two of them end at the same place
        if (piece.end > longest.end) longest = piece;
      });
      sum += longest.score;
      at = longest.end;
    }
    return sum;
  }

  /// Whether the bounds hold behind the first character: they say nothing about open ones.
  [[nodiscard]] bool has_bounds(std::span<const Label> word) const noexcept {
    return std::none_of(word.begin() + 1, word.end(), [&](Label label) { return tables_.labels.is_open_label(label); });
  }

  const UnigramTables& tables_;
  std::array<Found, kLongest> found_;
  std::size_t count_ = 0;
};

}  // namespace glossa::detail
