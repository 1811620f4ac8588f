// Which texts are embedded, and which comes first of those that are alike.
#include "hashed_words.hpp"

#include <glossa/eval/correlation.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/protocols/paired_cosine.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;

}  // namespace

TEST_CASE("equal texts are embedded once, and many in parts") {
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<double> gold;
  for (std::size_t i = 0; i < 5000; ++i) {
    first.push_back("word " + std::to_string(i));
    second.push_back(first[i / 2]);
    gold.push_back(static_cast<double>(i % 5));
  }
  std::vector<std::size_t> parts;
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    parts.push_back(texts.size());
    return test::hashed_words(texts, prompt);
  };
  const double score = glossa::score_sts({first, second, gold}, encoder).main_score;
  CHECK(parts == std::vector<std::size_t>{4096, 904});
  std::vector<double> cosines;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const glossa::Embeddings pair = test::hashed_words(std::vector<std::string_view>{first[i], second[i]}, "");
    cosines.push_back(glossa::detail::paired_cosine(pair[0], pair[1]));
  }
  CHECK(score == test::near(glossa::spearman(gold, cosines)));
}

TEST_CASE("of equal likeness the document with the larger id is ranked first, at the last rank too") {
  glossa::RetrievalData data;
  for (std::size_t i = 0; i < 1500; ++i) data.documents.push_back({std::to_string(10000 + i), "", "same"});
  data.queries = {{"q", "", "one"}};
  data.judgements["q"] = {{"10500", 1}, {"10499", 1}};
  const auto subset = glossa::score_retrieval(data, test::hashed_words);
  CHECK(subset.scores.at("recall_at_1000") == 0.5);
  CHECK(subset.scores.at("mrr_at_1000") == test::near(1.0 / 1000));
}

TEST_CASE("of two labels the one that is called 1 is positive, be it the first or the second") {
  glossa::ClassificationData data{{{"one", "two"}, {0, 1}}, {{"one", "one", "two"}, {0, 0, 1}}, {"0", "1"}};
  const auto precision = [&] {
    const auto subset = glossa::score_classifier(data, test::hashed_words);
    REQUIRE(subset.scores.at("accuracy") == 1);
    return subset.scores.at("ap");
  };
  CHECK(precision() == Approx(1));
  data.label_names = {"no", "yes"};
  CHECK(precision() == Approx(1));
  data.label_names = {"1", "2"};  // 2 is taken for the higher score, and 1 is what it should tell
  CHECK(precision() == Approx(2.0 / 3));
}

TEST_CASE("candidates that are judged by degrees count with these, and equal ones are ranked in their order") {
  const auto score = [](std::vector<std::string> candidates, std::vector<int> relevance, std::vector<int> judged) {
    glossa::RerankingData data;
    glossa::RerankingData::Query& query = data.queries.emplace_back();
    query.text = "one";
    query.candidates = std::move(candidates);
    query.relevance = std::move(relevance);
    query.judged = std::move(judged);
    return glossa::score_reranking(data, test::hashed_words).scores;
  };
  CHECK(score({"same", "same"}, {0, 1}, {1}).at("mrr_at_10") == test::near(0.5));
  CHECK(score({"same", "same"}, {1, 0}, {1}).at("mrr_at_10") == test::near(1));
  const double ideal = 2 + 1 / std::log2(3.0);
  CHECK(score({"three", "one"}, {0, 2}, {2, 1}).at("ndcg_at_10") == test::near(2 / ideal));
}
