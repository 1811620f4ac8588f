// Correlations, against SciPy.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/correlation.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

TEST_CASE("Pearson's and Spearman's correlation and average ranks are SciPy's", "[golden]") {
  const auto same = [](double found, const nlohmann::json& expected) {
    if (std::isnan(test::number(expected)))
      CHECK(std::isnan(found));
    else
      CHECK(found == test::near(expected));
  };
  int cases = 0;
  for (const auto& one : test::metric_goldens("correlations")) {
    INFO("case " << cases++);
    const std::vector<double> x = test::numbers(one.at("x"));
    const std::vector<double> y = test::numbers(one.at("y"));
    same(glossa::pearson(x, y), one.at("pearson"));
    same(glossa::pearson(y, x), one.at("pearson"));
    same(glossa::spearman(x, y), one.at("spearman"));
    same(glossa::spearman(y, x), one.at("spearman"));
    same(glossa::correlation_p(glossa::pearson(x, y), x.size()), one.at("pearson_p"));
    if (x.size() != 2) same(glossa::correlation_p(glossa::spearman(x, y), x.size()), one.at("spearman_p"));
    const std::vector<double> ranks = glossa::average_ranks(x);
    REQUIRE(ranks.size() == one.at("ranks").size());
    for (std::size_t i = 0; i < ranks.size(); ++i) same(ranks[i], one.at("ranks")[i]);
  }
  CHECK(cases == 19);
}

TEST_CASE("p-values are SciPy's for any correlation of three pairs and of a hundred thousand", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("correlation_ps")) {
    INFO("case " << one);
    ++cases;
    CHECK(glossa::correlation_p(one[0].get<double>(), one[1].get<std::size_t>()) == test::near(one[2]));
  }
  CHECK(cases == 88);
  CHECK(glossa::correlation_p(-1, 2) == 1);
  CHECK(std::isnan(glossa::correlation_p(0.5, 1)));
  CHECK(std::isnan(glossa::correlation_p(std::nan(""), 10)));
  CHECK(test::error_of([] { (void)glossa::correlation_p(1.5, 10); }).field() == "correlation");
}

TEST_CASE("a correlation does not change with the scale, however large or small") {
  const std::vector<double> x{3, 1, 4, 1, 5, 9, 2, 6};
  const std::vector<double> y{2, 7, 1, 8, 2, 8, 1, 9};
  const double expected = glossa::pearson(x, y);
  for (const double scale : {1e-320, 1e-200, 1e-30, 1e30, 1e200, 1e307}) {
    std::vector<double> scaled;
    for (const double value : x) scaled.push_back(value * scale);
    CHECK(glossa::pearson(scaled, y) == Approx(expected).epsilon(scale < 1e-300 ? 1e-3 : 1e-12));
  }
  CHECK(glossa::pearson(x, x) <= 1);
  CHECK(glossa::pearson(x, x) == Approx(1).epsilon(1e-15));
}

TEST_CASE("ranks of a hundred thousand equal numbers are all in the middle") {
  const std::vector<double> ranks = glossa::average_ranks(std::vector<double>(100000, 2.5));
  CHECK(ranks.front() == 50000.5);
  CHECK(ranks.back() == 50000.5);
  CHECK(glossa::average_ranks({}).empty());
}

TEST_CASE("lists of different lengths have no correlation") {
  const std::vector<double> x{1, 2};
  const std::vector<double> y{1, 2, 3};
  CHECK(test::error_of([&] { (void)glossa::pearson(x, y); }).kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(test::error_of([&] { (void)glossa::spearman(x, y); }), "2 and 3"));
}
