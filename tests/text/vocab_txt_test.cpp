// A vocab.txt alone makes BERT's tokenizer; tokenizer_config.json beside it changes what it says.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using Ids = std::vector<glossa::TokenId>;

namespace {

const std::string kLines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\nCafé\ncafé\n中\n文\n中文\n!\n##s\n";

glossa::Tokenizer read(const std::string& lines, const std::string& config = {}) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", lines);
  if (!config.empty()) test::write_file(folder.path() / "tokenizer_config.json", config);
  return glossa::Tokenizer(folder.path());
}

Ids ids(const glossa::Tokenizer& tokenizer, const std::string& text) {
  return tokenizer.encode(text, {.add_special_tokens = false}).ids;
}

Error refused(const std::string& lines, const std::string& config = {}) {
  return test::error_of([&] { (void)read(lines, config); });
}

}  // namespace

TEST_CASE("a vocab.txt alone is uncased BERT") {
  const glossa::Tokenizer tokenizer = read(kLines);
  CHECK(tokenizer.encode("").ids == Ids{2, 3});
  CHECK(ids(tokenizer, "CAFÉ!") == Ids{5, 11});
  CHECK(ids(tokenizer, "cafes 中文") == Ids{5, 12, 8, 9});
  CHECK(ids(tokenizer, "x [MASK]") == Ids{1, 4});
  CHECK(tokenizer.size() == 13);
  CHECK(tokenizer.id("##s") == 12);
  CHECK(tokenizer.token(12) == "##s");
  CHECK(tokenizer.token(13).empty());
}

TEST_CASE("lines may end in CR LF, and the last one without an end") {
  std::string lines = "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\n##b";
  CHECK(ids(read(lines), "ab a") == Ids{5, 6, 5});
}

TEST_CASE("tokenizer_config.json decides on case, accents and ideographs") {
  CHECK(ids(read(kLines, R"({"do_lower_case": false})"), "Café café") == Ids{6, 7});
  CHECK(ids(read(kLines, R"({"strip_accents": false})"), "Café") == Ids{7});
  CHECK(ids(read(kLines, R"({"do_lower_case": false, "strip_accents": true})"), "café") == Ids{5});
  CHECK(ids(read(kLines, R"({"tokenize_chinese_chars": false})"), "中文") == Ids{10});
}

TEST_CASE("special tokens may have other names, as texts or as objects") {
  const std::string lines = "<pad>\n<unk>\n<s>\n</s>\n<mask>\na\n";
  const std::string config =
      R"({"pad_token": "<pad>", "unk_token": {"content": "<unk>", "lstrip": false}, "cls_token": "<s>",
          "sep_token": {"content": "</s>"}, "mask_token": "<mask>"})";
  const glossa::Tokenizer tokenizer = read(lines, config);
  CHECK(tokenizer.encode("a b<mask>").ids == Ids{2, 5, 1, 4, 3});
}

TEST_CASE("a vocab.txt that lacks a special token is refused by its name") {
  for (const char* name : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
    std::string lines = kLines;
    lines.replace(lines.find(name), 5, "other");
    const Error error = refused(lines);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file().ends_with("vocab.txt"));
    CHECK(error.facts().found == name);
    CHECK(error.field().ends_with("_token"));
  }
}

TEST_CASE("a line that is not UTF-8 is refused by its number, a field of the wrong type by its name") {
  const Error line = refused("[PAD]\n[UNK]\n\xFF\n");
  CHECK(line.kind() == ErrorKind::corrupt_file);
  CHECK(line.field() == "line 3");
  const Error field = refused(kLines, R"({"do_lower_case": "yes"})");
  CHECK(field.kind() == ErrorKind::corrupt_file);
  CHECK(field.file().ends_with("tokenizer_config.json"));
  CHECK(field.field() == "do_lower_case");
  const Error special = refused(kLines, R"({"cls_token": {"lstrip": true}})");
  CHECK(special.field() == "cls_token.content");
  CHECK(refused(kLines, "{").kind() == ErrorKind::corrupt_file);
}

TEST_CASE("a folder without a tokenizer is told what would be one") {
  const test::TemporaryFolder folder;
  const Error error = test::error_of([&] { const glossa::Tokenizer tokenizer(folder.path()); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(test::says(error, "tokenizer.json"));
  CHECK(test::says(error, "sentencepiece.bpe.model"));
  CHECK(test::says(error, "vocab.txt"));
}

namespace {

/// The tokenizer of kLines with these files beside it.
glossa::Tokenizer read_with(const std::vector<std::pair<const char*, const char*>>& files) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", kLines);
  for (const auto& [name, text] : files) test::write_file(folder.path() / name, text);
  return glossa::Tokenizer(folder.path());
}

const std::vector<const char*> kAdded{"cafe [DOMAIN] cafe", "cafe[domain]! [B]!", "[DOMAIN]s [B]"};

void check_added(const glossa::Tokenizer& tokenizer, const std::vector<Ids>& expected) {
  for (std::size_t i = 0; i < kAdded.size(); ++i) CHECK(tokenizer.encode(kAdded[i]).ids == expected[i]);
}

}  // namespace

// The ids are those of BertTokenizer.from_pretrained() of transformers 5.23 on the same folders.
TEST_CASE("added tokens of tokenizer_config.json get the next ids, in the order of those that it lists") {
  const char* const one = R"({"added_tokens_decoder": {"13": {"content": "[DOMAIN]", "special": true}}})";
  check_added(read_with({{"tokenizer_config.json", one}}),
              {{2, 5, 13, 5, 3}, {2, 5, 1, 1, 1, 11, 1, 1, 1, 11, 3}, {2, 13, 1, 1, 1, 1, 3}});
  const glossa::Tokenizer two =
      read_with({{"tokenizer_config.json",
                  R"({"added_tokens_decoder": {"40": {"content": "[DOMAIN]", "normalized": true, "special": false},
            "20": {"content": "[B]", "single_word": true, "normalized": false, "special": true}}})"}});
  check_added(two, {{2, 5, 14, 5, 3}, {2, 5, 14, 11, 13, 11, 3}, {2, 14, 1, 13, 3}});
  CHECK(two.size() == 15);
  CHECK(two.encode("[B]", {.specials = glossa::Specials::text}).ids == Ids{2, 1, 1, 1, 3});
  CHECK(two.encode("[DOMAIN]", {.specials = glossa::Specials::text}).ids == Ids{2, 14, 3});
  // Where the list is there, the other files say nothing.
  check_added(read_with({{"tokenizer_config.json", one}, {"added_tokens.json", R"({"[B]": 14})"}}),
              {{2, 5, 13, 5, 3}, {2, 5, 1, 1, 1, 11, 1, 1, 1, 11, 3}, {2, 13, 1, 1, 1, 1, 3}});
}

TEST_CASE("added_tokens.json and special_tokens_map.json add tokens, plain and special ones") {
  check_added(read_with({{"added_tokens.json", R"({"[B]": 14, "[DOMAIN]": 13})"}}),
              {{2, 5, 13, 5, 3}, {2, 5, 13, 11, 14, 11, 3}, {2, 13, 1, 14, 3}});
  check_added(read_with({{"special_tokens_map.json", R"({"additional_special_tokens": ["[DOMAIN]", "[B]"]})"}}),
              {{2, 5, 13, 5, 3}, {2, 5, 1, 1, 1, 11, 14, 11, 3}, {2, 13, 1, 14, 3}});
  check_added(read_with({{"tokenizer_config.json", R"({"additional_special_tokens": ["[DOMAIN]"]})"},
                         {"special_tokens_map.json", R"({"mask_token": {"content": "[B]", "lstrip": false}})"},
                         {"added_tokens.json", R"({"[B]": 13})"}}),
              {{2, 5, 14, 5, 3}, {2, 5, 1, 1, 1, 11, 13, 11, 3}, {2, 14, 1, 13, 3}});
}

TEST_CASE("wrong types among the added tokens are refused by file and field") {
  struct Case {
    const char* file;
    const char* text;
    const char* field;
  };
  for (const Case& wrong :
       {Case{"tokenizer_config.json", R"({"added_tokens_decoder": {"x": {"content": "a"}}})", "added_tokens_decoder.x"},
        Case{"tokenizer_config.json", R"({"added_tokens_decoder": {"4294967296": {"content": "a"}}})",
             "added_tokens_decoder.4294967296"},
        Case{"tokenizer_config.json", R"({"added_tokens_decoder": {"13": {}}})", "added_tokens_decoder.13.content"},
        Case{"tokenizer_config.json", R"({"added_tokens_decoder": []})", "added_tokens_decoder"},
        Case{"tokenizer_config.json", R"({"additional_special_tokens": [1]})", "additional_special_tokens[0]"},
        Case{"special_tokens_map.json", R"({"mask_token": 4})", "mask_token"},
        Case{"special_tokens_map.json", R"({"mask_token": {}})", "mask_token.content"},
        Case{"added_tokens.json", R"({"a": "13"})", "a"}, Case{"added_tokens.json", "[]", ""}}) {
    INFO(wrong.text);
    const Error error = test::error_of([&] { (void)read_with({{wrong.file, wrong.text}}); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file().ends_with(wrong.file));
    CHECK(error.field() == wrong.field);
    CHECK_FALSE(error.facts().remedy.empty());
  }
}
