// Of the tokenizer files in a folder tokenizer.json decides; a SentencePiece file beside it only makes reading faster.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_vocabularies.hpp"

#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using test::Json;

namespace {

const char* const kText = "how much protein should a female eat";

Json document() { return test::small_vocabulary("xlmr").at("tokenizer"); }

std::vector<std::string> tokens(const std::filesystem::path& folder) {
  return glossa::Tokenizer(folder).encode(kText, {.with_tokens = true}).tokens;
}

}  // namespace

TEST_CASE("a tokenizer.json that says something else than the SentencePiece file beside it is right") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "sentencepiece.bpe.model", test::sentencepiece_from(document()));
  const auto plain = tokens(folder.path());
  REQUIRE(std::count(plain.begin(), plain.end(), "▁protein") == 1);

  Json other_score = document();
  for (Json& entry : other_score.at("model").at("vocab"))
    if (entry[0] == "▁protein") entry[1] = -1000.0;
  test::write_file(folder.path() / "tokenizer.json", other_score.dump());
  const auto scored = tokens(folder.path());
  CHECK(std::count(scored.begin(), scored.end(), "▁protein") == 0);

  Json other_rule = document();
  other_rule["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", "protein"}}}, {"content", "female"}};
  test::write_file(folder.path() / "tokenizer.json", other_rule.dump());
  const auto replaced = tokens(folder.path());
  CHECK(std::count(replaced.begin(), replaced.end(), "▁female") == 2);

  test::write_file(folder.path() / "tokenizer.json", document().dump());
  CHECK(tokens(folder.path()) == plain);
}

TEST_CASE("a tokenizer knows the file that decided") {
  const test::TemporaryFolder folder;
  const auto model = folder.path() / "sentencepiece.bpe.model";
  const auto json = folder.path() / "tokenizer.json";
  test::write_file(folder.path() / "vocab.txt", "[UNK]\n");
  test::write_file(model, test::sentencepiece_from(document()));
  CHECK(glossa::Tokenizer(folder.path()).source() == model.string());
  test::write_file(json, document().dump());
  CHECK(glossa::Tokenizer(folder.path()).source() == json.string());
  std::filesystem::remove(model);
  CHECK(glossa::Tokenizer(folder.path()).source() == json.string());
}

TEST_CASE("a SentencePiece file of another layout needs a tokenizer.json beside it") {
  std::string model;
  for (const char* piece : {"<pad>", "</s>", "<unk>", "▁a", "b"}) {  // T5's order
    std::string message;
    test::put_message(message, 1, piece);
    test::put_message(model, 1, message);
  }
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "sentencepiece.bpe.model", model);
  const Error error = test::error_of([&] { (void)tokens(folder.path()); });
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.file().ends_with("sentencepiece.bpe.model"));
  CHECK(test::says(error, "tokenizer.json"));
  test::write_file(folder.path() / "tokenizer.json", document().dump());
  CHECK(tokens(folder.path()).size() > 2);
}

TEST_CASE("a SentencePiece file alone takes added tokens from the files beside it") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "sentencepiece.bpe.model", test::sentencepiece_from(document()));
  const std::size_t size = glossa::Tokenizer(folder.path()).size();
  test::write_file(folder.path() / "tokenizer_config.json",
                   R"({"added_tokens_decoder": {"250002": {"content": "[DOMAIN]", "special": true}}})");
  const glossa::Tokenizer tokenizer(folder.path());
  CHECK(tokenizer.size() == size + 1);
  const auto ids = tokenizer.encode("protein [DOMAIN]").ids;
  CHECK(std::count(ids.begin(), ids.end(), static_cast<glossa::TokenId>(size)) == 1);
}
