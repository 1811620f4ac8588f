// How well labellings agree, against scikit-learn.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/label_agreement.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

using Labels = std::vector<std::int32_t>;

TEST_CASE("V-measure, adjusted Rand index and mutual information are scikit-learn's", "[golden]") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "label_agreement.json"));
  const auto near = [](const nlohmann::json& number) {
    return Approx(number.get<double>()).epsilon(1e-9).margin(1e-12);
  };
  int cases = 0;
  for (const auto& one : golden.at("cases")) {
    const auto classes = one.at("classes").get<Labels>();
    const auto clusters = one.at("clusters").get<Labels>();
    INFO("case " << cases++);
    CHECK(glossa::adjusted_rand_index(classes, clusters) == near(one.at("ari")));
    CHECK(glossa::adjusted_rand_index(clusters, classes) == near(one.at("ari")));
    CHECK(glossa::normalized_mutual_information(classes, clusters) == near(one.at("nmi")));
    CHECK(glossa::normalized_mutual_information(clusters, classes) == near(one.at("nmi")));
    CHECK(glossa::adjusted_mutual_information(classes, clusters) == near(one.at("ami")));
    CHECK(glossa::adjusted_mutual_information(clusters, classes) == near(one.at("ami")));
    for (const auto& [beta, homogeneity, completeness, measure] :
         one.at("v").get<std::vector<std::tuple<double, double, double, double>>>()) {
      const glossa::VMeasure found = glossa::v_measure(classes, clusters, beta);
      CHECK(found.homogeneity == near(homogeneity));
      CHECK(found.completeness == near(completeness));
      CHECK(found.v_measure == near(measure));
    }
  }
  CHECK(cases == 17);
}

TEST_CASE("a hundred thousand labels agree with themselves under other names") {
  Labels a(100000);
  Labels b(100000);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<std::int32_t>(i % 317);
    b[i] = 1000 - a[i];
  }
  CHECK(glossa::v_measure(a, b).v_measure == Approx(1).epsilon(1e-12));
  CHECK(glossa::adjusted_rand_index(a, b) == 1);
  CHECK(glossa::normalized_mutual_information(a, b) == Approx(1).epsilon(1e-12));
  CHECK(glossa::adjusted_mutual_information(a, b) == Approx(1).epsilon(1e-9));
}

TEST_CASE("measures are no more than 1, and exactly 0 by chance") {
  for (const std::int32_t clusters : {2, 3, 7, 11, 49, 317}) {
    Labels a(5000);
    Labels b(5000);
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = static_cast<std::int32_t>(i) % clusters;
      b[i] = a[i] * 5;
    }
    for (const double beta : {0.0, 0.1, 1.0, 3.0, 1e300}) {
      const glossa::VMeasure same = glossa::v_measure(a, b, beta);
      CHECK(same.homogeneity <= 1);
      CHECK(same.completeness <= 1);
      CHECK(same.v_measure <= 1);
      CHECK(same.v_measure == Approx(1).epsilon(1e-12));
    }
    CHECK(glossa::normalized_mutual_information(a, b) <= 1);
  }
  for (const std::size_t rows : {2u, 3u, 7u})
    for (const std::size_t columns : {2u, 5u, 13u}) {
      Labels a;
      Labels b;
      for (std::size_t r = 0; r < rows; ++r)  // each pair of labels as often as theirs have it
        for (std::size_t c = 0; c < columns; ++c)
          for (std::size_t times = 0; times < (r + 1) * (c == 0 ? 3 : 1); ++times) {
            a.push_back(static_cast<std::int32_t>(r));
            b.push_back(static_cast<std::int32_t>(c));
          }
      CHECK(glossa::normalized_mutual_information(a, b) == 0);
      CHECK(glossa::v_measure(a, b).homogeneity == 0);
      CHECK(glossa::v_measure(a, b).v_measure == 0);
    }
}

TEST_CASE("labellings of different lengths and a beta that is no number from zero on are errors") {
  const Labels a{0, 1};
  const Labels b{0};
  CHECK(test::error_of([&] { (void)glossa::v_measure(a, b); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::adjusted_rand_index(a, b); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::normalized_mutual_information(a, b); }).field() == "labels");
  CHECK(test::error_of([&] { (void)glossa::v_measure(a, a, -1); }).field() == "beta");
  for (const double beta : {std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK(test::error_of([&] { (void)glossa::v_measure(a, a, beta); }).field() == "beta");
}

TEST_CASE("names become numbers in the order in which they appear") {
  CHECK(glossa::number_labels(std::vector<std::string>{"b", "a", "b", "", "a"}) == Labels{0, 1, 0, 2, 1});
  CHECK(glossa::number_labels({}).empty());
}
