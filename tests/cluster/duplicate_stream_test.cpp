// A stream of texts, each of which is kept or not as it comes; and what it remembers.
#include "catch.hpp"
#include "near_texts.hpp"

#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/lexical_candidates.hpp>
#include <glossa/cluster/near_duplicates.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using test::views;

TEST_CASE("texts of one pattern do not fill the memory with candidates") {
  std::vector<glossa::detail::KeyedText> texts;
  for (int i = 0; i < 10'000; ++i)
    texts.push_back(
        glossa::detail::keyed_text("connection from client " + std::to_string(i) + " was closed by the server"));
  glossa::detail::LexicalCandidates candidates(texts);
  candidates.sketch([](std::size_t count, auto&& body) {
    for (std::size_t i = 0; i < count; ++i) body(i);
  });
  for (std::size_t round = 0; round < glossa::detail::LexicalCandidates::kRounds; ++round) candidates.add(round);
  const auto pairs = candidates.take();
  CHECK(pairs.size() < 400 * texts.size());
  CHECK(std::is_sorted(pairs.begin(), pairs.end()));
}

TEST_CASE("a crowd that was forgotten leaves room for others") {
  glossa::DuplicateStream stream({.most_kept = 100});
  const auto text = [](int i) {  // all share bands, none is like another
    std::string own = "the same beginning of all of these texts, and then ";
    std::mt19937 random(static_cast<unsigned>(i));
    for (int k = 0; k < 61; ++k) own += k == 30 ? ' ' : static_cast<char>('a' + random() % 26);
    return own;
  };
  for (int i = 0; i < 2000; ++i) {
    CHECK(stream.add(text(i)).is_kept());
    CHECK(!stream.add(text(i) + " again").is_kept());
  }
}

TEST_CASE("a stream that may keep few texts forgets the oldest, and its memory stays") {
  glossa::DuplicateStream stream({.most_kept = 100});
  std::mt19937 random(6);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 3000; ++i) {
    std::string text;
    for (std::size_t k = 0; k < 40; ++k) text += static_cast<char>('a' + random() % 26);
    texts.push_back(text);
    CHECK(stream.add(text).is_kept());
    CHECK(stream.kept() <= 100);
    CHECK(stream.memory_bytes() < 150'000);
    if (i >= 50) {
      const auto verdict = stream.add("  " + texts[i - 50] + "!");  // of the last hundred
      CHECK(verdict.score == 1);
      CHECK(!verdict.is_kept());
    }
  }
  CHECK(stream.add(texts[0]).is_kept());  // long forgotten
}

TEST_CASE("a stream's verdicts name a kept text that is alike, and equal keys alone at threshold one") {
  glossa::DuplicateStream stream;
  CHECK(stream.add("The quick brown fox jumps over the lazy dog").is_kept());
  const auto near = stream.add("The quick brown fox jumps over the lazy cat");
  CHECK(near.of == 0);
  CHECK(near.text == 1);
  CHECK(static_cast<double>(near.score) ==
        Approx(glossa::text_similarity("The quick brown fox jumps over the lazy dog",
                                       "The quick brown fox jumps over the lazy cat")));
  CHECK(stream.add("Nothing of the kind").is_kept());
  CHECK(stream.add("the QUICK brown fox jumps over the lazy dog!").of == 0);
  CHECK(stream.kept() == 2);
  glossa::DuplicateStream strict({.threshold = 1});
  CHECK(strict.add("The quick brown fox jumps over the lazy dog").is_kept());
  CHECK(strict.add("The quick brown fox jumps over the lazy cat").is_kept());
  CHECK(!strict.add("the quick brown fox jumps over the lazy dog").is_kept());
  glossa::DuplicateStream moved = std::move(strict);
  CHECK(!moved.add("the quick brown fox, jumps over the lazy cat").is_kept());
}
