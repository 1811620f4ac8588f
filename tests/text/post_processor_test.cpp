// The special tokens around a text are those that the file's post-processor names.
#include "catch.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/tokenizer.hpp>

#include <string>
#include <vector>

using test::Json;
using Ids = std::vector<glossa::TokenId>;

namespace {

Json with(const Json& post_processor) {
  Json document = test::word_document({"[UNK]", "a", "b"});
  document["post_processor"] = post_processor;
  return document;
}

Json special(const char* name) { return {{"SpecialToken", {{"id", name}, {"type_id", 0}}}}; }
Json text() { return {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}; }
Json entry(const char* name, const Ids& ids, const std::vector<std::string>& tokens) {
  return {{"id", name}, {"ids", ids}, {"tokens", tokens}};
}

}  // namespace

TEST_CASE("a template puts its tokens before and after the text, several where a name stands for several") {
  const glossa::Tokenizer tokenizer = test::tokenizer_of(
      with({{"type", "TemplateProcessing"},
            {"single", {special("[X]"), special("[Y]"), text(), special("[X]")}},
            {"special_tokens", {{"[X]", entry("[X]", {7}, {"x"})}, {"[Y]", entry("[Y]", {8, 9}, {"y1", "y2"})}}}}));
  const auto encoding = tokenizer.encode("a b", {.with_tokens = true, .with_offsets = true});
  CHECK(encoding.ids == Ids{7, 8, 9, 1, 2, 7});
  CHECK(encoding.tokens == std::vector<std::string>{"x", "y1", "y2", "a", "b", "x"});
  CHECK(encoding.offsets == std::vector<glossa::ByteRange>{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {2, 3}, {0, 0}});
  CHECK(tokenizer.prefix_ids() == Ids{7, 8, 9});
  CHECK(tokenizer.suffix_ids() == Ids{7});
  CHECK(tokenizer.size() == 10);
  CHECK(tokenizer.encode("").ids == Ids{7, 8, 9, 7});
}

TEST_CASE("BertProcessing and RobertaProcessing put cls before and sep after") {
  for (const char* type : {"BertProcessing", "RobertaProcessing"}) {
    const glossa::Tokenizer tokenizer =
        test::tokenizer_of(with({{"type", type}, {"sep", {"</s>", 5}}, {"cls", {"<s>", 4}}, {"trim_offsets", true}}));
    CHECK(tokenizer.encode("a").ids == Ids{4, 1, 5});
    CHECK(tokenizer.encode("a", {.with_tokens = true}).tokens == std::vector<std::string>{"<s>", "a", "</s>"});
  }
}

TEST_CASE("a template of the text alone, or no post-processor, adds nothing") {
  const Json alone{{"type", "TemplateProcessing"}, {"single", {text()}}, {"special_tokens", Json::object()}};
  for (const Json& processor : {alone, Json(nullptr)}) {
    const glossa::Tokenizer tokenizer = test::tokenizer_of(with(processor));
    CHECK(tokenizer.encode("a b").ids == Ids{1, 2});
    CHECK(tokenizer.prefix_ids().empty());
    CHECK(tokenizer.suffix_ids().empty());
    CHECK(tokenizer.encode("").ids.empty());
  }
}

TEST_CASE("no special tokens are added where none are wanted") {
  const glossa::Tokenizer tokenizer =
      test::tokenizer_of(with({{"type", "BertProcessing"}, {"sep", {"</s>", 5}}, {"cls", {"<s>", 4}}}));
  CHECK(tokenizer.encode("a b", {.add_special_tokens = false}).ids == Ids{1, 2});
  CHECK(tokenizer.encode("", {.add_special_tokens = false}).ids.empty());
}
