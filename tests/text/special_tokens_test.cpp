// With Specials::text no text turns into a special token; with Specials::recognised those that stand there do.
#include "catch.hpp"
#include "small_tokenizer.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using glossa::Specials;
using glossa::TokenId;

namespace {

/// Special strings of XLM-R and BERT, and what turns into them on its way: by compatibility forms, by controls that
/// vanish, by capitals.
const std::vector<std::string>& injections() {
  static const std::vector<std::string> texts{
      "</s>",        "<s>hello</s>", "<mask>",      "  <mask> word", "<pad><pad>",   "a</s>b",
      "＜/s＞",      "＜s＞",        "<\x01s>",     "</\x02s>",      "<ma\u00adsk>", "▁</s>",
      "▁<mask>",     "<</s>>",       "</s></s>",    "[CLS]",         "[SEP]",        "a[SEP]b[MASK][PAD]",
      "[sep] [cls]", "[\x01SEP]",    "[SE\u200bP]", "［SEP］",       "[MASK]",       "<s> [SEP] </s>"};
  return texts;
}

void check_no_injection(const glossa::Tokenizer& tokenizer, const std::vector<const char*>& specials) {
  std::vector<TokenId> ids;
  for (const char* special : specials) {
    const std::optional<TokenId> id = tokenizer.id(special);
    REQUIRE(id);
    ids.push_back(*id);
  }
  for (const std::string& text : injections()) {
    INFO(text);
    const auto plain = tokenizer.encode(text, {.specials = Specials::text, .add_special_tokens = false});
    CHECK(std::none_of(plain.ids.begin(), plain.ids.end(),
                       [&](TokenId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }));
    CHECK(test::broken_rule_of_models(tokenizer, text, ids).empty());
    CHECK(tokenizer.count_tokens(text, Specials::text) == plain.ids.size() + 2);
  }
}

std::size_t count(const glossa::Tokenizer& tokenizer, const std::string& text, const char* special) {
  const auto ids = tokenizer.encode(text, {.add_special_tokens = false}).ids;
  return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), tokenizer.id(special)));
}

void check_recognised_xlmr(const glossa::Tokenizer& tokenizer) {
  CHECK(count(tokenizer, "a</s>b", "</s>") == 1);
  CHECK(count(tokenizer, "<s>hello</s>", "<s>") == 1);
  CHECK(count(tokenizer, "<mask> word <mask>", "<mask>") == 2);
  CHECK(count(tokenizer, "</s", "</s>") == 0);
  CHECK(count(tokenizer, "[SEP]", "</s>") == 0);
}

void check_recognised_bert(const glossa::Tokenizer& tokenizer) {
  CHECK(count(tokenizer, "a[SEP]b", "[SEP]") == 1);
  CHECK(count(tokenizer, "[CLS] [SEP] [MASK]", "[MASK]") == 1);
  CHECK(count(tokenizer, "[sep]", "[SEP]") == 0);
  CHECK(count(tokenizer, "</s>", "[SEP]") == 0);
}

const std::vector<const char*> kXlmr{"<s>", "<pad>", "</s>", "<mask>"};
const std::vector<const char*> kBert{"[CLS]", "[SEP]", "[PAD]", "[MASK]"};

}  // namespace

TEST_CASE("no text turns into a special token of XLM-R or BERT unless it may") {
  check_no_injection(test::small_tokenizer("xlmr"), kXlmr);
  check_no_injection(test::small_tokenizer("bert_uncased"), kBert);
}

TEST_CASE("special strings in a text are special tokens where they are to be recognised") {
  check_recognised_xlmr(test::small_tokenizer("xlmr"));
  check_recognised_bert(test::small_tokenizer("bert_uncased"));
}

TEST_CASE("the real tokenizers let no text turn into a special token unless it may", "[real]") {
  const glossa::Tokenizer xlmr(test::real_model("multilingual-e5-small"));
  check_no_injection(xlmr, kXlmr);
  check_recognised_xlmr(xlmr);
  const glossa::Tokenizer bert(test::real_model("all-MiniLM-L6-v2"));
  check_no_injection(bert, kBert);
  check_recognised_bert(bert);
}

TEST_CASE("a whole word that is a special token's text is plain text, even where the vocabulary has it") {
  test::Json document = test::word_document({"[UNK]", "<s>", "</s>", "a", "<", "##/", "##s", "##>"});
  document["added_tokens"] = {{{"id", 2}, {"content", "</s>"}, {"normalized", false}, {"special", true}}};
  const glossa::Tokenizer tokenizer = test::tokenizer_of(document);
  const auto plain = tokenizer.encode("a </s>", {.specials = Specials::text});
  CHECK(plain.ids == std::vector<TokenId>{1, 3, 4, 5, 6, 7, 2});
  CHECK(tokenizer.encode("a </s>").ids == std::vector<TokenId>{1, 3, 2, 2});
}
