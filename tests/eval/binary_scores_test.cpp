// How well scores tell pairs apart, against scikit-learn and python mteb.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/binary_scores.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using Matches = std::vector<std::uint8_t>;

TEST_CASE("average precision is scikit-learn's, the best accuracy and F1 are mteb's", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("binary")) {
    INFO("case " << cases++);
    const std::vector<double> scores = test::numbers(one.at("scores"));
    const auto labels = one.at("labels").get<Matches>();
    CHECK(glossa::average_precision(scores, labels) == test::near(one.at("ap")));
    const glossa::BestAccuracy accuracy = glossa::best_accuracy(scores, labels);
    CHECK(accuracy.accuracy == test::near(one.at("accuracy")[0]));
    CHECK(accuracy.threshold == test::near(one.at("accuracy")[1]));
    const glossa::BestF1 best = glossa::best_f1(scores, labels);
    CHECK(best.f1 == test::near(one.at("f1")[0]));
    CHECK(best.precision == test::near(one.at("f1")[1]));
    CHECK(best.recall == test::near(one.at("f1")[2]));
    CHECK(best.threshold == test::near(one.at("f1")[3]));
  }
  CHECK(cases == 14);
}

TEST_CASE("the order of pairs with one score changes nothing") {
  const std::vector<double> scores{0.5, 0.5, 0.5, 0.25, 0.25, 0.75};
  const Matches labels{1, 0, 0, 1, 0, 0};
  const Matches others{0, 0, 1, 0, 1, 0};
  CHECK(glossa::average_precision(scores, labels) == glossa::average_precision(scores, others));
  CHECK(glossa::best_f1(scores, labels).f1 == glossa::best_f1(scores, others).f1);
  CHECK(glossa::best_accuracy(scores, labels).accuracy == glossa::best_accuracy(scores, others).accuracy);
}

TEST_CASE("no pairs, other labels and scores that are no numbers are errors") {
  const std::vector<double> scores{0.1, 0.2};
  const Matches labels{0, 1};
  CHECK(test::error_of([&] { (void)glossa::average_precision(scores, Matches{1}); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::best_f1(scores, Matches{1, 2}); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::best_accuracy({}, {}); }).field() == "scores");
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK(test::error_of([&] {
            (void)glossa::average_precision(std::vector{0.1, value}, labels);
          }).field() == "scores");
}
