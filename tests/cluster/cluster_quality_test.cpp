// Measures of clusterings against their definitions and scikit-learn.
#include "error_of.hpp"
#include "kmeans_cases.hpp"

#include <glossa/cluster/cluster_quality.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <vector>

using glossa::Labels;
using glossa::Metric;
using glossa::Points;

namespace {

template <class T>
double distance_of(const Points<T>& rows, std::size_t i, std::size_t j, Metric metric) {
  if (i == j) return 0;
  if (metric == Metric::euclidean) return std::sqrt(test::square_of(rows, i, rows, j));
  double product = 0;
  double a = 0;
  double b = 0;
  for (std::size_t k = 0; k < rows.dims(); ++k) {
    const auto x = static_cast<double>(rows[i][k]);
    const auto y = static_cast<double>(rows[j][k]);
    product += x * y;
    a += x * x;
    b += y * y;
  }
  return a == 0 || b == 0 ? 1 : 1 - product / std::sqrt(a * b);
}

/// By the definition, of every so many rows; noise is left out.
template <class T>
std::vector<double> naive_silhouettes(const Points<T>& rows, const Labels& labels, Metric metric,
                                      std::size_t step = 1) {
  std::vector<double> out(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); i += step) {
    if (labels[i] < 0) continue;
    std::map<std::int32_t, std::pair<double, double>> sums;
    for (std::size_t j = 0; j < rows.rows(); ++j) {
      if (i == j || labels[j] < 0) continue;
      sums[labels[j]].first += distance_of(rows, i, j, metric);
      sums[labels[j]].second += 1;
    }
    if (sums[labels[i]].second == 0) continue;
    const double a = sums[labels[i]].first / sums[labels[i]].second;
    double b = std::numeric_limits<double>::infinity();
    for (const auto& [label, sum] : sums)
      if (label != labels[i]) b = std::min(b, sum.first / sum.second);
    out[i] = std::max(a, b) > 0 ? (b - a) / std::max(a, b) : 0;
  }
  return out;
}

}  // namespace

TEST_CASE("measures of clusterings are scikit-learn's", "[golden]") {
  const auto rows = test::golden_rows<double>();
  const auto floats = test::golden_rows<float>();
  for (const auto& golden : test::kmeans_golden().at("measures")) {
    const auto labels = golden.at("labels").get<Labels>();
    const auto number = [&](const char* name) { return Approx(golden.at(name).get<double>()).epsilon(1e-9); };
    CHECK(glossa::silhouette(rows.points(), labels) == number("silhouette"));
    CHECK(glossa::silhouette(rows.points(), labels, {.metric = Metric::cosine}) == number("silhouette_cosine"));
    CHECK(glossa::davies_bouldin(rows.points(), labels) == number("davies_bouldin"));
    CHECK(glossa::calinski_harabasz(rows.points(), labels) == number("calinski_harabasz"));
    const auto each = glossa::silhouettes(rows.points(), labels);
    for (std::size_t i = 0; i < 20; ++i)
      CHECK(each[i] == Approx(golden.at("silhouettes")[i].get<double>()).epsilon(1e-9).margin(1e-12));

    // The vectors are whole numbers: only distances are rounded to float.
    CHECK(glossa::davies_bouldin(floats.points(), labels) == number("davies_bouldin"));
    CHECK(glossa::calinski_harabasz(floats.points(), labels) == number("calinski_harabasz"));
    CHECK(glossa::silhouette(floats.points(), labels, {.metric = Metric::cosine}) == number("silhouette_cosine"));
    CHECK(glossa::silhouette(floats.points(), labels) == Approx(golden.at("silhouette").get<double>()).margin(1e-6));
  }
}

TEMPLATE_TEST_CASE("silhouettes are their definition", "", float, double) {
  unsigned seed = 0;
  for (const auto& [count, dims, clusters] :
       {std::tuple{5u, 2u, 2u}, {300u, 7u, 4u}, {1100u, 3u, 9u}, {700u, 40u, 65u}}) {
    auto rows = test::blobs<TestType>(count, dims, clusters, ++seed, TestType(0.7));
    std::copy_n(rows.values.begin(), dims, rows.values.begin() + dims);  // twins
    std::fill_n(rows.values.begin() + 3 * dims, dims, TestType(0));
    Labels labels(count);
    for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<std::int32_t>(i * i % clusters) * 3;
    if (count > 5) {
      labels[10] = glossa::kNoise;
      labels[count - 1] = 1;  // alone
      labels[11] = glossa::kNoise;
    }
    for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
      const auto expected = naive_silhouettes(rows.points(), labels, metric);
      for (const glossa::CpuLevel level : glossa::supported_levels()) {
        const auto found =
            glossa::silhouettes(rows.points(), labels, {.metric = metric, .run = {.threads = 2, .cpu_level = level}});
        INFO(count << " x " << dims << ", " << to_string(metric) << ", " << to_string(level));
        double sum = 0;
        double members = 0;
        const bool rounds = metric == Metric::euclidean && std::is_same_v<TestType, float>;
        for (std::size_t i = 0; i < count; ++i) {
          REQUIRE(found[i] == Approx(expected[i]).margin(rounds ? 2e-6 : 1e-12));
          sum += labels[i] < 0 ? 0 : found[i];
          members += labels[i] < 0 ? 0 : 1;
        }
        CHECK(glossa::silhouette(rows.points(), labels, {.metric = metric, .run = {.cpu_level = level}}) ==
              Approx(sum / members).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("silhouettes of vectors that are close together, far from zero, keep their digits") {
  test::Rows<float> rows = test::blobs<float>(600, 24, 3, 1, 0.001F);
  for (float& x : rows.values) x += 3;
  Labels labels(600);
  for (std::size_t i = 0; i < 600; ++i) labels[i] = static_cast<std::int32_t>(i % 6 / 3 * 3 + i % 3);  // six of three
  const auto expected = naive_silhouettes(rows.points(), labels, Metric::euclidean);
  const auto found = glossa::silhouettes(rows.points(), labels);
  for (std::size_t i = 0; i < 600; ++i) REQUIRE(found[i] == Approx(expected[i]).margin(2e-6));
}

TEMPLATE_TEST_CASE("silhouettes do not depend on where the vectors lie and how large they are", "", float, double) {
  std::vector<TestType> line{TestType(100000.1), TestType(100000.4), TestType(100001.9), TestType(100002.4)};
  const Labels labels{0, 0, 1, 1};
  const auto check = [&] {
    const Points<TestType> points(line.data(), 4, 1);
    std::vector<double> halves;  // whose squares double precision holds
    for (const TestType x : line) halves.push_back(static_cast<double>(x));
    const auto expected = naive_silhouettes(Points<double>(halves.data(), 4, 1), labels, Metric::euclidean);
    const auto found = glossa::silhouettes(points, labels);
    for (std::size_t i = 0; i < 4; ++i) CHECK(found[i] == Approx(expected[i]).margin(2e-6));
  };
  check();
  for (const double scale : {1e20, 1e30, 1e-23, 1e-30}) {
    line = {TestType(scale), TestType(1.1 * scale), TestType(-scale), TestType(-1.1 * scale)};
    std::swap(line[1], line[2]);
    check();
    std::swap(line[1], line[2]);
    check();
  }
}

TEST_CASE("a block of silhouettes is small where clusters are many") {
  const auto rows = test::blobs<double>(5000, 2, 5, 8, 1.0);
  Labels labels(5000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 2600);
  const auto found = glossa::silhouettes(rows.points(), labels);
  const auto expected = naive_silhouettes(rows.points(), labels, Metric::euclidean, 97);
  for (std::size_t i = 0; i < 5000; i += 97) REQUIRE(found[i] == Approx(expected[i]).margin(1e-12));
}

TEST_CASE("measures are the same, bit by bit, whatever the threads") {
  const auto rows = test::blobs<float>(2100, 12, 5, 8, 1.0F);
  Labels labels(2100);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 5);
  for (const Metric metric : {Metric::euclidean, Metric::cosine}) {
    const auto one = glossa::silhouettes(rows.points(), labels, {.metric = metric, .run = {.threads = 1}});
    CHECK(glossa::silhouettes(rows.points(), labels, {.metric = metric, .run = {.threads = 5}}) == one);
  }
  CHECK(glossa::davies_bouldin(rows.points(), labels, {.threads = 1}) ==
        glossa::davies_bouldin(rows.points(), labels, {.threads = 4}));
  CHECK(glossa::calinski_harabasz(rows.points(), labels, {.threads = 1}) ==
        glossa::calinski_harabasz(rows.points(), labels, {.threads = 4}));
}

TEST_CASE("a sample's silhouette is near that of all, and the same for the same seed") {
  const auto rows = test::blobs<float>(4000, 8, 4, 8, 0.4F);
  Labels labels(4000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 4);
  const double all = glossa::silhouette(rows.points(), labels);
  const double some = glossa::silhouette(rows.points(), labels, {.sample = 800, .seed = 3});
  CHECK(some == Approx(all).margin(0.03));
  CHECK(some != all);
  CHECK(some == glossa::silhouette(rows.points(), labels, {.sample = 800, .seed = 3}));
  CHECK(some != glossa::silhouette(rows.points(), labels, {.sample = 800, .seed = 4}));
  CHECK(all == glossa::silhouette(rows.points(), labels, {.sample = 4000}));
}

TEST_CASE("a sample has vectors of every cluster, however small") {
  const auto rows = test::blobs<float>(3000, 3, 1, 8, 0.1F);
  std::vector<float> values = rows.values;
  values[0] += 50;
  Labels labels(3000, 0);
  labels[0] = 1;
  const Points<float> points(values.data(), 3000, 3);
  const double all = glossa::silhouette(points, labels);
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (const std::size_t sample : {1u, 2u, 30u}) {
      // The vector that is alone counts with 0, if it was drawn itself.
      const double some = glossa::silhouette(points, labels, {.sample = sample, .seed = seed});
      const double drawn = std::round(static_cast<double>(sample) * some);
      CHECK((drawn == static_cast<double>(sample) || drawn == static_cast<double>(sample - 1)));
      if (sample == 30) CHECK(some == Approx(all).margin(0.05));
    }
  for (std::size_t i = 0; i < 3000; ++i) labels[i] = static_cast<std::int32_t>(i / 2);  // 1500 pairs
  const double pairs = glossa::silhouette(points, labels, {.sample = 20});
  CHECK(std::isfinite(pairs));
  CHECK(pairs != 0);
}

TEST_CASE("measures of vectors that are all equal") {
  const std::vector<double> values(20, 0.3);
  const Points<double> points(values.data(), 10, 2);
  const Labels labels{0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
  CHECK(glossa::silhouette(points, labels) == 0);
  CHECK(glossa::silhouette(points, labels, {.metric = Metric::cosine}) == Approx(0).margin(1e-12));
  CHECK(glossa::davies_bouldin(points, labels) == 0);
  CHECK(glossa::calinski_harabasz(points, labels) == 1);
}

TEST_CASE("measures say what they cannot work with") {
  const std::vector<float> values(12, 1.0F);
  const Points<float> points(values.data(), 4, 3);
  const auto field_of = [&](const Points<float>& rows, const Labels& labels, Metric metric = Metric::euclidean) {
    const auto field = test::error_of([&] { (void)glossa::silhouette(rows, labels, {.metric = metric}); }).field();
    if (metric == Metric::euclidean) {
      CHECK(test::error_of([&] { (void)glossa::davies_bouldin(rows, labels); }).field() == field);
      CHECK(test::error_of([&] { (void)glossa::calinski_harabasz(rows, labels); }).field() == field);
    }
    return field;
  };
  CHECK(field_of(Points<float>(), {}) == "labels");
  CHECK(field_of(points, {0, 1, 0}) == "labels");
  CHECK(field_of(points, {0, 0, 0, 0}) == "labels");
  CHECK(field_of(points, {0, 1, 2, 3}) == "labels");
  CHECK(field_of(points, {0, 1, -1, -1}) == "labels");
  CHECK(field_of(points, {0, 1, 0, -2}) == "labels");
  CHECK(field_of(points, {0, 1, 0, 1}, Metric::dot) == "metric");
  std::vector<float> bad = values;
  bad[4] = std::nanf("");
  CHECK(field_of(Points<float>(bad.data(), 4, 3), {0, 1, 0, 1}) == "points");
  CHECK(field_of(Points<float>(bad.data(), 4, 0), {0, 1, 0, 1}) == "points");
  const std::vector<double> far{1e200, 1.1e200, -1e200, -1.1e200};
  CHECK(test::error_of([&] {
          (void)glossa::silhouette(Points<double>(far.data(), 4, 1), Labels{0, 0, 1, 1});
        }).field() == "points");
}

TEST_CASE("silhouettes tell how far they are, and end when they are told to") {
  const auto rows = test::blobs<float>(9000, 4, 2, 8, 0.4F);
  Labels labels(9000);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 2);
  glossa::SilhouetteOptions options{.run = {.threads = 2}};
  std::vector<std::size_t> done;
  options.run.progress = [&](const glossa::Progress& progress) {
    CHECK(progress.total == 9000);
    done.push_back(progress.done);
  };
  (void)glossa::silhouette(rows.points(), labels, options);
  CHECK(done.size() > 1);
  CHECK(std::is_sorted(done.begin(), done.end()));
  CHECK(done.back() == 9000);
  struct Enough {};
  options.run.progress = [](const glossa::Progress&) { throw Enough(); };
  CHECK_THROWS_AS(glossa::silhouette(rows.points(), labels, options), Enough);
}
