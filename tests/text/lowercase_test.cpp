// A folder whose texts are lower-cased first: ids as in sentence-transformers, places in the text as it was given.
#include "catch.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"
#include "small_vocabularies.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_parts.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

using Ids = std::vector<glossa::TokenId>;

namespace {

glossa::Tokenizer read(const test::Json& document, bool lowercase) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer.json", document.dump());
  return glossa::Tokenizer(folder.path(), {.lowercase = lowercase});
}

test::Json cased() {
  test::Json document = test::word_document({"[UNK]", "a", "A", "b", "B", "[SEP]", "i\u0307", "x"});
  document["added_tokens"] = {{{"id", 5}, {"content", "[SEP]"}, {"normalized", false}, {"special", true}},
                              {{"id", 9}, {"content", "New"}, {"normalized", true}, {"special", false}}};
  return document;
}

}  // namespace

TEST_CASE("texts are lower-cased before anything else, but for special tokens in them") {
  const glossa::Tokenizer plain = read(cased(), false);
  const glossa::Tokenizer lower = read(cased(), true);
  CHECK(plain.encode("A b [SEP] B").ids == Ids{2, 3, 5, 4});
  CHECK(lower.encode("A b [SEP] B").ids == Ids{1, 3, 5, 3});
  CHECK(lower.encode("[sep]").ids == Ids{0});
  CHECK(plain.encode("New new NEW").ids == Ids{9, 0, 0});
  CHECK(lower.encode("New new NEW").ids == Ids{9, 9, 9});
  CHECK(lower.count_tokens("A b [SEP] B") == 4);
}

TEST_CASE("a text that grows or shrinks in lower case keeps its places") {
  const glossa::Tokenizer lower = read(cased(), true);
  const std::string text = "\u0130 \u0130 A \xFF B";  // U+0130 becomes three bytes, and what is not UTF-8 counts as one
  const auto encoding = lower.encode(text, {.with_offsets = true});
  CHECK(encoding.ids == Ids{6, 6, 1, 0, 3});
  CHECK(encoding.offsets == std::vector<glossa::ByteRange>{{0, 2}, {3, 5}, {6, 7}, {8, 9}, {10, 11}});
  CHECK(lower.encode(text, {.max_tokens = 2}).used_bytes == 6);
  CHECK(encoding.used_bytes == text.size());
  for (const char* name : {"xlmr", "bert_uncased"})
    CHECK(test::broken_rule(read(test::small_vocabulary(name).at("tokenizer"), true), test::nasty_text(), {}).empty());
}

TEST_CASE("a normalizer that lower-cases stays as it is") {
  using glossa::detail::lowercase_first;
  const test::Json steps[] = {
      {{"type", "Lowercase"}},
      {{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}, {{"type", "Lowercase"}}}}},
      {{"type", "BertNormalizer"}, {"lowercase", true}},
      {{"type", "Sequence"}, {"normalizers", {{{"type", "Sequence"}, {"normalizers", {{{"type", "Lowercase"}}}}}}}}};
  const bool stays[] = {true, true, false, false};  // as _has_lowercase() of sentence-transformers 6.2 sees them
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    auto parts = test::parts_of(test::document_with("normalizer", steps[i]));
    const auto* before = parts.normalizer.get();
    lowercase_first(parts);
    CHECK((parts.normalizer.get() == before) == stays[i]);
  }
}

// Tokenizer(..., normalizer Sequence([Lowercase(), what was there])), which is what sentence-transformers 6.2 makes.
TEST_CASE("real tokenizers give sentence-transformers' ids in lower case", "[real]") {
  const std::string text = "QUERY: \u0130stanbul ＡＢＣ ẞ ΑΣ Café </s> <S> [sep] \u01C5";
  const glossa::Tokenizer bert(test::real_model("all-MiniLM-L6-v2"), {.lowercase = true});
  CHECK(bert.encode("a [SEP] b").ids == Ids{101, 1037, 102, 1038, 102});
  CHECK(bert.encode(text).ids == Ids{101,  23032, 1024, 9960, 100,  1096, 1155,  29733, 7668, 1026, 1013,
                                     1055, 1028,  1026, 1055, 1028, 1031, 19802, 1033,  100,  102});
  const glossa::Tokenizer xlmr(test::real_model("multilingual-e5-small"), {.lowercase = true});
  CHECK(xlmr.encode("a [SEP] b").ids == Ids{0, 10, 378, 70637, 268, 876, 2});
  CHECK(xlmr.encode(text).ids == Ids{0,     41,    1294,  12, 17, 243730, 4384, 8516,  1563, 238,   6,
                                     20036, 40663, 26216, 2,  6,  0,      378,  70637, 268,  58786, 2});
}
