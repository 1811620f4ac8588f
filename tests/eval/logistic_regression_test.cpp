// Logistic regression, against scikit-learn.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/core/embeddings.hpp>
#include <glossa/eval/classification_scores.hpp>
#include <glossa/eval/logistic_regression.hpp>
#include <glossa/text/base64.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

/// Rows of numbers, one after another.
template <class T>
struct Matrix {
  std::vector<T> values{};
  std::size_t dims = 0;

  explicit Matrix(const nlohmann::json& rows) : dims(rows.at(0).size()) {
    for (const auto& row : rows)
      for (const auto& value : row) values.push_back(static_cast<T>(value.get<double>()));
  }
  [[nodiscard]] glossa::Points<T> points() const { return {values.data(), values.size() / dims, dims}; }
};

template <class T>
glossa::LogisticRegression fit(const Matrix<T>& x, const nlohmann::json& one) {
  return glossa::fit_logistic_regression(
      x.points(), one.at("y").get<glossa::Labels>(),
      {.c = one.at("c").get<double>(), .max_iterations = one.at("iterations").get<std::size_t>()});
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

}  // namespace

TEST_CASE("doubles take scikit-learn's way: as many iterations, the same weights and labels", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("regression")) {
    INFO("case " << cases++);
    const Matrix<double> x(one.at("x"));
    const glossa::LogisticRegression model = fit(x, one);
    CHECK(model.iterations == one.at("n_iter").get<std::size_t>());
    CHECK(model.converged == (model.iterations < one.at("iterations").get<std::size_t>()));
    CHECK(largest_difference(model.weights, Matrix<double>(one.at("weights")).values) < 1e-6);
    CHECK(largest_difference(model.intercepts, one.at("intercepts").get<std::vector<double>>()) < 1e-6);
    const Matrix<double> test(one.at("test"));
    CHECK(glossa::predict(model, test.points()) == one.at("predicted").get<glossa::Labels>());
  }
  CHECK(cases == 8);
}

TEST_CASE("floats label as doubles do, at every level of instructions", "[golden]") {
  for (const auto& one : test::metric_goldens("regression")) {
    const Matrix<float> x(one.at("x"));
    const Matrix<float> test(one.at("test"));
    const auto labels = one.at("y").get<glossa::Labels>();
    for (const glossa::CpuLevel level : glossa::supported_levels()) {
      const glossa::LogisticRegression model =
          glossa::fit_logistic_regression(x.points(), labels,
                                          {.c = one.at("c").get<double>(),
                                           .max_iterations = one.at("iterations").get<std::size_t>(),
                                           .cpu_level = level});
      INFO("level " << glossa::to_string(level));
      CHECK(glossa::predict(model, test.points(), level) == one.at("predicted").get<glossa::Labels>());
    }
  }
}

TEST_CASE("sentences are taken for what scikit-learn takes them for, as python mteb has its classifiers", "[golden]") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "classifiers.json"));
  const auto codes = glossa::detail::base64_decode(golden.at("codes").get<std::string>());
  REQUIRE(codes.has_value());
  const auto dims = golden.at("dims").get<std::size_t>();
  const auto steps = golden.at("steps").get<float>();
  std::vector<float> values;
  for (const char code : *codes) values.push_back(static_cast<float>(static_cast<signed char>(code)) / steps);
  const auto train = golden.at("train").get<glossa::Labels>();
  const auto truth = golden.at("test").get<glossa::Labels>();
  REQUIRE(values.size() == (train.size() + truth.size()) * dims);
  const glossa::Points<float> sentences(values.data() + train.size() * dims, truth.size(), dims);
  for (const auto& one : golden.at("cases")) {
    std::vector<float> rows;
    glossa::Labels labels;
    for (const std::size_t row : one.at("rows").get<std::vector<std::size_t>>()) {
      const float* first = values.data() + row * dims;
      rows.insert(rows.end(), first, first + dims);
      labels.push_back(train.at(row));
    }
    const glossa::Points<float> examples(rows.data(), labels.size(), dims);
    for (const glossa::CpuLevel level : glossa::supported_levels()) {
      INFO(labels.size() << " examples, c " << one.at("c") << ", level " << glossa::to_string(level));
      const glossa::LogisticRegression model =
          glossa::fit_logistic_regression(examples, labels, {.c = one.at("c").get<double>(), .cpu_level = level});
      const glossa::Labels found = glossa::predict(model, sentences, level);
      CHECK(found == one.at("labels").get<glossa::Labels>());
      CHECK(glossa::score_classification(truth, found).accuracy == test::near(one.at("accuracy")));
      if (one.at("c") == 1) CHECK(model.iterations == one.at("n_iter").get<std::size_t>());
    }
  }
}

TEST_CASE("at the end the gradient is small, and the loss no higher a little way off") {
  const auto one = test::metric_goldens("regression").at(1);
  const Matrix<double> x(one.at("x"));
  const auto labels = one.at("y").get<glossa::Labels>();
  const glossa::LogisticRegression model =
      glossa::fit_logistic_regression(x.points(), labels, {.max_iterations = 1000, .tolerance = 1e-10});
  const auto loss_of = [&](const std::vector<double>& weights) {  // the objective, written out
    const auto points = x.points();
    double loss = 0;
    for (std::size_t i = 0; i < points.rows(); ++i) {
      double sum = 0;
      double right = 0;
      for (std::size_t c = 0; c < model.classes.size(); ++c) {
        double score = model.intercepts[c];
        for (std::size_t j = 0; j < model.dims; ++j) score += weights[c * model.dims + j] * points[i][j];
        sum += std::exp(score);
        if (model.classes[c] == labels[i]) right = score;
      }
      loss += std::log(sum) - right;
    }
    for (const double weight : weights) loss += weight * weight / 2;
    return loss / static_cast<double>(points.rows());
  };
  CHECK(model.loss == test::near(loss_of(model.weights)));
  for (std::size_t i = 0; i < model.weights.size(); ++i)
    for (const double by : {-1e-3, 1e-3}) {
      std::vector<double> weights = model.weights;
      weights[i] += by;
      CHECK(loss_of(weights) > model.loss);
    }
}

TEST_CASE("vectors of any length from denormal to enormous are told apart or refused") {
  for (const float scale : {1e-30f, 1.0f, 1e4f, 1e15f, 1e30f}) {
    const std::vector<float> x{scale, 0, -scale, 0, 0, scale, 0, -scale, scale, scale, -scale, -scale};
    const glossa::Labels labels{0, 1, 0, 1, 0, 1};
    const glossa::Points<float> points(x.data(), 6, 2);
    INFO("scale " << scale);
    try {
      const glossa::LogisticRegression model = glossa::fit_logistic_regression(points, labels, {});
      for (const double weight : model.weights) CHECK(std::isfinite(weight));
      CHECK(glossa::predict(model, points).size() == 6);
    } catch (const glossa::Error& error) {
      CHECK(error.kind() == glossa::ErrorKind::numeric);
    }
  }
}

TEST_CASE("embeddings are taken as they are, and none are labelled as none") {
  glossa::Embeddings rows(4, 2);
  const std::vector<float> values{1, 0, 1, 0, -1, 0, -1, 0};
  std::copy(values.begin(), values.end(), rows.values().begin());
  const glossa::LogisticRegression model =
      glossa::fit_logistic_regression(rows, std::vector<std::int32_t>{7, 7, -2, -2});
  CHECK(glossa::predict(model, rows) == glossa::Labels{7, 7, -2, -2});
  CHECK(glossa::predict(model, glossa::Points<float>()).empty());
}

TEST_CASE("one kind of label, too few of them, vectors that are no numbers and odd options are errors") {
  const std::vector<double> x{1, 2, 3, 4};
  const glossa::Points<double> points(x.data(), 2, 2);
  const auto field = [&](const glossa::Labels& labels, const glossa::LogisticRegressionOptions& options = {}) {
    return test::error_of([&] { (void)glossa::fit_logistic_regression(points, labels, options); }).field();
  };
  CHECK(field({1, 1}) == "labels");
  CHECK(field({1}) == "labels");
  CHECK(field({0, 1}, {.c = 0}) == "c");
  CHECK(field({0, 1}, {.c = std::nan("")}) == "c");
  CHECK(field({0, 1}, {.max_iterations = 0}) == "max_iterations");
  CHECK(field({0, 1}, {.tolerance = -1}) == "tolerance");
  const std::vector<double> odd{1, 2, std::numeric_limits<double>::infinity(), 4};
  const glossa::Points<double> bad(odd.data(), 2, 2);
  const glossa::Labels labels{0, 1};
  CHECK(test::error_of([&] { (void)glossa::fit_logistic_regression(bad, labels); }).field() == "points");
  const glossa::LogisticRegression model = glossa::fit_logistic_regression(points, labels);
  CHECK(test::error_of([&] { (void)glossa::predict(model, glossa::Points<double>(x.data(), 1, 4)); }).field() ==
        "points");
}
