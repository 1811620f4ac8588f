// Viterbi's segmentation is the best of all segmentations, tried one by one.
#include "catch.hpp"
#include "error_of.hpp"

#include <glossa/text/unigram.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

using Scores = std::vector<std::pair<std::string, double>>;

/// A model of these pieces, the first of which is the unknown token.
UnigramVocabulary vocabulary(const Scores& pieces) {
  UnigramVocabulary out;
  for (const auto& [piece, score] : pieces) {
    out.pieces.add(piece);
    out.scores.push_back(score);
  }
  out.unknown = 0;
  return out;
}

/// "un|known", unknown pieces in brackets.
std::string segmented(const Unigram& model, std::string_view word) {
  PieceScratch scratch;
  std::vector<Piece> pieces;
  model.segment(word, scratch, pieces);
  std::string out;
  std::size_t end = 0;
  for (const Piece& piece : pieces) {
    REQUIRE(piece.begin == end);
    REQUIRE(piece.end > piece.begin);
    end = piece.end;
    if (!out.empty()) out += '|';
    const std::string text(word.substr(piece.begin, piece.end - piece.begin));
    if (piece.known) REQUIRE(model.piece(piece.id) == text);
    out += piece.known ? text : '[' + text + ']';
  }
  REQUIRE(end == word.size());
  return out;
}

/// The best segmentations by trying all, added up from left to right in double.
struct BruteForce {
  std::map<std::string, double> scores;
  double unknown;
  double best = -std::numeric_limits<double>::infinity();
  std::set<std::string> paths{};  // those whose sums are the best one

  void search(std::string_view rest, double sum, const std::string& done, bool after_unknown) {
    if (rest.empty()) {
      if (sum > best) paths.clear();
      best = std::max(best, sum);
      if (sum == best) paths.insert(after_unknown ? done + ']' : done);
      return;
    }
    const std::string bar = done.empty() ? "" : "|";
    for (std::size_t length = 1; length <= rest.size(); ++length)
      if (const auto it = scores.find(std::string(rest.substr(0, length))); it != scores.end())
        search(rest.substr(length), it->second + sum, done + (after_unknown ? "]" : "") + bar + it->first, false);
    const std::size_t character = utf8_length(rest[0]);
    const std::string first(rest.substr(0, character));
    if (!scores.contains(first))
      search(rest.substr(character), unknown + sum, after_unknown ? done + first : done + bar + '[' + first, true);
  }
};

}  // namespace

TEST_CASE("the best segmentation of many random words is found, unknown characters fused") {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> score(-12, -1);
  const std::vector<std::string> alphabet{"a", "b", "c", "é", "中", "😀"};
  const auto text = [&](std::size_t longest) {
    std::string out;
    for (std::size_t n = 1 + random() % longest; n > 0; --n) out += alphabet[random() % alphabet.size()];
    return out;
  };
  std::size_t with_unknown = 0;
  std::size_t decided = 0;
  for (int round = 0; round < 60; ++round) {
    std::map<std::string, double> pieces;
    for (int i = 0; i < 25; ++i) pieces[text(4)] = score(random);
    Scores scores{{"<unk>", 0}};
    scores.insert(scores.end(), pieces.begin(), pieces.end());
    double least = 0;
    for (const auto& [piece, value] : pieces) least = std::min(least, value);
    const Unigram model(vocabulary(scores), "f");
    for (int i = 0; i < 40; ++i) {
      const std::string word = text(9);
      BruteForce oracle{.scores = pieces, .unknown = least - 10};
      oracle.search(word, 0, "", false);
      INFO(word);
      const std::string found = segmented(model, word);
      CHECK(oracle.paths.contains(found));
      with_unknown += found.find('[') != std::string::npos;
      decided += oracle.paths.size() == 1;
    }
  }
  CHECK(with_unknown > 100);
  CHECK(decided > 2000);  // of 2400 words: those without ties
}

TEST_CASE("of segmentations with the same sum the one whose last piece is longer wins") {
  const Unigram model(vocabulary({{"<unk>", 0}, {"a", -1}, {"aa", -2}}), "f");
  CHECK(segmented(model, "aa") == "aa");
  CHECK(segmented(model, "aaa") == "a|aa");
  CHECK(segmented(model, "aaaa") == "aa|aa");
}

TEST_CASE("neighbouring unknown characters are one token, others stay apart") {
  const Unigram model(vocabulary({{"<unk>", 0}, {"a", -1}}), "f");
  CHECK(segmented(model, "xyz") == "[xyz]");
  CHECK(segmented(model, "xéaxaé中") == "[xé]|a|[x]|a|[é中]");
}

TEST_CASE("a character that is a piece is never unknown, one that only starts pieces is") {
  const Unigram model(vocabulary({{"<unk>", 0}, {"ab", -1}, {"c", -100}}), "f");
  CHECK(segmented(model, "abac") == "ab|[a]|c");
}

TEST_CASE("unknown characters that together are a piece become that piece") {
  // Only scores above 0 bring it about: three unknown characters at 10 are worth more than the piece at 20.
  const Unigram model(vocabulary({{"<unk>", 20}, {"xyz", 20}}), "f");
  CHECK(segmented(model, "xyz") == "xyz");
}

TEST_CASE("with byte fallback unknown characters are their bytes, each standing for all of them") {
  UnigramVocabulary pieces = vocabulary({{"<unk>", 0}, {"a", -1}, {"<0xC3>", -2}, {"<0xA9>", -2}});
  pieces.byte_fallback = true;
  const Unigram model(std::move(pieces), "f");
  PieceScratch scratch;
  std::vector<Piece> out;
  model.segment("aé", scratch, out);
  REQUIRE(out.size() == 3);
  CHECK(model.piece(out[1].id) == "<0xC3>");
  CHECK(model.piece(out[2].id) == "<0xA9>");
  CHECK((out[1].begin == 1 && out[1].end == 3 && out[2].begin == 1 && out[2].end == 3 && out[1].known));
  out.clear();
  model.segment("ü", scratch, out);  // <0xBC> is missing
  REQUIRE(out.size() == 1);
  CHECK((out[0].id == 0 && !out[0].known));
}

TEST_CASE("short words, searched in part, come out as a search of all their places has them") {
  std::mt19937 random(5);
  const std::vector<std::string> alphabet{"a", "b", "c", "d", "é", "中", "<", "\u2581", "😀"};
  const auto text = [&](std::size_t longest) {
    std::string out;
    const std::size_t letters = random() % 4 == 0 ? alphabet.size() : 5;
    for (std::size_t n = 1 + random() % longest; n > 0; --n) out += alphabet[random() % letters];
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    Scores scores{{"<unk>", 0}};
    std::set<std::string> known{"<unk>"};
    const int range = round % 3 == 0 ? 4 : 4000;  // with few different scores most words have ties
    for (std::size_t i = 0; i < 400; ++i)
      if (std::string piece = text(i % 3 == 0 ? 8 : 4); known.insert(piece).second) {
        const double score = -1.0 - static_cast<double>(random() % static_cast<unsigned>(range)) * 12 / range;
        scores.push_back({piece, round % 5 == 0 ? score + 6 : score});
      }
    const Unigram model(vocabulary(scores), "f");
    const std::vector<bool> nothing(model.size(), false);
    PieceScratch part;
    PieceScratch whole;  // where pieces may be hidden, every place is looked at
    whole.hidden = &nothing;
    for (int i = 0; i < 100; ++i) {
      const std::string word = (i % 2 == 0 ? "\u2581" : "") + text(i % 4 == 0 ? 70 : 20);
      INFO(word);
      std::vector<Piece> found;
      std::vector<Piece> expected;
      model.segment(word, part, found);
      model.segment(word, whole, expected);
      REQUIRE(found.size() == expected.size());
      for (std::size_t k = 0; k < found.size(); ++k) {
        REQUIRE(found[k].id == expected[k].id);
        REQUIRE(found[k].begin == expected[k].begin);
        REQUIRE(found[k].end == expected[k].end);
        REQUIRE(found[k].known == expected[k].known);
      }
    }
  }
}

TEST_CASE("scores so large that their sums round are added up in full") {
  const Unigram model(vocabulary({{"<unk>", -2e17}, {"a", -1e17}, {"aa", -2e17}, {"aaa", -3e17 + 64}}), "f");
  CHECK(segmented(model, "aaa") == "aaa");
  CHECK(segmented(model, "aaaa").size() == 5);
}

TEST_CASE("hidden pieces are not used, whatever their score") {
  const Unigram model(vocabulary({{"<unk>", 0}, {"</s>", 0}, {"<", -5}, {"/", -5}, {"s", -5}, {">", -5}}), "f");
  CHECK(segmented(model, "</s>") == "</s>");
  const std::vector<bool> hidden{true, true, false, false, false, false};
  PieceScratch scratch;
  scratch.hidden = &hidden;
  std::vector<Piece> out;
  model.segment("</s>", scratch, out);
  CHECK(out.size() == 4);
}

TEST_CASE("without an unknown token a character that no piece covers is refused by name of the field") {
  UnigramVocabulary pieces = vocabulary({{"a", -1}});
  pieces.unknown.reset();
  const Unigram model(std::move(pieces), "f");
  CHECK(segmented(model, "aa") == "a|a");
  const glossa::Error error = test::error_of([&] { (void)segmented(model, "ab"); });
  CHECK(error.kind() == glossa::ErrorKind::unsupported);
  CHECK(error.field() == "unk_id");
}

TEST_CASE("a vocabulary that is none is refused with file and field") {
  const auto refused = [](UnigramVocabulary pieces, const std::string& field) {
    const glossa::Error error = test::error_of([&] { const Unigram model(std::move(pieces), "m/tokenizer.json"); });
    return error.kind() == glossa::ErrorKind::corrupt_file && error.file() == "m/tokenizer.json" &&
           error.field() == field;
  };
  CHECK(refused({}, "vocab"));
  UnigramVocabulary pieces = vocabulary({{"a", -1}, {"b", -1}});
  pieces.scores.pop_back();
  CHECK(refused(pieces, "vocab"));
  pieces.scores.push_back(std::numeric_limits<double>::quiet_NaN());
  CHECK(refused(pieces, "vocab[1]"));
  pieces.scores.back() = -1;
  pieces.unknown = 2;
  CHECK(refused(pieces, "unk_id"));
}

TEST_CASE("a word of any length is segmented as if it were searched as a whole") {
  // Pieces that overlap in cycles, so that decisions come late, and characters that nothing covers.
  UnigramVocabulary table;
  const std::pair<const char*, double> pieces[] = {{"<unk>", 0},    {"a", -2.5},  {"ab", -3.25}, {"ba", -3.0},
                                                   {"aba", -4.125}, {"b", -2.75}, {"bb", -4.5},  {"猫", -3.5}};
  for (const auto& [piece, score] : pieces) {
    table.pieces.add(piece);
    table.scores.push_back(score);
  }
  table.unknown = 0;
  const Unigram model(std::move(table), "test");
  std::mt19937 random(7);
  std::string word;
  while (word.size() < 60'000) {
    const auto draw = random() % 40;
    word += draw == 0 ? "猫" : draw == 1 ? "xx?" : draw % 2 == 0 ? "a" : "b";
  }
  word.replace(4000, 400, std::string(400, 'x'));  // unknown characters across the end of a block
  // The oracle: dynamic programming over the whole word.
  const double unknown_score = -4.5 - 10.0;
  std::vector<double> best(word.size() + 1, -1e300);
  std::vector<std::pair<std::size_t, glossa::TokenId>> from(word.size() + 1);
  best[0] = 0;
  for (std::size_t start = 0; start < word.size();) {
    const std::size_t character = glossa::detail::utf8_length(word[start]);
    bool covered = false;
    const auto offer = [&](std::size_t length, glossa::TokenId id, double score) {
      if (score + best[start] > best[start + length]) {
        best[start + length] = score + best[start];
        from[start + length] = {start, id};
      }
    };
    for (glossa::TokenId id = 1; id < std::size(pieces); ++id) {
      const std::string_view piece = pieces[id].first;
      if (word.compare(start, piece.size(), piece) != 0) continue;
      offer(piece.size(), id, pieces[id].second);
      covered = covered || piece.size() == character;
    }
    if (!covered) offer(character, 0, unknown_score);
    start += character;
  }
  std::vector<std::pair<std::size_t, glossa::TokenId>> expected;  // begin and id
  for (std::size_t end = word.size(); end > 0; end = from[end].first) {
    if (!expected.empty() && expected.back().second == 0 && from[end].second == 0) expected.pop_back();
    expected.push_back(from[end]);
  }
  std::reverse(expected.begin(), expected.end());
  PieceScratch scratch;
  std::vector<Piece> found;
  model.segment(word, scratch, found);
  CHECK(scratch.nodes.capacity() < 20'000);
  REQUIRE(found.size() == expected.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    REQUIRE(found[i].begin == at);
    REQUIRE(std::pair(found[i].begin, found[i].id) == expected[i]);
    at = found[i].end;
  }
  CHECK(at == word.size());
}
