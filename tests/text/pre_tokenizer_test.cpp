// Pre-tokenizers give the words, and their places in the original, that Hugging Face's give.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/pre_tokenizer.hpp>
#include <glossa/text/tokenizer_parts.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace glossa::detail;

namespace {

/// [["word", begin, end], …]
test::Json words_of(const PreTokenizer& splitter, const std::string& text) {
  WordSplit split{AlignedText(text, 0, true), {{0, text.size()}}};
  splitter.apply(split);
  test::Json out = test::Json::array();
  for (const glossa::ByteRange& word : split.words) {
    const glossa::ByteRange origin = split.text.origin(word.begin, word.end);
    out.push_back({split.word(word), origin.begin, origin.end});
  }
  return out;
}

std::vector<std::string> plain_words(const test::Json& config, std::string_view text) {
  const auto splitter = test::parts_of(test::document_with("pre_tokenizer", config)).pre_tokenizer;
  WordSplit split{AlignedText(text, 0, splitter->needs_origins()), {{0, text.size()}}};
  splitter->apply(split);
  std::vector<std::string> out;
  for (const glossa::ByteRange& word : split.words) out.emplace_back(split.word(word));
  return out;
}

}  // namespace

TEST_CASE("every pre-tokenizer gives Hugging Face's words at Hugging Face's places") {
  const auto golden = test::parse_json(test::read_file(test::golden() / "pre_tokenizers.json"));
  const auto texts = golden.at("texts").get<std::vector<std::string>>();
  REQUIRE(golden.at("pre_tokenizers").size() > 15);
  for (const auto& entry : golden.at("pre_tokenizers")) {
    const auto splitter = test::parts_of(test::document_with("pre_tokenizer", entry.at("config"))).pre_tokenizer;
    REQUIRE(splitter != nullptr);
    REQUIRE(entry.at("words").size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      INFO(entry.at("name") << " of " << texts[i]);
      CHECK(words_of(*splitter, texts[i]) == entry.at("words")[i]);
      std::vector<std::string> words;
      for (const auto& word : entry.at("words")[i]) words.push_back(word[0]);
      CHECK(plain_words(entry.at("config"), texts[i]) == words);  // the same without origins, where none are needed
    }
  }
}

TEST_CASE("an old Metaspace without prefix space puts none") {
  // Hugging Face's current version refuses such a file; those before 0.14 wrote them.
  const test::Json config{{"type", "Metaspace"}, {"replacement", "▁"}, {"add_prefix_space", false}};
  CHECK(plain_words(config, "a b") == std::vector<std::string>{"a", "▁b"});
}

TEST_CASE("only the scheme `first` asks where a word lies in the original") {
  const auto needs = [](const char* scheme) {
    const test::Json metaspace{{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", scheme}};
    const test::Json config{{"type", "Sequence"}, {"pretokenizers", {metaspace}}};
    return test::parts_of(test::document_with("pre_tokenizer", config)).pre_tokenizer->needs_origins();
  };
  CHECK(needs("first"));
  CHECK_FALSE(needs("always"));
  CHECK_FALSE(needs("never"));
}
