// Principal components against scikit-learn's, and at the edges.
#include "catch.hpp"
#include "error_of.hpp"
#include "projection_golden.hpp"
#include "random_values.hpp"

#include <glossa/cluster/pca.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace {

using glossa::pca;
using glossa::PcaResult;
using glossa::Points;

template <class T>
double largest_difference(const std::vector<T>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(found[i]) - expected[i]));
  return largest;
}

/// Vectors whose k-th of `factors` directions has a deviation of factor^-k.
std::vector<double> spread_vectors(std::size_t rows, std::size_t dims, std::size_t factors, double factor) {
  std::vector<double> values(rows * dims);
  const auto noise = test::random_values<double>(rows * dims, 1);
  const auto directions = test::random_values<double>(factors * dims, 2);
  const auto amounts = test::random_values<double>(rows * factors, 3);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < dims; ++j) {
      values[i * dims + j] = 5 + 1e-3 * noise[i * dims + j];
      for (std::size_t k = 0; k < factors; ++k)
        values[i * dims + j] +=
            std::pow(factor, -static_cast<double>(k)) * amounts[i * factors + k] * directions[k * dims + j];
    }
  return values;
}

}  // namespace

TEMPLATE_TEST_CASE("principal components equal scikit-learn's on real vectors", "", float, double) {
  const test::ProjectionGolden golden;
  const auto values = golden.values<TestType>();
  for (const auto& part : golden.json.at("pca"))
    for (const std::size_t threads : {1u, 3u}) {
      const auto rows = part.at("rows").get<std::size_t>();
      const auto components = part.at("components").get<std::size_t>();
      INFO(rows << " vectors, " << components << " components, " << threads << " threads");
      const auto found = pca(Points<TestType>(values.data(), rows, golden.dims),
                             {.components = components, .run = {.threads = threads}});
      CHECK(largest_difference(found.coordinates, part.at("coordinates").get<std::vector<double>>()) < 1e-6);
      CHECK(largest_difference(found.components, part.at("directions").get<std::vector<double>>()) < 2e-6);
      CHECK(largest_difference(found.explained_variance, part.at("variance").get<std::vector<double>>()) < 1e-8);
      CHECK(largest_difference(found.explained_variance_ratio, part.at("ratio").get<std::vector<double>>()) < 1e-7);
    }
}

TEST_CASE("components are the same bits whatever the number of threads, and nearly so at every level") {
  const auto doubles = spread_vectors(700, 130, 6, 1.7);
  const std::vector<float> values(doubles.begin(), doubles.end());
  const Points<float> points(values.data(), 700, 130);
  const auto exact = pca(Points<double>(doubles.data(), 700, 130), {.components = 3});
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    const auto one = pca(points, {.components = 3, .run = {.threads = 1, .cpu_level = level}});
    const auto many = pca(points, {.components = 3, .run = {.threads = 5, .cpu_level = level}});
    CHECK(one.coordinates == many.coordinates);
    CHECK(one.components == many.components);
    // Coordinates are up to about 10.
    CHECK(largest_difference(one.coordinates, exact.coordinates) < 1e-5);
  }
}

TEST_CASE("wide data, whose eigenvectors are iterated, give the components that all of them give") {
  // 1100 vectors of 1200 dimensions: a Gram matrix that is too large for the dense solver. Whether a direction is one
  // can be seen without another solver: what it leaves over is orthogonal to it, and no other variance is larger.
  const std::size_t rows = 1100;
  const std::size_t dims = 1200;
  const auto values = spread_vectors(rows, dims, 4, 2);
  const auto found = pca(Points<double>(values.data(), rows, dims), {.components = 3});
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      const auto row = [&](std::size_t c) { return found.components.begin() + static_cast<std::ptrdiff_t>(c * dims); };
      const double product = std::inner_product(row(a), row(a) + dims, row(b), 0.0);
      CHECK(product == Approx(a == b ? 1 : 0).margin(1e-9));
      double covariance = 0;
      for (std::size_t i = 0; i < rows; ++i) covariance += found.coordinates[3 * i + a] * found.coordinates[3 * i + b];
      CHECK(covariance / static_cast<double>(rows - 1) ==
            Approx(a == b ? found.explained_variance[a] : 0).epsilon(1e-9).margin(1e-6 * found.explained_variance[0]));
    }
  CHECK(found.explained_variance[0] > found.explained_variance[1]);
  CHECK(found.explained_variance[1] > found.explained_variance[2]);
  // The fourth direction and the noise are all that is left.
  const double kept =
      std::accumulate(found.explained_variance_ratio.begin(), found.explained_variance_ratio.end(), 0.0);
  CHECK(kept > 0.97);
  glossa::PcaOptions options{.components = 3, .seed = 7};
  std::size_t rounds = 0;
  options.run.progress = [&](const glossa::Progress& blocks) { rounds += blocks.done == blocks.total; };
  const auto other = pca(Points<double>(values.data(), rows, dims), options);
  CHECK(largest_difference(other.components, found.components) < 1e-7);
  CHECK(rounds > 2);
  rounds = 0;
  options.run.progress = [&](const glossa::Progress& blocks) {
    rounds += blocks.done == blocks.total;
    if (rounds == 2) throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(pca(Points<double>(values.data(), rows, dims), options), std::runtime_error);
}

TEMPLATE_TEST_CASE("components are the same whatever the vectors' lengths, to where squares are no numbers", "", float,
                   double) {
  const auto values = test::random_values<TestType>(90 * 7, 5);
  for (const std::size_t rows : {5u, 90u}) {
    const auto expected = pca(Points<TestType>(values.data(), rows, 7), {.components = 3});
    for (const int power : std::is_same_v<TestType, float> ? std::vector{-90, 66, 120} : std::vector{-400, 66, 500}) {
      INFO(rows << " vectors, 2^" << power);
      auto scaled = values;
      for (TestType& value : scaled) value = std::ldexp(value, power);
      auto found = pca(Points<TestType>(scaled.data(), rows, 7), {.components = 3});
      for (TestType& value : found.coordinates) value = std::ldexp(value, -power);
      for (TestType& value : found.mean) value = std::ldexp(value, -power);
      for (double& value : found.explained_variance) value = std::ldexp(value, -2 * power);
      CHECK(found.coordinates == expected.coordinates);
      CHECK(found.components == expected.components);
      CHECK(found.mean == expected.mean);
      CHECK(found.explained_variance == expected.explained_variance);
      CHECK(found.explained_variance_ratio == expected.explained_variance_ratio);
    }
  }
  const std::vector<float> apart{1e20F, 0, -1e20F, 0, 0, 1e20F};
  const auto found = pca(Points<float>(apart.data(), 3, 2));
  CHECK(static_cast<double>(found.coordinates[0]) == Approx(1e20));
  CHECK(found.explained_variance_ratio[0] == Approx(0.75));
}

TEST_CASE("no vectors, one, and equal ones have components without variance") {
  CHECK(pca(Points<float>()).coordinates.empty());
  const std::vector<float> equal(7 * 5, 0.3F);
  for (const std::size_t rows : {1u, 3u, 7u}) {
    const auto found = pca(Points<float>(equal.data(), rows, 5));
    CHECK(found.coordinates == std::vector<float>(2 * rows, 0.0F));
    CHECK(found.explained_variance == std::vector<double>{0, 0});
    CHECK(found.explained_variance_ratio == std::vector<double>{0, 0});
    CHECK(found.components.size() == 10);
    CHECK(std::all_of(found.components.begin(), found.components.end(), [](float v) { return std::isfinite(v); }));
  }
  const std::vector<float> zeros(20);
  CHECK(pca(Points<float>(zeros.data(), 10, 2)).coordinates == zeros);
}

TEST_CASE("more components than vectors have no variance in the rest, but are orthonormal") {
  const auto values = test::random_values<double>(3 * 6, 4);
  const auto found = pca(Points<double>(values.data(), 3, 6), {.components = 5});
  CHECK(found.explained_variance[1] > 1e-3);
  for (std::size_t c = 2; c < 5; ++c) {
    CHECK(found.explained_variance[c] == Approx(0).margin(1e-12));
    for (std::size_t i = 0; i < 3; ++i) CHECK(found.coordinates[5 * i + c] == Approx(0).margin(1e-9));
    for (std::size_t b = 0; b <= c; ++b) {
      double product = 0;
      for (std::size_t j = 0; j < 6; ++j) product += found.components[6 * c + j] * found.components[6 * b + j];
      CHECK(product == Approx(b == c ? 1 : 0).margin(1e-9));
    }
  }
}

TEST_CASE("what PCA cannot do is refused, and a callback ends it") {
  const std::vector<float> values{1, 2, 3, 4};
  const Points<float> points(values.data(), 2, 2);
  CHECK(test::error_of([&] { (void)pca(points, {.components = 0}); }).field() == "components");
  CHECK(test::error_of([&] { (void)pca(points, {.components = 3}); }).field() == "components");
  const std::vector<float> bad{1, 2, std::numeric_limits<float>::quiet_NaN(), 4};
  CHECK(test::error_of([&] { (void)pca(Points<float>(bad.data(), 2, 2)); }).field() == "points");
  const std::vector<double> huge{1e200, 2, 3, 4};  // the variance is no number
  const auto error = test::error_of([&] { (void)pca(Points<double>(huge.data(), 2, 2)); });
  CHECK(error.kind() == glossa::ErrorKind::numeric);
  CHECK(error.field() == "points");
  glossa::PcaOptions options;
  options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(pca(points, options), std::runtime_error);
}
