// Data and encoders of which a protocol can make no score are refused.
#include "error_of.hpp"
#include "hashed_words.hpp"

#include <glossa/eval/evaluate.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;

const glossa::StsData kPairs{{"one two", "three", "four"}, {"one", "three", "five six"}, {4, 5, 1}};

}  // namespace

TEST_CASE("data without anything in it is refused") {
  const auto refuses = [](auto&& call) { CHECK(test::error_of(call).kind() == glossa::ErrorKind::invalid_argument); };
  refuses([] { (void)glossa::score_sts({}, test::hashed_words); });
  refuses([] { (void)glossa::score_bitext({}, test::hashed_words); });
  refuses([] { (void)glossa::score_classifier({}, test::hashed_words); });
  refuses([] { (void)glossa::score_clusters({}, test::hashed_words); });
  refuses([] { (void)glossa::score_clusters_fast({}, test::hashed_words); });
  refuses([] { (void)glossa::score_pairs({}, test::hashed_words); });
  refuses([] { (void)glossa::score_reranking({}, test::hashed_words); });
  refuses([] { (void)glossa::score_retrieval({}, test::hashed_words); });
  refuses([] { (void)glossa::score_summaries({}, test::hashed_words); });
  refuses([] { (void)glossa::score_sts({{"a"}, {"b", "c"}, {1}}, test::hashed_words); });
  refuses([] { (void)glossa::score_reranking({{{"a", {}, {"b"}}}}, test::hashed_words); });
}

TEST_CASE("an encoder that gives other vectors than one a text is refused") {
  const auto kind = [](const glossa::TextEncoder& encoder) {
    return test::error_of([&] { (void)glossa::score_sts(kPairs, encoder); }).kind();
  };
  CHECK(kind({}) == glossa::ErrorKind::invalid_argument);
  CHECK(kind([](Texts texts, std::string_view) { return glossa::Embeddings(texts.size() + 1, 3); }) ==
        glossa::ErrorKind::invalid_argument);
  CHECK(kind([](Texts texts, std::string_view) { return glossa::Embeddings(texts.size(), 0); }) ==
        glossa::ErrorKind::invalid_argument);
  std::size_t dims = 2;
  const glossa::TextEncoder growing = [&](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), ++dims);
    std::fill(vectors.values().begin(), vectors.values().end(), 1.0F);
    return vectors;
  };
  CHECK(test::error_of([&] {
          (void)glossa::score_bitext({{"a"}, {"b"}}, growing);
        }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("NaN and infinity are told with the text that has them") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      glossa::Embeddings vectors = test::hashed_words(texts, prompt);
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i] == "five six") vectors[i][3] = bad;
      return vectors;
    };
    const glossa::Error error = test::error_of([&] { (void)glossa::score_sts(kPairs, encoder); });
    CHECK(error.kind() == glossa::ErrorKind::numeric);
    CHECK(test::says(error, "five six"));
  }
}

TEST_CASE("an error quotes the start of a long text alone") {
  const glossa::TextEncoder encoder = [](Texts texts, std::string_view) {
    glossa::Embeddings vectors(texts.size(), 2);
    std::fill(vectors.values().begin(), vectors.values().end(), std::numeric_limits<float>::quiet_NaN());
    return vectors;
  };
  const glossa::StsData data{{std::string(100000, 'x')}, {"y"}, {1}};
  const glossa::Error error = test::error_of([&] { (void)glossa::score_sts(data, encoder); });
  CHECK(error.facts().found.size() == 60);
}

TEST_CASE("ids that two documents or two queries have are refused") {
  glossa::RetrievalData data;
  data.documents = {{"1", "", "one"}, {"2", "", "two"}};
  data.queries = {{"q", "", "one"}, {"r", "", "two"}};
  data.judgements["q"] = {{"1", 1}};
  CHECK(std::isfinite(glossa::score_retrieval(data, test::hashed_words).main_score));
  data.documents.push_back({"1", "", "three"});
  glossa::Error error = test::error_of([&] { (void)glossa::score_retrieval(data, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error.field() == "documents");
  data.documents.pop_back();
  data.queries.push_back({"q", "", "three"});
  error = test::error_of([&] { (void)glossa::score_retrieval(data, test::hashed_words); });
  CHECK(error.field() == "queries");
}
