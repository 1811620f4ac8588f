// Added tokens are cut out of a text as Hugging Face's AddedVocabulary cuts them out.
#include "catch.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/added_tokens.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

/// "plain{token}plain"
std::string split(const std::vector<AddedToken>& tokens, const std::string& text, bool plain_specials = false) {
  std::vector<std::string> patterns;
  for (const AddedToken& token : tokens) patterns.push_back(token.content);
  std::string out;
  std::size_t end = 0;
  for (const TextPart& part : AddedTokenMatcher(tokens, patterns).split(text, plain_specials)) {
    REQUIRE(part.range.begin == end);
    REQUIRE(part.range.end > end);
    end = part.range.end;
    const std::string stretch = text.substr(part.range.begin, part.range.end - part.range.begin);
    out += part.token ? '{' + stretch + '}' : stretch;
  }
  REQUIRE(end == text.size());
  return out;
}

std::vector<std::string> tokens_of(const glossa::Tokenizer& tokenizer, const std::string& text,
                                   glossa::Specials specials = glossa::Specials::recognised) {
  return tokenizer.encode(text, {.specials = specials, .with_tokens = true}).tokens;
}

test::Json added(int id, const char* content, bool normalized, bool special) {
  return {{"id", id}, {"content", content}, {"normalized", normalized}, {"special", special}};
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("tokens are found wherever they stand, the leftmost first and of those the longest") {
  const std::vector<AddedToken> tokens{
      {.id = 1, .content = "ab"}, {.id = 2, .content = "abc"}, {.id = 3, .content = "cd"}};
  CHECK(split(tokens, "xabcdab") == "x{abc}d{ab}");
  CHECK(split(tokens, "ababcd") == "{ab}{abc}d");
  CHECK(split(tokens, "bcd") == "b{cd}");
  CHECK(split(tokens, "xyz") == "xyz");
  CHECK(split(tokens, "").empty());
  CHECK(split({}, "abc") == "abc");
  CHECK(split({{.id = 1, .content = ""}}, "abc") == "abc");
}

TEST_CASE("a token takes the white space that it asks for, but none that another token has") {
  const std::vector<AddedToken> left{{.id = 1, .content = "<m>", .lstrip = true}};
  CHECK(split(left, "a \t\u3000<m> b") == "a{ \t\u3000<m>} b");
  CHECK(split(left, "  <m>") == "{  <m>}");
  const std::vector<AddedToken> both{{.id = 1, .content = "<m>", .lstrip = true, .rstrip = true}};
  CHECK(split(both, "a <m>  <m> b") == "a{ <m>  }{<m> }b");
}

TEST_CASE("a single word is no part of a longer one") {
  const std::vector<AddedToken> tokens{{.id = 1, .content = "ab", .single_word = true}};
  CHECK(split(tokens, "ab xab abx _ab ab1 (ab) éab ab́") == "{ab} xab abx _ab ab1 ({ab}) éab ab́");
}

TEST_CASE("where special tokens are plain text the others are still found") {
  const std::vector<AddedToken> tokens{{.id = 1, .content = "</s>", .special = true}, {.id = 2, .content = "word"}};
  CHECK(split(tokens, "a</s>word") == "a{</s>}{word}");
  CHECK(split(tokens, "a</s>word", true) == "a</s>{word}");
}

TEST_CASE("the parts cover any text") {
  const std::vector<AddedToken> tokens{{.id = 1, .content = "a b", .single_word = true},
                                       {.id = 2, .content = "b", .rstrip = true},
                                       {.id = 3, .content = "é", .lstrip = true},
                                       {.id = 4, .content = "aé", .special = true}};
  const std::vector<std::string> alphabet{"a", "b", "é", " ", "\u3000", "́"};
  std::mt19937 random(4);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) text += alphabet[random() % alphabet.size()];
    (void)split(tokens, text);
    (void)split(tokens, text, true);
  }
}

TEST_CASE("a token that is matched after normalisation is normalised itself") {
  test::Json document = test::word_document({"[UNK]", "a", "b"});
  document["normalizer"] = {{"type", "Lowercase"}};
  document["added_tokens"] = {added(3, "Raw", false, false), added(4, "Norm", true, false)};
  const glossa::Tokenizer tokenizer = test::tokenizer_of(document);
  CHECK(tokens_of(tokenizer, "aRawb") == Strings{"a", "Raw", "b"});
  CHECK(tokens_of(tokenizer, "araw b") == Strings{"[UNK]", "b"});
  CHECK(tokens_of(tokenizer, "aNORMb") == Strings{"a", "norm", "b"});
  CHECK(tokenizer.id("Norm") == 4);
  CHECK(tokenizer.token(4) == "Norm");
  CHECK(tokenizer.size() == 5);
}

TEST_CASE("an added token keeps its place in the original") {
  test::Json document = test::word_document({"[UNK]", "a", "b"});
  document["normalizer"] = {{"type", "NFD"}};
  document["added_tokens"] = {added(3, "<é>", false, true), added(4, "ü", true, false)};
  const auto encoding = test::tokenizer_of(document).encode("a <é> aüb", {.with_offsets = true});
  CHECK(encoding.ids == std::vector<glossa::TokenId>{1, 3, 1, 4, 2});
  CHECK(encoding.offsets == std::vector<glossa::ByteRange>{{0, 1}, {2, 6}, {7, 8}, {8, 10}, {10, 11}});
}
