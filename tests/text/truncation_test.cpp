// A result that is cut says how long it was and where in the text the cut lies.
#include "catch.hpp"
#include "error_of.hpp"
#include "golden_tokens.hpp"
#include "small_tokenizer.hpp"
#include "small_vocabularies.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using Ids = std::vector<glossa::TokenId>;

namespace {

glossa::Tokenizer letters() {
  return test::tokenizer_of(test::word_document({"[UNK]", "<s>", "</s>", "é", "b", "##c"}));
}

}  // namespace

TEST_CASE("the first tokens stay, the special ones around them too") {
  const glossa::Tokenizer tokenizer = letters();
  const std::string text = "é bc  é x";
  struct Case {
    std::size_t max_tokens;
    Ids ids;
    std::size_t used_bytes;
    std::size_t unknown;
  };
  for (const Case& expected :
       {Case{0, {1, 3, 4, 5, 3, 0, 2}, 11, 1}, Case{9, {1, 3, 4, 5, 3, 0, 2}, 11, 1},
        Case{7, {1, 3, 4, 5, 3, 0, 2}, 11, 1}, Case{6, {1, 3, 4, 5, 3, 2}, 10, 0}, Case{5, {1, 3, 4, 5, 2}, 7, 0},
        Case{4, {1, 3, 4, 2}, 4, 0}, Case{3, {1, 3, 2}, 3, 0}, Case{2, {1, 2}, 0, 0}}) {
    CAPTURE(expected.max_tokens);
    for (const bool offsets : {false, true}) {
      const auto cut = tokenizer.encode(text, {.max_tokens = expected.max_tokens, .with_offsets = offsets});
      CHECK(cut.ids == expected.ids);
      CHECK(cut.total_tokens == 7);
      CHECK(cut.used_bytes == expected.used_bytes);
      CHECK(cut.unknown_tokens == expected.unknown);
      CHECK(cut.truncated() == (expected.ids.size() < 7));
      CHECK(cut.offsets.size() == (offsets ? expected.ids.size() : 0));
    }
  }
}

TEST_CASE("without special tokens all of the room is the text's") {
  const auto cut = letters().encode("é b é", {.add_special_tokens = false, .max_tokens = 1});
  CHECK(cut.ids == Ids{3});
  CHECK(cut.total_tokens == 3);
  CHECK(cut.used_bytes == 3);
}

TEST_CASE("a limit below the number of special tokens is refused by name") {
  const glossa::Error error = test::error_of([] { (void)letters().encode("b", {.max_tokens = 1}); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error.field() == "max_tokens");
  CHECK(test::says(error, "at least 2"));
}

TEST_CASE("white space at the end of a text that was not cut counts as used") {
  const auto encoding = letters().encode("b   ", {.max_tokens = 3});
  CHECK_FALSE(encoding.truncated());
  CHECK(encoding.used_bytes == 4);
}

TEST_CASE("every hard text can be cut anywhere") {
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    for (const test::GoldenTokens& golden : test::golden_tokens(name)) {
      INFO(name << ": " << golden.text);
      CHECK(test::broken_rule(tokenizer, golden.text, {}).empty());
      CHECK(test::broken_rule(tokenizer, golden.text, {.specials = glossa::Specials::text}).empty());
    }
    const std::string nasty = test::nasty_text();
    CHECK(test::broken_rule(tokenizer, nasty, {}).empty());
  }
}

TEST_CASE("what lies behind the cut may have decided on the pieces before it") {
  test::Json document = test::bare_document();
  const auto piece = [](const char* text, double score) { return test::Json::array({text, score}); };
  document["model"] = {
      {"type", "Unigram"},
      {"unk_id", 0},
      {"vocab", test::Json::array({piece("?", 0), piece("a", -2), piece("ab", -1), piece("bc", -1), piece("c", -9)})}};
  const glossa::Tokenizer tokenizer = test::tokenizer_of(document);
  CHECK(tokenizer.encode("abab", {.max_tokens = 1}).ids == Ids{2});
  const auto cut = tokenizer.encode("abc", {.max_tokens = 1});
  CHECK(cut.ids == Ids{1});
  CHECK(cut.used_bytes == 1);
}

TEST_CASE("the cut of a long text lies where the token that was left out begins") {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i)
    text += i % 50 == 7  ? " <mask> ＡＢＣ ｶﾞ \xFF"
            : i % 3 == 0 ? " e\u0301\u0323ﬁ"
            : i % 7 == 0 ? "猫が寝る。"
                         : " The cat's";
  for (const char* name : {"xlmr", "bert_uncased"}) {
    test::Json document = test::small_vocabulary(name).at("tokenizer");
    for (const bool added : {false, true}) {
      if (added)
        document["added_tokens"].push_back(
            {{"id", 100'000}, {"content", "CAT"}, {"normalized", true}, {"special", false}});
      const glossa::Tokenizer tokenizer = test::tokenizer_of(document);
      const auto all = tokenizer.encode(text, {.with_offsets = true});
      for (const std::size_t most : {2u, 3u, 10u, 511u, 512u, 5000u, 30'000u}) {
        INFO(name << " " << added << " " << most);
        const auto cut = tokenizer.encode(text, {.max_tokens = most});
        CHECK(cut.total_tokens == all.total_tokens);
        REQUIRE(cut.truncated());
        CHECK(cut.used_bytes == all.offsets[most - 1].begin);
        CHECK(std::equal(cut.ids.begin(), cut.ids.end() - 1, all.ids.begin()));
      }
    }
  }
}

TEST_CASE("a mark that a whole text carries does not hide where the cut lies") {
  std::string text = "a";
  for (int i = 0; i < 50'000; ++i) text += i % 2 == 0 ? "\u0301" : "\u0323";
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    CHECK(test::broken_rule(tokenizer, text, {}).empty());
    CHECK(test::broken_rule(tokenizer, text + " b c", {}).empty());
  }
}
