// Whether a search knows when it is wrong, against python mteb.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/abstention.hpp>

#include <cmath>
#include <vector>

TEST_CASE("the area under the abstention curve is mteb's", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("abstention")) {
    INFO("case " << cases++);
    const double found = glossa::abstention_area(test::numbers(one.at("confidence")), test::numbers(one.at("metric")));
    if (std::isnan(test::number(one.at("area"))))
      CHECK(std::isnan(found));
    else
      CHECK(found == test::near(one.at("area")));
  }
  CHECK(cases == 24);
}

TEST_CASE("a search is sure by its best scores and by how they differ") {
  const glossa::Confidence sure = glossa::confidence_of(std::vector<float>{0.25f, 1, 0.5f, 0.25f});
  CHECK(sure.max == 1);
  CHECK(sure.diff1 == 0.5);
  CHECK(sure.std == test::near(std::sqrt(0.09375)));
  CHECK(glossa::confidence_of(std::vector<float>{2}).diff1 == 0);
  CHECK(glossa::confidence_of(std::vector<float>{2, 2}).diff1 == 0);
  CHECK(glossa::confidence_of({}).max == 0);
}

TEST_CASE("no queries and numbers that are none have no area") {
  const std::vector<double> two{0, 1};
  CHECK(test::error_of([&] { (void)glossa::abstention_area({}, {}); }).field() == "queries");
  CHECK(test::error_of([&] { (void)glossa::abstention_area(two, std::vector{1.0}); }).field() == "queries");
  CHECK(test::error_of([&] {
          (void)glossa::abstention_area(two, std::vector{1.0, std::nan("")});
        }).field() == "metric");
}
