// The trie over a vocabulary's characters finds what comparing every piece finds, and damaged units lead nowhere out of
// bounds.
#include "catch.hpp"
#include "error_of.hpp"

#include <glossa/text/character_labels.hpp>
#include <glossa/text/label_trie.hpp>
#include <glossa/text/label_trie_builder.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

using Word = std::vector<CharacterLabels::Label>;
using Found = std::vector<std::pair<std::size_t, glossa::TokenId>>;

Found found(const LabelTrieView& trie, const Word& word, std::size_t from) {
  Found out;
  trie.matches(word, from, [&](std::size_t end, glossa::TokenId id) { out.push_back({end, id}); });
  return out;
}

Found by_comparing(const std::map<Word, glossa::TokenId>& pieces, const Word& word, std::size_t from) {
  Found out;
  for (std::size_t end = from + 1; end <= word.size(); ++end) {
    const auto begin = word.begin() + static_cast<std::ptrdiff_t>(from);
    if (const auto it = pieces.find(Word(begin, word.begin() + static_cast<std::ptrdiff_t>(end))); it != pieces.end())
      out.push_back({end, it->second});
  }
  return out;
}

Word random_word(std::mt19937& random, std::size_t longest, unsigned labels) {
  Word word(1 + random() % longest);
  for (auto& label : word) label = static_cast<CharacterLabels::Label>(1 + random() % labels);
  return word;
}

LabelTrie trie_of(const std::map<Word, glossa::TokenId>& pieces) {
  std::vector<LabelledPiece> labelled;
  for (const auto& [piece, id] : pieces) labelled.push_back({piece, id});
  return LabelTrie(labelled);
}

}  // namespace

TEST_CASE("a trie finds the pieces that a word has at a place, shortest first") {
  std::mt19937 random(1);
  struct Shape {
    unsigned count;
    std::size_t longest;
    unsigned labels;
  };
  for (const Shape& shape : {Shape{1, 3, 2}, Shape{2, 3, 2}, Shape{30, 6, 2}, Shape{300, 12, 3}, Shape{3000, 5, 300},
                             Shape{3000, 3, 0xFFFE}, Shape{500, 400, 2}}) {
    std::map<Word, glossa::TokenId> pieces;
    for (unsigned id = 0; id < shape.count; ++id) {
      Word piece = random_word(random, shape.longest, shape.labels);
      if (id % 3 == 0 && !pieces.empty()) {  // long ones that share their head
        Word head = pieces.begin()->first;
        head.insert(head.end(), piece.begin(), piece.end());
        if (head.size() < 2000) piece = head;
      }
      pieces[piece] = id;
    }
    const LabelTrie trie = trie_of(pieces);
    for (int i = 0; i < 1000; ++i) {
      Word word = random_word(random, 2 * shape.longest, shape.labels + (shape.labels < 0xFFFE ? 1 : 0));
      const auto& head = std::next(pieces.begin(), static_cast<std::ptrdiff_t>(random() % pieces.size()))->first;
      if (i % 2 == 0)
        word.insert(word.begin() + static_cast<std::ptrdiff_t>(word.size() / 2), head.begin(), head.end());
      if (i % 7 == 0) word.back() = CharacterLabels::kNone;
      const std::size_t from = i % 3 == 0 ? word.size() / 2 : 0;
      REQUIRE(found(trie.view(), word, from) == by_comparing(pieces, word, from));
    }
  }
}

TEST_CASE("an empty trie holds nothing, and pieces that would be nodes below nodes without end are refused") {
  CHECK(found(LabelTrieView(), Word{1, 2}, 0).empty());
  CHECK(found(LabelTrie(std::vector<LabelledPiece>{}).view(), Word{1, 2}, 0).empty());
  const Word long_piece(100'000, 1);
  const Word longer_piece(100'001, 1);
  const auto error = test::error_of([&] { (void)trie_of({{long_piece, 0}, {longer_piece, 1}}); });
  CHECK(error.kind() == glossa::ErrorKind::unsupported);
}

TEST_CASE("whatever units and tails hold, a look-up ends within the word") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    std::map<Word, glossa::TokenId> pieces;
    for (unsigned i = 0; i < 50; ++i) pieces[random_word(random, 8, 4)] = i;
    const LabelTrie good = trie_of(pieces);
    std::vector<LabelUnit> units(good.view().units().begin(), good.view().units().end());
    Word tails(good.view().tails().begin(), good.view().tails().end());
    for (int i = 0; i < 60; ++i) units[random() % units.size()].bits ^= std::uint64_t{1} << random() % 64;
    for (auto& label : tails)
      if (random() % 4 == 0) label = static_cast<CharacterLabels::Label>(random() % 8);
    units.resize(random() % 4 == 0 ? random() % units.size() : units.size());
    tails.resize(random() % (tails.size() + 1));
    const LabelTrieView trie(units, tails);
    for (int i = 0; i < 100; ++i) {
      const Word word = random_word(random, 20, 4);
      std::size_t last = 0;
      for (const auto& [end, id] : found(trie, word, 0)) {
        REQUIRE(end > last);
        REQUIRE(end <= word.size());
        last = end;
      }
    }
  }
}

TEST_CASE(
    "characters are numbered, those that mark words and special tokens first, then by how many pieces have them") {
  CharacterCounts counts;
  for (const char* piece : {"ab", "b", "<c", "\u2581b", "\U0001F600"}) counts.add(piece);
  const std::vector<std::uint32_t> characters = counts.in_order();
  CHECK(characters == std::vector<std::uint32_t>{'<', 0x2581, 'b', 'a', 'c', 0x1F600});
  const CharacterLabels labels(characters);
  Word word(20);
  word.resize(labels.of("\u2581ba\U0001F600é中", word.data()));
  CHECK(word == Word{2, 3, 4, 6, CharacterLabels::kNone, CharacterLabels::kNone});
  CHECK(labels.is_open_label(1));
  CHECK(labels.is_open_label(2));
  CHECK_FALSE(labels.is_open_label(3));
  CHECK_FALSE(labels.is_open_label(CharacterLabels::kNone));
  const std::vector<std::uint32_t> wrong{0x110000, 'a', 0xFFFFFFFF};
  CHECK(CharacterLabels(wrong)[U'a'] == 2);
}
