// A double-array trie finds what a plain look-up in a map finds.
#include "catch.hpp"

#include <glossa/text/double_array.hpp>
#include <glossa/text/double_array_builder.hpp>
#include <glossa/text/piece_trie_builder.hpp>
#include <glossa/text/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

using Keys = std::map<std::string, std::uint32_t>;
using Matches = std::vector<std::pair<std::size_t, std::uint32_t>>;

std::vector<std::uint32_t> build(const Keys& keys) {
  std::vector<TrieEntry> entries;
  for (const auto& [key, value] : keys) entries.push_back({key, value});
  return build_double_array(entries);
}

Matches found_by_trie(const DoubleArray& trie, std::string_view text) {
  Matches matches;
  trie.prefixes(trie.root(), text, [&](std::size_t length, std::uint32_t value) {
    matches.emplace_back(length, value);
    return true;
  });
  return matches;
}

Matches found_by_map(const Keys& keys, std::string_view text) {
  Matches matches;
  for (std::size_t length = 1; length <= text.size(); ++length)
    if (const auto it = keys.find(std::string(text.substr(0, length))); it != keys.end())
      matches.emplace_back(length, it->second);
  return matches;
}

/// Bytes from `first` to `last`, at most `longest` of them.
std::string random_key(std::mt19937& random, unsigned first, unsigned last, std::size_t longest) {
  std::string key(1 + random() % longest, '\0');
  for (char& c : key) c = static_cast<char>(first + random() % (last - first + 1));
  return key;
}

}  // namespace

TEST_CASE("a trie finds every key that starts a text, shortest first") {
  std::mt19937 random(1);
  struct Alphabet {
    unsigned first;
    unsigned last;
    std::size_t longest;
    std::size_t keys;
  };
  for (const Alphabet& from : {Alphabet{'a', 'b', 12, 500}, Alphabet{1, 255, 4, 20'000}, Alphabet{'a', 'z', 8, 5000},
                               Alphabet{0x80, 0xBF, 3, 3000}, Alphabet{'x', 'x', 300, 100}}) {
    Keys keys;
    for (std::size_t i = 0; i < from.keys; ++i)
      keys[random_key(random, from.first, from.last, from.longest)] = random() & 0x7FFFFFFFu;
    const auto units = build(keys);
    const DoubleArray trie(units);
    std::size_t wrong = 0;
    for (const auto& [key, value] : keys) {
      const std::string text = key + random_key(random, from.first, from.last, from.longest);
      wrong += found_by_trie(trie, text) != found_by_map(keys, text);
    }
    for (int i = 0; i < 5000; ++i) {
      const std::string text = random_key(random, 0, 255, 6);
      wrong += found_by_trie(trie, text) != found_by_map(keys, text);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("a search stops when it is told to") {
  const auto units = build({{"a", 1}, {"ab", 2}, {"abc", 3}});
  const DoubleArray trie(units);
  std::size_t calls = 0;
  trie.prefixes(trie.root(), "abcd", [&](std::size_t, std::uint32_t) { return ++calls < 2; });
  CHECK(calls == 2);
}

TEST_CASE("a search can go on behind a prefix that was read before") {
  const auto units = build({{"##", 1}, {"##a", 2}, {"##ab", 3}, {"a", 4}});
  const DoubleArray trie(units);
  const auto node = trie.find("##");
  REQUIRE(node);
  Matches matches;
  trie.prefixes(*node, "abc", [&](std::size_t length, std::uint32_t value) {
    matches.emplace_back(length, value);
    return true;
  });
  CHECK(matches == Matches{{1, 2}, {2, 3}});
  CHECK_FALSE(trie.find("#a"));
  CHECK(trie.find("##ab"));
}

TEST_CASE("a trie's root has an offset, and all children lie in the array: sentencepiece's loader asks for both") {
  std::mt19937 random(4);
  for (const std::size_t count : {1u, 2u, 300u, 5000u}) {
    Keys keys;
    while (keys.size() < count) keys.emplace(random_key(random, 1, 255, 6), keys.size());
    const std::vector<std::uint32_t> units = build(keys);
    const auto offset = [&](std::size_t i) { return (units[i] >> 10) << ((units[i] & (1u << 9)) >> 6); };
    CHECK((units[0] & 0x800001FFu) == 0);
    CHECK(offset(0) != 0);
    for (std::size_t i = 0; i < units.size(); ++i)
      if ((units[i] >> 31) == 0) CHECK(((i ^ offset(i)) | 0xFF) < units.size());
  }
}

TEST_CASE("a trie without keys finds nothing, and no key is found behind a NUL") {
  CHECK(build({}).empty());
  const DoubleArray nothing;
  CHECK(found_by_trie(nothing, "abc").empty());
  CHECK_FALSE(nothing.find("a"));
  const auto units = build({{"a", 7}});
  CHECK(found_by_trie(DoubleArray(units), std::string_view("\0a", 2)).empty());
  CHECK(found_by_trie(DoubleArray(units), std::string_view("a\0a", 3)) == Matches{{1, 7}});
}

TEST_CASE("a vocabulary's trie takes entries in any order, the last of equal ones, and none that cannot match") {
  const std::string nul("a\0b", 3);
  const PieceTrie trie({{"long piece with a common head 2", 2},
                        {"b", 1},
                        {"long piece with a common head 1", 3},
                        {"", 9},
                        {nul, 8},
                        {"b", 4}});
  const auto id = [&](std::string_view piece) {
    glossa::TokenId found = 99;
    return trie.find(piece, found) ? found : 99;
  };
  CHECK(id("b") == 4);
  CHECK(id("long piece with a common head 1") == 3);
  CHECK(id("long piece with a common head 2") == 2);
  CHECK(id("long piece with a common head") == 99);
  CHECK(id("") == 99);
  CHECK(id("a") == 99);
  CHECK(id(nul) == 99);
}

TEST_CASE("a table of pieces gives back what was added, and nothing behind its end") {
  PieceTable pieces;
  pieces.add("▁a");
  pieces.add("");
  pieces.add(std::string("x\0y", 3));
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0] == "▁a");
  CHECK(pieces[1].empty());
  CHECK(pieces[2] == std::string("x\0y", 3));
  CHECK(pieces[3].empty());
  CHECK(pieces[static_cast<std::size_t>(-1)].empty());
}
