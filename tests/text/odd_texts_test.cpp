// Texts may hold anything: no bytes at all, NUL, what is not UTF-8, marks without letters.
#include "catch.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using Ids = std::vector<glossa::TokenId>;

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::vector<glossa::TokenId> specials(const glossa::Tokenizer& tokenizer) {
  std::vector<glossa::TokenId> ids = tokenizer.prefix_ids();
  for (const glossa::TokenId id : tokenizer.suffix_ids()) ids.push_back(id);
  return ids;
}

}  // namespace

TEST_CASE("an empty text is its special tokens, and so is one of white space") {
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    for (const std::string& text : {std::string(), std::string(" "), std::string(" \t\r\n\u3000\u2028")}) {
      const auto encoding = tokenizer.encode(text, {.with_tokens = true, .with_offsets = true});
      CHECK(encoding.ids == specials(tokenizer));
      CHECK(encoding.offsets == std::vector<glossa::ByteRange>{{0, 0}, {0, 0}});
      CHECK(encoding.total_tokens == 2);
      CHECK(encoding.used_bytes == text.size());
      CHECK(encoding.unknown_tokens == 0);
    }
  }
}

TEST_CASE("bytes that are not UTF-8 count as what Python decodes them to, at their own places") {
  const auto golden = test::parse_json(test::read_file(test::golden() / "utf8.json"));
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    for (const auto& entry : golden.at("cases")) {
      const std::string bytes = from_hex(entry.at("bytes").get<std::string>());
      const auto repaired = entry.at("text").get<std::string>();
      INFO(name << " " << entry.at("bytes"));
      const auto found = tokenizer.encode(bytes, {.with_tokens = true, .with_offsets = true});
      const auto expected = tokenizer.encode(repaired, {.with_tokens = true, .with_offsets = true});
      CHECK(found.ids == expected.ids);
      CHECK(found.tokens == expected.tokens);
      const glossa::detail::ValidText valid(bytes);
      std::vector<glossa::ByteRange> offsets;
      for (const glossa::ByteRange& range : expected.offsets)
        offsets.push_back({valid.original_offset(range.begin), valid.original_offset(range.end)});
      CHECK(found.offsets == offsets);
      CHECK(found.used_bytes == bytes.size());
    }
  }
}

TEST_CASE("a text does not end at a NUL") {
  const glossa::Tokenizer xlmr = test::small_tokenizer("xlmr");
  const std::string text("a\0 b", 4);
  const auto encoding = xlmr.encode(text, {.with_offsets = true});
  CHECK(encoding.used_bytes == 4);
  REQUIRE(encoding.offsets.size() > 3);
  CHECK(encoding.offsets[encoding.offsets.size() - 2] == glossa::ByteRange{3, 4});
  const glossa::Tokenizer bert = test::small_tokenizer("bert_uncased");
  CHECK(bert.encode(text).ids == bert.encode("a b").ids);  // its cleaning removes NUL
  CHECK(bert.encode(std::string(5, '\0')).ids == specials(bert));
}

TEST_CASE("marks without letters are tokens in their own places, however many") {
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    for (std::size_t count : {1u, 2u, 5u, 3000u}) {
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += i % 2 == 0 ? "\u0301" : "\u0323";
      for (const std::string& around : {text, "a" + text, text + "b", " " + text + " "})
        CHECK(test::broken_rule_of_models(tokenizer, around, {}).empty());
    }
    CHECK(test::broken_rule_of_models(tokenizer, test::nasty_text(), specials(tokenizer)).empty());
  }
}

TEST_CASE("behind control characters that vanish, tokens lie where they stand") {
  const glossa::Tokenizer xlmr = test::small_tokenizer("xlmr");
  const auto begins = [&](const std::string& text) {
    std::vector<std::size_t> out;
    for (const auto& range : xlmr.encode(text, {.add_special_tokens = false, .with_offsets = true}).offsets)
      out.push_back(range.begin);
    return out;
  };
  CHECK(begins("\x01\x02 a b") == std::vector<std::size_t>{3, 5});  // Hugging Face: 1 and 3
  CHECK(begins("a \x01 b") == std::vector<std::size_t>{0, 4});
  const auto ligature = xlmr.encode("\uFB01\x01", {.add_special_tokens = false, .with_offsets = true});
  REQUIRE_FALSE(ligature.offsets.empty());
  CHECK(ligature.offsets.back().end == 3);  // Hugging Face: 4
}

TEST_CASE("a tokenizer can be copied, and the copy outlives it") {
  std::optional<glossa::Tokenizer> first(test::small_tokenizer("bert_uncased"));
  const glossa::Tokenizer copy = *first;
  const Ids expected = first->encode("hello world").ids;
  first.reset();
  CHECK(copy.encode("hello world").ids == expected);
  CHECK(copy.source() == "tokenizer.json");
}
