// The trie of a vocabulary finds what comparing every piece finds, and damaged units lead nowhere out of bounds.
#include "catch.hpp"

#include <glossa/text/piece_trie.hpp>
#include <glossa/text/piece_trie_builder.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

using Found = std::vector<std::pair<std::size_t, std::uint32_t>>;

Found found(const PieceTrieView& trie, std::string_view text) {
  Found out;
  trie.prefixes(text, [&](std::size_t length, std::uint32_t id) { out.push_back({length, id}); });
  return out;
}

Found by_comparing(const std::map<std::string, std::uint32_t>& pieces, std::string_view text) {
  Found out;
  for (std::size_t length = 1; length <= text.size(); ++length)
    if (const auto it = pieces.find(std::string(text.substr(0, length))); it != pieces.end())
      out.push_back({length, it->second});
  return out;
}

std::string random_piece(std::mt19937& random, std::size_t longest, unsigned letters) {
  std::string piece;
  for (std::size_t length = 1 + random() % longest; length > 0; --length)
    piece.push_back(static_cast<char>(static_cast<unsigned char>(1 + random() % letters)));
  return piece;
}

}  // namespace

TEST_CASE("a trie finds the pieces that begin a text, shortest first") {
  std::mt19937 random(1);
  for (const auto& [count, longest, letters] : {std::tuple<unsigned, unsigned, unsigned>{1u, 3u, 2u},
                                                {2u, 3u, 2u},
                                                {30u, 6u, 2u},
                                                {300u, 12u, 3u},
                                                {3000u, 5u, 255u},
                                                {2000u, 400u, 2u}}) {
    std::map<std::string, std::uint32_t> pieces;
    std::vector<PieceEntry> entries;
    for (std::uint32_t id = 0; id < count; ++id) {
      std::string piece = random_piece(random, longest, letters);
      if (id % 3 == 0 && !pieces.empty()) piece = pieces.begin()->first + piece;  // long ones that share their head
      pieces[piece] = id;
    }
    for (const auto& [piece, id] : pieces) entries.push_back({piece, id});
    std::shuffle(entries.begin(), entries.end(), random);
    const PieceTrie trie(entries);
    for (int i = 0; i < 2000; ++i) {
      std::string text = random_piece(random, 2 * longest, letters);
      if (i % 2 == 0)
        text = std::next(pieces.begin(), static_cast<std::ptrdiff_t>(random() % pieces.size()))->first + text;
      REQUIRE(found(trie.view(), text) == by_comparing(pieces, text));
    }
    for (const auto& [piece, id] : pieces) {
      glossa::TokenId same = 0;
      REQUIRE((trie.find(piece, same) && same == id));
    }
  }
}

TEST_CASE("pieces behind a NUL, and pieces in an empty trie, are not found") {
  CHECK(found(PieceTrieView(), "abc").empty());
  CHECK(found(PieceTrie(std::vector<PieceEntry>{}).view(), "abc").empty());
  const PieceTrie trie({{"a", 7}});
  CHECK(found(trie.view(), std::string_view("\0a", 2)).empty());
  CHECK(found(trie.view(), std::string_view("a\0a", 3)) == Found{{1, 7}});
}

TEST_CASE("whatever units and tails hold, a look-up ends within the text") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<PieceEntry> entries;
    std::vector<std::string> pieces;
    for (int i = 0; i < 50; ++i) pieces.push_back(random_piece(random, 8, 4));
    for (const std::string& piece : pieces) entries.push_back({piece, 1});
    const PieceTrie good(entries);
    std::vector<PieceUnit> units(good.view().units().begin(), good.view().units().end());
    std::string tails(good.view().tails());
    for (int i = 0; i < 60; ++i) {
      PieceUnit& unit = units[random() % units.size()];
      if (random() % 2 == 0) unit.link ^= 1u << random() % 32;
      if (random() % 2 == 0) unit.value = static_cast<std::uint32_t>(random());
    }
    for (char& c : tails)
      if (random() % 4 == 0) c = static_cast<char>(static_cast<unsigned char>(random() % 256));
    units.resize(random() % 4 == 0 ? random() % units.size() : units.size());
    const PieceTrieView trie(units, std::string_view(tails).substr(0, random() % (tails.size() + 1)));
    for (int i = 0; i < 100; ++i) {
      const std::string text = random_piece(random, 20, 4);
      std::size_t last = 0;
      trie.prefixes(text, [&](std::size_t length, std::uint32_t) {
        REQUIRE(length > last);
        REQUIRE(length <= text.size());
        last = length;
      });
    }
  }
}
