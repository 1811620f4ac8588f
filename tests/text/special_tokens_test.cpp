// With Specials::text no text turns into a special token; with Specials::recognised those that stand there do.
#include "catch.hpp"
#include "small_tokenizer.hpp"
#include "small_vocabularies.hpp"
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

namespace {

/// A Unigram tokenizer whose file lists these added tokens.
test::Json unigram_document(const test::Json& added) {
  test::Json document = test::bare_document();
  test::Json vocab = test::Json::array();
  for (const char* piece : {"<s>", "<pad>", "</s>", "<unk>", "<ctl>"}) vocab.push_back({piece, 0.0});
  for (const char* piece : {"a", "b", "<", ">", "/", "s", "unk", "ctl"}) vocab.push_back({piece, -1.0});
  document["model"] = {{"type", "Unigram"}, {"unk_id", 3}, {"vocab", vocab}};
  document["post_processor"] = {{"type", "RobertaProcessing"}, {"sep", {"</s>", 2}}, {"cls", {"<s>", 0}}};
  document["added_tokens"] = added;
  return document;
}

std::vector<TokenId> plain_ids(const glossa::Tokenizer& tokenizer, const std::string& text) {
  return tokenizer.encode(text, {.specials = Specials::text, .add_special_tokens = false}).ids;
}

}  // namespace

TEST_CASE("tokens of the post-processor and the unknown one are hidden though no added token names them") {
  const glossa::Tokenizer tokenizer = test::tokenizer_of(unigram_document(test::Json::array()));
  CHECK(plain_ids(tokenizer, "a</s>b") == std::vector<TokenId>{5, 7, 9, 10, 8, 6});
  CHECK(plain_ids(tokenizer, "<s>") == std::vector<TokenId>{7, 10, 8});
  CHECK(plain_ids(tokenizer, "a<unk>") == std::vector<TokenId>{5, 7, 11, 8});
  CHECK(plain_ids(tokenizer, "a?b") == std::vector<TokenId>{5, 3, 6});  // what is unknown still is
  const auto read = [&](const char* text) { return tokenizer.encode(text, {.add_special_tokens = false}).ids; };
  CHECK(read("a</s>b") == std::vector<TokenId>{5, 2, 6});  // as Hugging Face's Unigram does
  CHECK(read("a<unk>b") == std::vector<TokenId>{5, 3, 6});
}

TEST_CASE("an added token that does not say that it is special is hidden where the post-processor adds it") {
  for (const bool normalized : {true, false}) {
    const glossa::Tokenizer tokenizer = test::tokenizer_of(
        unigram_document({{{"id", 2}, {"content", "</s>"}, {"normalized", normalized}, {"special", false}},
                          {{"id", 20}, {"content", "ab"}, {"normalized", normalized}, {"special", false}}}));
    CHECK(plain_ids(tokenizer, "b</s>") == std::vector<TokenId>{6, 7, 9, 10, 8});
    CHECK(plain_ids(tokenizer, "ab") == std::vector<TokenId>{20});
    CHECK(tokenizer.encode("b</s>", {.add_special_tokens = false}).ids == std::vector<TokenId>{6, 2});
  }
}

TEST_CASE("a vocabulary entry that reads like a special token with another id is hidden too") {
  const glossa::Tokenizer tokenizer = test::tokenizer_of(
      unigram_document({{{"id", 20}, {"content", "<ctl>"}, {"normalized", false}, {"special", true}}}));
  CHECK(plain_ids(tokenizer, "<ctl>") == std::vector<TokenId>{7, 12, 8});
  CHECK(tokenizer.encode("<ctl>", {.add_special_tokens = false}).ids == std::vector<TokenId>{20});
}

TEST_CASE("XLM-R without added tokens lets no text turn into a special token either") {
  test::Json document = test::small_vocabulary("xlmr").at("tokenizer");
  const std::string model = test::sentencepiece_from(document);
  document["added_tokens"] = test::Json::array();
  const std::string config = R"({"pad_token":"<pad>","mask_token":{"content":"<mask>"},"unk_token":null})";
  for (const bool with_model : {true, false}) {
    INFO(with_model);
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "tokenizer.json", document.dump());
    if (with_model) test::write_file(folder.path() / "sentencepiece.bpe.model", model);
    if (!with_model) test::write_file(folder.path() / "tokenizer_config.json", config);
    check_no_injection(glossa::Tokenizer(folder.path()), kXlmr);
  }
}

TEST_CASE("control pieces of a SentencePiece file are hidden") {
  const test::Json document = test::small_vocabulary("xlmr").at("tokenizer");
  std::string model = test::sentencepiece_from(document);
  std::string message;
  test::put_message(message, 1, "qqq");
  message += std::string("\x18\x03", 2);  // type: control
  test::put_message(model, 1, message);
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "sentencepiece.bpe.model", model);
  const glossa::Tokenizer tokenizer(folder.path());
  const TokenId control = *tokenizer.id("qqq");
  const auto has = [&](const std::vector<TokenId>& ids) { return std::count(ids.begin(), ids.end(), control) > 0; };
  CHECK(has(tokenizer.encode("qqq", {.add_special_tokens = false}).ids));
  CHECK_FALSE(has(plain_ids(tokenizer, "qqq")));
}
