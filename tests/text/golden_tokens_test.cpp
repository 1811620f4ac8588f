// Real tokenizers give Hugging Face's ids, pieces and places, from whichever files they are read.
#include "golden_tokens.hpp"
#include "catch.hpp"
#include "small_tokenizer.hpp"
#include "small_vocabularies.hpp"

#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

/// A folder with files of other names and places.
class Folder {
 public:
  Folder& add(const std::string& name, const std::string& bytes) {
    test::write_file(folder_.path() / name, bytes);
    return *this;
  }
  Folder& copy(const std::string& name, const std::filesystem::path& from) {
    std::filesystem::copy_file(from, folder_.path() / name);
    return *this;
  }
  [[nodiscard]] glossa::Tokenizer tokenizer() const { return glossa::Tokenizer(folder_.path()); }

 private:
  test::TemporaryFolder folder_;
};

/// Compares ids alone, with a file of texts that holds no more than them.
void check_ids(const glossa::Tokenizer& tokenizer, const std::vector<test::Json>& rows, const std::string& name) {
  std::size_t tokens = 0;
  std::size_t different = 0;
  for (const test::Json& row : rows) {
    const auto expected = row.at(name).get<std::vector<glossa::TokenId>>();
    const auto& text = row.at("text").get_ref<const std::string&>();
    tokens += expected.size();
    if (tokenizer.encode(text).ids == expected) continue;
    ++different;
    UNSCOPED_INFO(name << ": " << test::Json(text).dump(-1, ' ', true));
  }
  std::printf("%s: %zu texts, %zu tokens compared, %zu texts differ\n", name.c_str(), rows.size(), tokens, different);
  CHECK(different == 0);
}

}  // namespace

TEST_CASE("XLM-R's pieces give Hugging Face's tokens from a tokenizer.json, a SentencePiece file, and both") {
  const test::Json& document = test::small_vocabulary("xlmr").at("tokenizer");
  const auto ids = test::real_ids("xlmr");
  test::check_golden_tokens(Folder().add("tokenizer.json", document.dump()).tokenizer(), "xlmr", ids);
  const std::string model = test::sentencepiece_from(document);
  test::check_golden_tokens(Folder().add("sentencepiece.bpe.model", model).tokenizer(), "xlmr", ids);
  Folder both;
  both.add("tokenizer.json", document.dump()).add("sentencepiece.bpe.model", model);
  test::check_golden_tokens(both.tokenizer(), "xlmr", ids);
}

TEST_CASE("uncased BERT's pieces give Hugging Face's tokens from a tokenizer.json and from a vocab.txt") {
  const test::Json& document = test::small_vocabulary("bert_uncased").at("tokenizer");
  const auto ids = test::real_ids("bert_uncased");
  test::check_golden_tokens(Folder().add("tokenizer.json", document.dump()).tokenizer(), "bert_uncased", ids);
  const std::string lines = test::vocabulary_lines(document);
  test::check_golden_tokens(Folder().add("vocab.txt", lines).tokenizer(), "bert_uncased", ids);
}

TEST_CASE("real XLM-R gives Hugging Face's tokens from its tokenizer.json, its SentencePiece file, and both",
          "[real]") {
  const auto folder = test::real_model("multilingual-e5-small");
  test::check_golden_tokens(glossa::Tokenizer(folder), "xlmr");
  test::check_golden_tokens(Folder().copy("tokenizer.json", folder / "tokenizer.json").tokenizer(), "xlmr");
  const auto model = folder / "sentencepiece.bpe.model";
  test::check_golden_tokens(Folder().copy("sentencepiece.bpe.model", model).tokenizer(), "xlmr");
}

TEST_CASE("real uncased BERT gives Hugging Face's tokens from its tokenizer.json and from a vocab.txt", "[real]") {
  const auto folder = test::real_model("all-MiniLM-L6-v2");
  test::check_golden_tokens(glossa::Tokenizer(folder), "bert_uncased");
  const auto document = test::parse_json(test::read_file(folder / "tokenizer.json"));
  const std::string lines = test::vocabulary_lines(document);
  test::check_golden_tokens(Folder().add("vocab.txt", lines).tokenizer(), "bert_uncased");
}

TEST_CASE("all texts in two hundred languages have Hugging Face's ids", "[real]") {
  // The large file lies beside the source tree or nowhere; without it, its committed part above is what is compared.
  const auto shared = test::shared();
  const glossa::Tokenizer xlmr(test::real_model("multilingual-e5-small"));
  const glossa::Tokenizer bert(test::real_model("all-MiniLM-L6-v2"));
  if (shared.empty()) {
    WARN("the large file of texts is not there; compared are the committed ones");
    test::check_golden_tokens(xlmr, "xlmr");
    test::check_golden_tokens(bert, "bert_uncased");
    return;
  }
  const auto rows = test::read_json_lines(shared / "golden" / "tokens.jsonl");
  REQUIRE(rows.size() == 3531);
  check_ids(xlmr, rows, "xlmr");
  check_ids(bert, rows, "bert_uncased");
  const auto published = shared / "models" / "xlmr.sentencepiece.bpe.model";
  if (std::filesystem::exists(published)) {
    const glossa::Tokenizer original = Folder().copy("sentencepiece.bpe.model", published).tokenizer();
    check_ids(original, rows, "xlmr");
    test::check_golden_tokens(original, "xlmr");
  } else if (std::getenv("CI") != nullptr) {
    FAIL("the published SentencePiece file is missing beside the large file of texts");
  }
}
