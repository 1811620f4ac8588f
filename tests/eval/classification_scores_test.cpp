// Scores of predicted labels, against scikit-learn as python mteb calls it.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/classification_scores.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

using Labels = std::vector<std::int32_t>;

TEST_CASE("accuracy, precision, recall, F1 and the labels' average precision are scikit-learn's", "[golden]") {
  int cases = 0;
  const auto golden = test::metric_goldens("classification");
  for (const auto& one : golden.at("cases")) {
    INFO("case " << cases++);
    const glossa::ClassificationScores found =
        glossa::score_classification(one.at("truth").get<Labels>(), one.at("predicted").get<Labels>());
    CHECK(found.accuracy == test::near(one.at("accuracy")));
    CHECK(found.macro.f1 == test::near(one.at("f1")));
    CHECK(found.macro.precision == test::near(one.at("precision")));
    CHECK(found.macro.recall == test::near(one.at("recall")));
    CHECK(found.weighted.f1 == test::near(one.at("f1_weighted")));
    CHECK(found.weighted.precision == test::near(one.at("precision_weighted")));
    CHECK(found.weighted.recall == test::near(one.at("recall_weighted")));
    REQUIRE(found.average_precision.has_value() == !one.at("ap").is_null());
    if (!found.average_precision) continue;
    CHECK(*found.average_precision == test::near(one.at("ap")));
    CHECK(*found.average_precision == test::near(one.at("ap_weighted")));
  }
  CHECK(cases == 13);
}

TEST_CASE("bitext mining is classification in which each sentence is a class", "[golden]") {
  const auto golden = test::metric_goldens("classification/bitext");
  const auto nearest = golden.at("nearest").get<Labels>();
  Labels own(nearest.size());
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<std::int32_t>(i);
  const glossa::ClassificationScores found = glossa::score_classification(own, nearest);
  CHECK(found.accuracy == test::near(golden.at("accuracy")));
  CHECK(found.weighted.f1 == test::near(golden.at("f1")));
  CHECK(found.weighted.precision == test::near(golden.at("precision")));
  CHECK(found.weighted.recall == test::near(golden.at("recall")));
}

TEST_CASE("nothing predicted, or for other things, is an error") {
  CHECK(test::error_of([&] { (void)glossa::score_classification({}, {}); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::score_classification(Labels{1}, Labels{1, 2}); }).field() == "labels");
}
