// What a tokenizer.json asks for and the library lacks, or what is wrong in it, is refused by file and field.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_parts.hpp>

#include <string>
#include <utility>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using test::Json;

namespace {

struct Wrong {
  const char* place;  // JSON pointer
  Json value;
  const char* field;
  const char* part;  // of the message
};

Error refused(Json document, const Wrong& wrong) {
  document[Json::json_pointer(wrong.place)] = wrong.value;
  return test::error_of([&] { (void)test::parts_of(document); });
}

Json sequence(const char* list, const std::vector<Json>& steps) { return {{"type", "Sequence"}, {list, steps}}; }
Json type(const char* name) { return {{"type", name}}; }

Json pairs() { return Json::array({Json::array({"<unk>", 0.0}), Json::array({"a", -1.0})}); }

/// A Unigram document.
Json scored() {
  Json document = test::bare_document();
  document["model"] = {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", pairs()}};
  return document;
}

Json pattern(const Json& value) { return {{"type", "Replace"}, {"pattern", value}, {"content", "x"}}; }

Json text() { return {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}; }
Json single(const std::vector<Json>& items) {
  return {{"type", "TemplateProcessing"}, {"single", items}, {"special_tokens", Json::object()}};
}

}  // namespace

TEST_CASE("kinds of parts that are not implemented are refused, each by the path of its type and its name") {
  for (const Wrong& wrong :
       std::vector<Wrong>{{"/normalizer", type("ByteLevel"), "normalizer.type", "ByteLevel"},
                          {"/normalizer", sequence("normalizers", {type("NFC"), type("Odd")}),
                           "normalizer.normalizers[1].type", "Odd"},
                          {"/normalizer", pattern({{"Regex", "\\s+"}}), "normalizer.type", "\\s+"},
                          {"/pre_tokenizer", type("ByteLevel"), "pre_tokenizer.type", "ByteLevel"},
                          {"/pre_tokenizer", sequence("pretokenizers", {type("Split")}),
                           "pre_tokenizer.pretokenizers[0].type", "Split"},
                          {"/post_processor", type("ByteLevel"), "post_processor.type", "ByteLevel"},
                          {"/model/type", "BPE", "model.type", "BPE"},
                          {"/model/type", "WordLevel", "model.type", "WordLevel"}}) {
    INFO(wrong.place << " " << wrong.value.dump());
    const Error error = refused(test::bare_document(), wrong);
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.file() == "tokenizer.json");
    CHECK(error.field() == wrong.field);
    CHECK(test::says(error, wrong.part));
  }
}

TEST_CASE("fields that are wrong are refused by their paths") {
  const Json metaspace{{"type", "Metaspace"}};
  const auto with = [&](const char* field, const char* value) {
    Json out = metaspace;
    out[field] = value;
    return out;
  };
  const Json special{{"SpecialToken", {{"id", "[X]"}, {"type_id", 0}}}};
  const Json second{{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
  for (const Wrong& wrong : std::vector<Wrong>{
           {"/normalizer", "NFC", "normalizer", "object"},
           {"/normalizer", Json::object(), "normalizer.type", "missing"},
           {"/normalizer", type("Sequence"), "normalizer.normalizers", "missing"},
           {"/normalizer",
            {{"type", "Precompiled"}, {"precompiled_charsmap", "!"}},
            "normalizer.precompiled_charsmap",
            "base64"},
           {"/normalizer", {{"type", "BertNormalizer"}, {"lowercase", 1}}, "normalizer.lowercase", "true or false"},
           {"/normalizer", pattern(Json::object()), "normalizer.pattern.Regex", "missing"},
           {"/pre_tokenizer", with("replacement", "ab"), "pre_tokenizer.replacement", "one character"},
           {"/pre_tokenizer", with("replacement", ""), "pre_tokenizer.replacement", "one character"},
           {"/pre_tokenizer", with("prepend_scheme", "last"), "pre_tokenizer.prepend_scheme", "always, first or never"},
           {"/post_processor",
            {{"type", "BertProcessing"}, {"cls", {"[CLS]"}}, {"sep", {"[SEP]", 1}}},
            "post_processor.cls",
            "[\"token\", id]"},
           {"/post_processor",
            {{"type", "BertProcessing"}, {"cls", {"[CLS]", -1}}, {"sep", {"[SEP]", 1}}},
            "post_processor.cls",
            "[\"token\", id]"},
           {"/post_processor", single({text(), second}), "post_processor.single", "$A once"},
           {"/post_processor", single({text(), text()}), "post_processor.single", "$A once"},
           {"/post_processor", single({}), "post_processor.single", "$A once"},
           {"/post_processor", single({special, text()}), "post_processor.special_tokens", "[X]"},
           {"/added_tokens", "[X]", "added_tokens", "array"},
           {"/added_tokens", {{{"id", 1}}}, "added_tokens[0].content", "missing"},
           {"/added_tokens", {{{"id", -1}, {"content", "x"}}}, "added_tokens[0].id", "whole number"},
           {"/model", nullptr, "model", "missing"},
           {"/model/vocab", nullptr, "model.vocab", "missing"},
           {"/model/vocab", {{"[UNK]", 0}, {"a", 0}}, "model.vocab", "same id"},
           {"/model/vocab", {{"[UNK]", 0}, {"a", 2'000'000'000}}, "model.vocab", "far beyond"},
           {"/model/vocab", {{"[UNK]", 0}, {"a", -1}}, "model.vocab[2]", "something else"},
           {"/model/vocab", {{"[UNK]", 0}, {"a", "b"}}, "model.vocab[2]", "something else"},
           {"/model/vocab", {{"a", 0}}, "unk_token", "[UNK]"},
           {"/model/type", "Unigram", "model.vocab", "not one of a Unigram model"}}) {
    INFO(wrong.place << " " << wrong.value.dump());
    const Error error = refused(test::bare_document(), wrong);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "tokenizer.json");
    CHECK(error.field() == wrong.field);
    CHECK(test::says(error, wrong.part));
  }
}

TEST_CASE("a Unigram vocabulary that is wrong is refused by its field") {
  for (const Wrong& wrong :
       std::vector<Wrong>{{"/model/vocab", Json::array(), "vocab", "empty"},
                          {"/model/vocab", Json::array({Json::array({"a"})}), "model.vocab[1]", "something else"},
                          {"/model/vocab", Json::array({Json::array({1.0, "a"})}), "model.vocab[0]", "something else"},
                          {"/model/unk_id", 2, "unk_id", "outside the vocabulary"},
                          {"/model/unk_id", "a", "model.unk_id", "whole number"},
                          {"/model/type", "WordPiece", "model.vocab", "not one of a WordPiece"}}) {
    INFO(wrong.place << " " << wrong.value.dump());
    const Error error = refused(scored(), wrong);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "tokenizer.json");
    CHECK(error.field() == wrong.field);
    CHECK(test::says(error, wrong.part));
  }
}

TEST_CASE("a document without optional parts is a tokenizer, and its model's type may be told by its vocabulary") {
  const Json word_piece{{"model", {{"vocab", {{"[UNK]", 0}, {"a", 1}}}}}};
  CHECK(test::tokenizer_of(word_piece).encode("a").ids == std::vector<glossa::TokenId>{1});
  const Json unigram{{"model", {{"unk_id", 0}, {"vocab", pairs()}}}};
  CHECK(test::tokenizer_of(unigram).encode("aa").ids == std::vector<glossa::TokenId>{1, 1});
}

TEST_CASE("text that is no JSON is refused with the place where it ends to be") {
  const std::string good = test::bare_document().dump();
  for (const std::string& bad : {std::string(), std::string("[]"), good.substr(0, good.size() - 2), good + "}"}) {
    const Error error = test::error_of([&] { (void)test::parts_of(bad); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "tokenizer.json");
  }
}

TEST_CASE("replacements that double a text again and again are refused before any text can fill the memory") {
  Json document = scored();
  const Json doubling = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}};
  document["normalizer"] = sequence("normalizers", std::vector<Json>(9, doubling));
  CHECK_NOTHROW(test::parts_of(document));
  document["normalizer"] = sequence("normalizers", std::vector<Json>(40, doubling));
  const Error error = test::error_of([&] { (void)test::parts_of(document); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.field() == "normalizer.normalizers[9].content");
}

TEST_CASE("a part that is not implemented is refused with those that are and a way out") {
  for (const char* part : {"normalizer", "pre_tokenizer", "post_processor", "model"}) {
    INFO(part);
    const Error error = test::error_of([&] { (void)test::parts_of(test::document_with(part, {{"type", "New"}})); });
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.facts().found == "New");
    CHECK_FALSE(error.facts().expected.empty());
    CHECK(test::says(error, "use a model"));
  }
}
