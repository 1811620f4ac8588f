// WordPiece takes the longest piece that fits, again and again, or gives the whole word up.
#include "catch.hpp"
#include "error_of.hpp"

#include <glossa/text/word_piece.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

WordPieceVocabulary vocabulary(const std::vector<std::string>& pieces) {
  WordPieceVocabulary out;
  for (const std::string& piece : pieces) out.pieces.add(piece);
  return out;
}

std::vector<std::string> segmented(const WordPiece& model, std::string_view word) {
  PieceScratch scratch;
  std::vector<Piece> pieces;
  model.segment(word, scratch, pieces);
  std::vector<std::string> out;
  std::size_t end = 0;
  for (const Piece& piece : pieces) {
    REQUIRE(piece.begin == end);
    end = piece.end;
    out.emplace_back(model.piece(piece.id));
    REQUIRE(piece.known == (out.back() != "[UNK]"));
  }
  REQUIRE(end == word.size());
  return out;
}

/// The algorithm as it is told, on strings.
std::vector<std::string> naive(const std::vector<std::string>& pieces, const std::string& word) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t end = word.size();
    for (; end > begin; --end) {
      const std::string piece = (begin == 0 ? "" : "##") + word.substr(begin, end - begin);
      if (std::find(pieces.begin(), pieces.end(), piece) == pieces.end()) continue;
      out.push_back(piece);
      break;
    }
    if (end == begin) return {"[UNK]"};
    begin = end;
  }
  return out;
}

}  // namespace

TEST_CASE("random words are cut as the plain algorithm cuts them") {
  std::mt19937 random(3);
  const std::vector<std::string> alphabet{"a", "b", "é", "中"};
  const auto text = [&](std::size_t longest) {
    std::string out;
    for (std::size_t n = 1 + random() % longest; n > 0; --n) out += alphabet[random() % alphabet.size()];
    return out;
  };
  std::size_t unknown = 0;
  std::size_t words = 0;
  for (int round = 0; round < 100; ++round) {
    std::vector<std::string> pieces{"[UNK]"};
    for (int i = 0; i < 30; ++i) pieces.push_back((random() % 3 == 0 ? "" : "##") + text(3));
    const WordPiece model(vocabulary(pieces), "f");
    for (int i = 0; i < 50; ++i) {
      const std::string word = text(10);
      const auto expected = naive(pieces, word);
      INFO(word);
      CHECK(segmented(model, word) == expected);
      unknown += expected.front() == "[UNK]";
      ++words;
    }
  }
  CHECK(unknown > words / 20);
  CHECK(unknown < words - words / 20);
}

TEST_CASE("one character that cannot be written makes the whole word unknown") {
  const WordPiece model(vocabulary({"[UNK]", "un", "##aff", "##able"}), "f");
  CHECK(segmented(model, "unaffable") == std::vector<std::string>{"un", "##aff", "##able"});
  CHECK(segmented(model, "unaffablex") == std::vector<std::string>{"[UNK]"});
  CHECK(segmented(model, "able") == std::vector<std::string>{"[UNK]"});  // only inside words
}

TEST_CASE("a word of more characters than the limit is unknown, counted in characters") {
  WordPieceVocabulary pieces = vocabulary({"[UNK]", "é", "##é"});
  pieces.longest_word = 3;
  const WordPiece model(std::move(pieces), "f");
  CHECK(segmented(model, "ééé").size() == 3);
  CHECK(segmented(model, "éééé") == std::vector<std::string>{"[UNK]"});
}

TEST_CASE("another mark of continuation works as well, and none at all") {
  WordPieceVocabulary marked = vocabulary({"[UNK]", "a", "@@b", "@@c"});
  marked.continuation = "@@";
  CHECK(segmented(WordPiece(std::move(marked), "f"), "abc") == std::vector<std::string>{"a", "@@b", "@@c"});
  WordPieceVocabulary plain = vocabulary({"[UNK]", "a", "bc"});
  plain.continuation = "";
  CHECK(segmented(WordPiece(std::move(plain), "f"), "abca") == std::vector<std::string>{"a", "bc", "a"});
  const WordPiece whole(vocabulary({"[UNK]", "a"}), "f");  // no piece for the inside of words
  CHECK(segmented(whole, "a") == std::vector<std::string>{"a"});
  CHECK(segmented(whole, "aa") == std::vector<std::string>{"[UNK]"});
}

TEST_CASE("hidden pieces are not used") {
  const WordPiece model(vocabulary({"[UNK]", "[SEP]", "[", "##S", "##E", "##P", "##]"}), "f");
  const std::vector<bool> hidden{true, true, false, false, false, false, false};
  PieceScratch scratch;
  scratch.hidden = &hidden;
  std::vector<Piece> out;
  model.segment("[SEP]", scratch, out);
  CHECK(out.size() == 5);
}

TEST_CASE("a vocabulary without its unknown token is refused") {
  const glossa::Error error = test::error_of([] { const WordPiece model(vocabulary({"a"}), "m/vocab.txt"); });
  CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
  CHECK(error.file() == "m/vocab.txt");
  CHECK(error.field() == "unk_token");
  CHECK(test::says(error, "[UNK]"));
}
