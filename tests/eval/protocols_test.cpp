// Each protocol against python mteb's own task, on small data and vectors of hashed words.
#include "error_of.hpp"
#include "hashed_words.hpp"

#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/label_agreement.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using nlohmann::json;

glossa::LabelledTexts labelled(const json& part) {
  return {test::texts(part.at("text")), part.at("label").get<std::vector<std::int32_t>>()};
}

glossa::LabelledTexts set_of(const json& part) {
  const std::vector<std::string> names = test::texts(part.at("labels"));
  return {test::texts(part.at("sentences")), glossa::number_labels(names)};
}

glossa::RetrievalData retrieval(const json& part) {
  glossa::RetrievalData data;
  for (const json& row : part.at("documents"))
    data.documents.push_back({row.at("id"), row.at("title"), row.at("text")});
  for (const json& row : part.at("queries")) data.queries.push_back({row.at("id"), "", row.at("text")});
  for (const auto& [query, judged] : part.at("judged").items())
    for (const auto& [document, relevance] : judged.items()) data.judgements[query][document] = relevance.get<int>();
  return data;
}

glossa::SummarizationData summaries() {
  glossa::SummarizationData data;
  for (const json& row : test::protocol_goldens("summarization/rows"))
    data.texts.push_back({row.at("text"), test::texts(row.at("human_summaries")),
                          test::texts(row.at("machine_summaries")), row.at("relevance").get<std::vector<double>>()});
  return data;
}

const glossa::ProtocolOptions kRoles{.query_prompt = "query: ", .passage_prompt = "passage: "};
constexpr double kFiveDigits = 5.01e-6;

}  // namespace

TEST_CASE("the encoder of these tests is that of the goldens") {
  for (const json& row : test::protocol_goldens("embeddings")) {
    const std::string text = row.at("text");
    const glossa::Embeddings made = test::hashed_words(std::vector<std::string_view>{text}, "");
    CHECK(std::vector<float>(made[0].begin(), made[0].end()) == row.at("vector").get<std::vector<float>>());
  }
}

TEST_CASE("STS scores as python mteb's", "[golden]") {
  const json golden = test::protocol_goldens("sts");
  const glossa::StsData data{test::texts(golden.at("sentence1")), test::texts(golden.at("sentence2")),
                             golden.at("score").get<std::vector<double>>()};
  const auto subset = glossa::score_sts(data, test::hashed_words);
  test::check_scores(subset, golden.at("scores"));
  CHECK(subset.items.size() == data.score.size());
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
  const auto other = glossa::score_sts(data, test::hashed_words, {.main_metric = "manhattan_pearson"});
  CHECK(other.main_score == other.scores.at("manhattan_pearson"));
  CHECK(test::mean(other.items) == test::near(other.main_score));
}

TEST_CASE("bitext mining scores as python mteb's", "[golden]") {
  const json golden = test::protocol_goldens("bitext");
  const glossa::BitextData data{test::texts(golden.at("sentence1")), test::texts(golden.at("sentence2"))};
  const auto subset = glossa::score_bitext(data, test::hashed_words);
  test::check_scores(subset, golden.at("scores"));
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
}

TEST_CASE("pair classification scores as python mteb's", "[golden]") {
  const json golden = test::protocol_goldens("pair_classification");
  const glossa::PairData data{test::texts(golden.at("sentence1")), test::texts(golden.at("sentence2")),
                              golden.at("labels").get<std::vector<std::uint8_t>>()};
  const auto subset = glossa::score_pairs(data, test::hashed_words);
  test::check_scores(subset, golden.at("scores"));
  CHECK(subset.items.size() == data.label.size());
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
  CHECK(subset.scores.at("euclidean_f1_threshold") > 0);
  CHECK(subset.scores.at("cosine_accuracy_threshold") < 1);
}

TEST_CASE("classification scores as python mteb's, in each experiment", "[golden]") {
  for (const json& golden : test::protocol_goldens("classification")) {
    const glossa::ClassificationData data{labelled(golden.at("train")), labelled(golden.at("test")), {}};
    const auto subset = glossa::score_classifier(data, test::hashed_words,
                                                 {.samples_per_label = golden.at("per_label").get<std::size_t>()});
    test::check_scores(subset, golden.at("scores"));
    for (const auto& [name, values] : golden.at("runs").items())
      for (std::size_t i = 0; i < values.size(); ++i) CHECK(subset.runs.at(name).at(i) == test::near(values[i]));
    CHECK(test::mean(subset.items) == test::near(subset.main_score));
  }
}

TEST_CASE("clustering as it was first scores as python mteb's, where every k-means finds the same clusters",
          "[golden]") {
  const json golden = test::protocol_goldens("clustering");
  glossa::ClusteringData data;
  for (const json& set : golden.at("sets")) data.sets.push_back(set_of(set));
  const auto subset = glossa::score_clusters(data, test::hashed_words);
  test::check_scores(subset, golden.at("scores"));
  CHECK(subset.runs.at("v_measure").size() == golden.at("runs").size());
  const auto more = glossa::score_clusters(data, test::hashed_words, {.clusterings = 4});
  CHECK(more.runs.at("v_measure").size() == 12);
  CHECK(more.main_score == test::near(subset.main_score));
}

TEST_CASE("clustering of drawn texts scores as python mteb's, draw by draw and over two subsets", "[golden]") {
  glossa::PythonRandom random(42);
  for (const json& golden : test::protocol_goldens("clustering_fast")) {
    const glossa::ClusteringData data{{set_of(golden.at("data"))}, {}};
    const auto subset = glossa::score_clusters_fast(data, test::hashed_words, {.most_texts = 1004}, random);
    test::check_scores(subset, golden.at("scores"));
    for (std::size_t i = 0; i < golden.at("runs").size(); ++i)
      CHECK(subset.runs.at("v_measure").at(i) == test::near(golden.at("runs")[i]));
  }
}

TEST_CASE("sets of a clustering of drawn texts are one, of which all count, or a draw") {
  glossa::ClusteringData data{{{{"one", "two"}, {0, 1}}, {{"three", "four"}, {1, 0}}}, {}};
  std::vector<std::string> embedded;
  const glossa::TextEncoder encoder = [&](std::span<const std::string_view> texts, std::string_view prompt) {
    embedded.assign(texts.begin(), texts.end());
    return test::hashed_words(texts, prompt);
  };
  const auto score = [&](glossa::ProtocolOptions options) {
    options.clusterings = 1;
    return glossa::score_clusters_fast(data, encoder, options);
  };
  CHECK(score({}).runs.at("v_measure").size() == 1);
  CHECK(embedded == std::vector<std::string>{"one", "two", "three", "four"});
  (void)score({.most_texts = 3});
  CHECK(embedded.size() == 3);
  (void)score({.most_texts = 100});
  CHECK(embedded.size() == 4);
  (void)score({.text_share = 0.5});
  CHECK(embedded.size() == 2);
  CHECK(test::error_of([&] { (void)score({.most_texts = 3, .text_share = 0.5}); }).field() == "text_share");
  CHECK(test::error_of([&] { (void)score({.text_share = 0.04}); }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("retrieval scores as python mteb's, ties by id", "[golden]") {
  const json golden = test::protocol_goldens("retrieval");
  const auto subset = glossa::score_retrieval(retrieval(golden), test::hashed_words, kRoles);
  test::check_scores(subset, golden.at("scores"), kFiveDigits);
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
}

TEST_CASE("a query's own document is left out where the task says so, as by python mteb", "[golden]") {
  const json golden = test::protocol_goldens("retrieval_without_own");
  glossa::ProtocolOptions options = kRoles;
  options.ignore_identical_ids = true;
  test::check_scores(glossa::score_retrieval(retrieval(golden), test::hashed_words, options), golden.at("scores"),
                     kFiveDigits);
}

TEST_CASE("reranking scores as python mteb's, and other scores of it may count", "[golden]") {
  const json golden = test::protocol_goldens("reranking");
  glossa::RerankingData data;
  for (const json& row : golden.at("rows"))
    data.queries.push_back({row.at("query"), test::texts(row.at("positive")), test::texts(row.at("negative"))});
  const auto subset = glossa::score_reranking(data, test::hashed_words, kRoles);
  test::check_scores(subset, golden.at("scores"), kFiveDigits);
  CHECK(subset.items.size() == data.queries.size() - 1);
  glossa::ProtocolOptions options = kRoles;
  options.main_metric = "ndcg_at_10";
  const auto other = glossa::score_reranking(data, test::hashed_words, options);
  CHECK(other.main_score == subset.scores.at("ndcg_at_10"));
  CHECK(test::mean(other.items) == test::near(other.main_score));
}

TEST_CASE("queries of one searcher are taken together where the score that counts is of these, as by python mteb",
          "[golden]") {
  const json golden = test::protocol_goldens("reranking_merged");
  glossa::RerankingData data;
  for (const json& row : golden.at("rows")) {
    glossa::RerankingData::Query& query = data.queries.emplace_back();
    query.id = row.at("id");
    query.text = row.at("text");
    query.candidate_ids = test::texts(row.at("candidates"));
    for (const std::string& id : query.candidate_ids) {
      query.candidates.push_back(golden.at("documents").at(id));
      query.relevance.push_back(row.at("judged").value(id, 0));
    }
    for (const json& relevance : row.at("judged")) query.judged.push_back(relevance);
  }
  glossa::ProtocolOptions options = kRoles;
  options.main_metric = "max_over_subqueries_map_at_1000";
  const auto subset = glossa::score_reranking(data, test::hashed_words, options);
  test::check_scores(subset, golden.at("scores"), kFiveDigits);
  CHECK(subset.items.size() == 5);
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
  CHECK(glossa::score_reranking(data, test::hashed_words, kRoles).scores.size() * 2 == subset.scores.size());
  data.queries[0].id.clear();
  CHECK(test::error_of([&] { (void)glossa::score_reranking(data, test::hashed_words, options); }).kind() ==
        glossa::ErrorKind::invalid_argument);
}

TEST_CASE("summarization scores as python mteb's, in its first version too", "[golden]") {
  const auto subset = glossa::score_summaries(summaries(), test::hashed_words);
  test::check_scores(subset, test::protocol_goldens("summarization/scores"));
  CHECK(subset.items.size() == 6);
  CHECK(test::mean(subset.items) == test::near(subset.main_score));
  test::check_scores(glossa::score_summaries(summaries(), test::hashed_words, {.averages_p_values = true}),
                     test::protocol_goldens("summarization/first_version"));
}
