// Scores of rankings, against pytrec_eval and python mteb.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/ranking_scores.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace {

void check_scores(const glossa::RankingScores& found, const nlohmann::json& cutoffs, const nlohmann::json& expected) {
  REQUIRE(found.cutoffs.size() == cutoffs.size());
  for (std::size_t i = 0; i < cutoffs.size(); ++i) {
    const glossa::ScoresAtCutoff& scores = found.at(cutoffs[i].get<std::size_t>());
    INFO("at " << scores.cutoff);
    CHECK(scores.ndcg == test::near(expected[i][0]));
    CHECK(scores.map == test::near(expected[i][1]));
    CHECK(scores.recall == test::near(expected[i][2]));
    CHECK(scores.precision == test::near(expected[i][3]));
    CHECK(scores.mrr == test::near(expected[i][4]));
    CHECK(scores.hit_rate == test::near(expected[i][5]));
  }
}

}  // namespace

TEST_CASE("rankings score as pytrec_eval and mteb score them: ties, grades, negative and missing judgements",
          "[golden]") {
  const auto golden = test::metric_goldens("rankings");
  std::vector<glossa::RankingScores> all;
  for (const auto& one : golden.at("cases")) {
    INFO("case " << all.size());
    const auto judgements = one.at("judged").get<glossa::Judgements>();
    std::vector<glossa::RankedDocument> documents;
    for (const auto& [id, score] : one.at("run").items())
      documents.push_back({one.at("run").find(id).key(), static_cast<float>(test::number(score))});
    glossa::rank_documents(documents);
    all.push_back(glossa::score_ranking(documents, judgements));
    check_scores(all.back(), golden.at("cutoffs"), one.at("scores"));
  }
  CHECK(all.size() == 13);
  check_scores(glossa::mean_of(all), golden.at("cutoffs"), golden.at("mean"));
}

TEST_CASE("documents of one score are ordered by id, byte by byte and descending") {
  std::vector<glossa::RankedDocument> documents{{"10", 1},       {"9", 1}, {"Z", 1}, {"a", 1},
                                                {"\xC3\xA9", 1}, {"", 1},  {"b", 2}};
  glossa::rank_documents(documents);
  std::string order;
  for (const glossa::RankedDocument& document : documents) order += std::string(document.id) + ",";
  CHECK(order == "b,\xC3\xA9,a,Z,9,10,,");
}

TEST_CASE("cut-offs are given back in the order in which they were asked for, and far ones cost nothing") {
  const std::vector<int> relevance{0, 1, 0, 2};
  const std::vector<int> judged{1, 2, 0, 1};
  const std::vector<std::size_t> cutoffs{1000000000000, 2, 2, 1};
  const glossa::RankingScores scores = glossa::score_ranking(relevance, judged, cutoffs);
  REQUIRE(scores.cutoffs.size() == 4);
  CHECK(scores.cutoffs[0].recall == test::near(2.0 / 3));
  CHECK(scores.cutoffs[1].recall == test::near(1.0 / 3));
  CHECK(scores.cutoffs[2].map == test::near(1.0 / 6));
  CHECK(scores.cutoffs[3].hit_rate == 0);
  CHECK(scores.at(2).mrr == 0.5);
  CHECK(test::error_of([&] { (void)scores.at(3); }).kind() == glossa::ErrorKind::not_found);
}

TEST_CASE("no score, a document found twice, a cut-off of nothing and different cut-offs are errors") {
  std::vector<glossa::RankedDocument> twice{{"a", 1}, {"b", 2}, {"a", 3}};
  CHECK(test::says(test::error_of([&] { glossa::rank_documents(twice); }), "a"));
  std::vector<glossa::RankedDocument> unknown{{"a", 1}, {"b", std::nanf("")}};
  CHECK(test::error_of([&] { glossa::rank_documents(unknown); }).kind() == glossa::ErrorKind::numeric);
  const std::vector<int> none;
  const std::vector<std::size_t> zero{10, 0};
  CHECK(test::error_of([&] { (void)glossa::score_ranking(none, none, zero); }).field() == "cutoffs");
  CHECK(test::error_of([&] { (void)glossa::mean_of({}); }).field() == "queries");
  const std::vector<glossa::RankingScores> mixed{glossa::score_ranking(none, none),
                                                 glossa::score_ranking(none, none, std::vector<std::size_t>{10})};
  CHECK(test::error_of([&] { (void)glossa::mean_of(mixed); }).field() == "queries");
}
