// The pass that makes words of a text at once gives what the steps do one after another, which locate every token: the
// same ids, counts and cuts for whatever text.
#include "random_texts.hpp"

#include "catch.hpp"
#include "charsmap.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/character_classes.hpp>
#include <glossa/text/normalizer.hpp>
#include <glossa/text/pre_tokenizer.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/word_scanner.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace glossa::detail;

namespace {

using Words = std::vector<std::string>;
using Rules = std::map<std::string, std::string>;

Words step_by_step(const PrecompiledCharsmap* rules, char32_t mark, const std::string& text) {
  AlignedText aligned(text, 0, true);
  if (rules != nullptr) rules->apply(aligned);
  WordSplit split{std::move(aligned), {}};
  if (!split.text.text().empty()) split.words = {{0, split.text.text().size()}};
  WhitespaceSplitPreTokenizer().apply(split);
  MetaspacePreTokenizer({.replacement = mark}).apply(split);
  Words words;
  for (const glossa::ByteRange& word : split.words) words.emplace_back(split.word(word));
  return words;
}

Words at_once(const PrecompiledCharsmap* rules, const CharacterClasses& classes, char32_t mark,
              const std::string& text) {
  std::string mark_text;
  utf8_append(mark_text, mark);
  std::string buffer;
  Words words;
  WordScanner(rules, classes, mark_text, buffer).scan(text, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

void check_same(const glossa::Tokenizer& tokenizer, const std::string& text, std::size_t most) {
  for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
    for (const std::size_t max_tokens : {std::size_t{0}, most}) {
      const auto fast = tokenizer.encode(text, {.specials = specials, .max_tokens = max_tokens});
      const auto slow = tokenizer.encode(text, {.specials = specials, .max_tokens = max_tokens, .with_offsets = true});
      INFO("text: " << test::Json(text).dump(-1, ' ', true, test::Json::error_handler_t::replace));
      INFO("max_tokens: " << max_tokens);
      REQUIRE(fast.ids == slow.ids);
      REQUIRE(fast.total_tokens == slow.total_tokens);
      REQUIRE(fast.unknown_tokens == slow.unknown_tokens);
      REQUIRE(fast.used_bytes == slow.used_bytes);
    }
}

}  // namespace

TEST_CASE("words of a text at once are those of the steps one by one") {
  const Rules rules{{"ﬁ", "fi"},   {"e\u0301", "é"}, {"\n", " "},           {"\x01", ""}, {"\u3000", " "},
                    {"½", " 1⁄2"}, {"\u2581", " "},  {"x", "\u2581x"},      {"\r", ""},   {"\u0302", ""},
                    {"क", "k"},    {"\u093C", "."},  {"\u1100\u1161", "가"}};
  const auto some = test::charsmap(rules);
  for (const PrecompiledCharsmap* used : {static_cast<const PrecompiledCharsmap*>(nullptr), some.get()})
    for (const char32_t mark : {U'▁', U'_'}) {
      const CharacterClasses classes(used, mark);
      for (const std::string text : {"",
                                     " ",
                                     "a",
                                     " a  b ",
                                     "▁",
                                     "▁▁a",
                                     "a▁b ▁ c",
                                     "__a _",
                                     "e\u0301e",
                                     "\r\n\r\n",
                                     "a\r\nb",
                                     "ﬁ\u0301x",
                                     "½½",
                                     "\u0600\u0601 \u0600a",
                                     "\U0001F1E9\U0001F1EA\U0001F1E9x",
                                     "\U0001F468\u200D\U0001F469\u200D\n\U0001F467",
                                     "क\u094D\u200Dक\u093C क",
                                     "\u1100\u1161\u11A8\u1100 \u1161",
                                     "\U00011A3Aक\U000113D1e\u0301\U000113D1 ",
                                     "नम\u0301\u0302 x",
                                     "\u0301 \u0301",
                                     "𠮷 \u3000𠮷\u0301"}) {
        INFO("text: " << text);
        CHECK(at_once(used, classes, mark, text) == step_by_step(used, mark, text));
      }
      test::RandomTexts texts(used == nullptr ? 1 : 2);
      for (int i = 0; i < 20'000; ++i) {
        const std::string text(glossa::detail::ValidText(texts.next()).view());
        const Words expected = step_by_step(used, mark, text);
        if (at_once(used, classes, mark, text) == expected) continue;
        INFO("text: " << test::Json(text).dump(-1, ' ', true));
        REQUIRE(at_once(used, classes, mark, text) == expected);
      }
    }
}

TEST_CASE("random texts have the same ids, counts and cuts whether their tokens are located or not") {
  const glossa::Tokenizer tokenizer = test::small_tokenizer("xlmr");
  test::RandomTexts texts(3);
  for (std::size_t i = 0; i < 20'000; ++i) check_same(tokenizer, texts.next(), 2 + i % 17);
}

TEST_CASE("random texts have the same ids whether their tokens are located or not, with real pieces", "[real]") {
  const glossa::Tokenizer tokenizer(test::real_model("multilingual-e5-small"));
  test::RandomTexts texts(4);
  for (std::size_t i = 0; i < 60'000; ++i) check_same(tokenizer, texts.next(), 2 + i % 17);
}

TEST_CASE("a long text is cut where its tokens say") {
  const glossa::Tokenizer tokenizer = test::small_tokenizer("xlmr");
  test::RandomTexts texts(5);
  for (std::size_t i = 0; i < 200; ++i) {
    std::string text;
    while (text.size() < 6'000) text += texts.next() + (i % 3 == 0 ? " " : "");
    check_same(tokenizer, text, 10 + 7 * i);
  }
}

TEST_CASE("threads that share a tokenizer get the ids that one thread gets") {
  const glossa::Tokenizer tokenizer = test::small_tokenizer("xlmr");
  std::vector<std::string> texts;
  test::RandomTexts random(6);
  for (int i = 0; i < 500; ++i) texts.push_back(random.next());
  std::vector<std::vector<glossa::TokenId>> expected;
  for (const std::string& text : texts) expected.push_back(tokenizer.encode(text).ids);
  std::vector<std::size_t> different(4);
  std::vector<std::thread> threads;
  for (std::size_t& count : different)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (tokenizer.encode(texts[i]).ids != expected[i]) ++count;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(different == std::vector<std::size_t>(4));
}
