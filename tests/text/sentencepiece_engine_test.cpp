// Segmentation by the sentencepiece library differs from Unigram only where two segmentations tie, or where a text's
// normal form spells a special token, which Unigram takes for it as Hugging Face does.
#include "catch.hpp"
#include "error_of.hpp"
#include "golden_tokens.hpp"
#include "small_vocabularies.hpp"

#include <glossa/text/sentencepiece_engine.hpp>
#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace {

/// Whether there is a special token among those of a text without special strings.
bool spells_special(const glossa::Encoding& encoding, const std::string& text, glossa::TokenId mask) {
  if (text.find("</s>") != std::string::npos || text.find("<mask>") != std::string::npos) return false;
  return std::any_of(encoding.ids.begin() + 1, encoding.ids.end() - 1,
                     [&](glossa::TokenId id) { return id < 3 || id == mask; });
}

/// Compares both on `texts`, of which at most `most` may tie.
void compare(const std::filesystem::path& folder, const std::vector<std::string>& texts, std::size_t most) {
  const auto path = folder / "sentencepiece.bpe.model";
  const auto scores =
      glossa::detail::xlm_roberta_vocabulary(
          glossa::detail::parse_sentencepiece_model(test::read_file(path), path.string()), path.string())
          .scores;
  const glossa::Tokenizer own(folder);
  const glossa::Tokenizer engine = glossa::sentencepiece_tokenizer(folder);
  CHECK(engine.size() == own.size());
  CHECK(engine.prefix_ids() == own.prefix_ids());
  std::size_t ties = 0;
  std::size_t spelt = 0;
  for (const std::string& text : texts) {
    const auto a = own.encode(text, {.with_tokens = true, .with_offsets = true});
    const auto b = engine.encode(text, {.with_tokens = true, .with_offsets = true});
    INFO(test::Json(text).dump(-1, ' ', true));
    if (a.ids == b.ids) {
      CHECK(a.tokens == b.tokens);
      CHECK(a.offsets == b.offsets);
      continue;
    }
    if (spells_special(a, text, *own.id("<mask>"))) {
      ++spelt;
      continue;
    }
    ++ties;
    double difference = 0;
    for (const glossa::TokenId id : a.ids) difference += scores.at(id);
    for (const glossa::TokenId id : b.ids) difference -= scores.at(id);
    CHECK(std::abs(difference) < 1e-3);  // the library adds floats up
    CHECK(a.unknown_tokens == b.unknown_tokens);
  }
  std::printf("sentencepiece: %zu texts compared, %zu tie, %zu spell a special token\n", texts.size(), ties, spelt);
  CHECK(ties <= most);
  CHECK(spelt <= 1);
}

std::vector<std::string> committed_texts() {
  std::vector<std::string> texts;
  for (const test::GoldenTokens& golden : test::golden_tokens("xlmr")) texts.push_back(golden.text);
  return texts;
}

}  // namespace

TEST_CASE("the sentencepiece library segments as Unigram does, with a small part of XLM-R's pieces") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "sentencepiece.bpe.model",
                   test::sentencepiece_from(test::small_vocabulary("xlmr").at("tokenizer")));
  compare(folder.path(), committed_texts(), 5);
}

TEST_CASE("the sentencepiece library segments as Unigram does, with real XLM-R", "[real]") {
  const auto folder = test::real_model("multilingual-e5-small");
  compare(folder, committed_texts(), 5);
  if (test::shared().empty()) return;  // the larger file of texts lies beside the source tree or nowhere
  std::vector<std::string> texts;
  for (const test::Json& row : test::read_json_lines(test::shared() / "golden" / "tokens.jsonl"))
    texts.push_back(row.at("text"));
  REQUIRE(texts.size() == 3531);
  compare(folder, texts, 10);
}

TEST_CASE("a file that the sentencepiece library cannot use is refused by name") {
  const test::TemporaryFolder folder;
  const auto missing = test::error_of([&] { (void)glossa::sentencepiece_tokenizer(folder.path()); });
  CHECK(missing.kind() == glossa::ErrorKind::not_found);
  test::write_file(folder.path() / "sentencepiece.bpe.model", "no model");
  const auto broken = test::error_of([&] { (void)glossa::sentencepiece_tokenizer(folder.path()); });
  CHECK(broken.kind() == glossa::ErrorKind::corrupt_file);
  CHECK(broken.file() == (folder.path() / "sentencepiece.bpe.model").string());
}
