// Similarities against their definitions in double.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"

#include <glossa/search/score_scale.hpp>
#include <glossa/search/similarity.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace {

using glossa::Embeddings;
using glossa::Metric;

constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

Embeddings rows_of(std::size_t rows, std::size_t dims, unsigned seed) {
  Embeddings result(rows, dims);
  const auto values = test::random_values<float>(rows * dims, seed, -1.0F, 3.0F);
  std::copy(values.begin(), values.end(), result.values().begin());
  return result;
}

}  // namespace

TEST_CASE("the similarity of a pair is its definition") {
  const std::vector<float> a{3, 4, 0};
  const std::vector<float> b{0, 4, 3};
  CHECK(glossa::dot(a, b) == 16);
  CHECK(glossa::cosine(a, b) == Approx(16.0 / 25));
  CHECK(glossa::euclidean_distance(a, b) == Approx(std::sqrt(18.0)));
  CHECK(glossa::manhattan_distance(a, b) == 6);
  CHECK(glossa::similarity(a, b) == glossa::cosine(a, b));
  CHECK(glossa::similarity(a, b, Metric::dot) == 16);
  CHECK(glossa::similarity(a, b, Metric::euclidean) == -glossa::euclidean_distance(a, b));
  CHECK(glossa::similarity(a, b, Metric::manhattan) == -6);
}

TEST_CASE("a cosine does not depend on the vectors' lengths, and is 0 with a zero vector") {
  const std::vector<float> a{1, 2};
  const std::vector<float> b{20, 40};
  const std::vector<float> zero{0, 0};
  CHECK(glossa::cosine(a, b) == 1);
  CHECK(glossa::dot(a, b) == 100);
  CHECK(glossa::cosine(a, zero) == 0);
  CHECK(glossa::cosine(zero, zero) == 0);
  CHECK(std::isnan(glossa::cosine(a, std::vector<float>{std::nanf(""), 1})));
  CHECK(glossa::cosine({}, {}) == 0);
  CHECK(test::error_of([&] { (void)glossa::cosine(a, {}); }).field() == "cosine");
  CHECK(test::error_of([&] { (void)glossa::manhattan_distance(a, {}); }).field() == "manhattan_distance");
}

TEST_CASE("matrix, tiles and one against many are the similarities of the pairs") {
  for (const auto& [rows, columns, dims] :
       {std::tuple{1u, 700u, 31u}, {300u, 513u, 40u}, {5u, 1u, 384u}, {257u, 256u, 7u}}) {
    const Embeddings a = rows_of(rows, dims, 1);
    Embeddings b = rows_of(columns, dims, 2);
    std::fill(b[columns / 2].begin(), b[columns / 2].end(), 0.0F);
    for (const Metric metric : kMetrics)
      for (const glossa::CpuLevel level : glossa::supported_levels()) {
        INFO(rows << " x " << columns << ", " << dims << " dims, " << to_string(metric) << ", " << to_string(level));
        const Embeddings matrix = glossa::similarity_matrix(a, b, metric, {.threads = 3, .cpu_level = level});
        const auto first = glossa::similarities(a[0], b, {.metric = metric, .cpu_level = level});
        REQUIRE(matrix.rows() == rows);
        REQUIRE(matrix.dims() == columns);
        for (std::size_t i = 0; i < rows; i += 1 + rows / 20)
          for (std::size_t j = 0; j < columns; ++j) {
            const double exact = glossa::detail::exact_similarity(a[i], b[j], metric);
            REQUIRE(static_cast<double>(matrix[i][j]) == Approx(exact).margin(dims * 2e-6));
            if (i == 0) REQUIRE(static_cast<double>(first[j]) == Approx(exact).margin(dims * 2e-6));
          }
      }
  }
}

TEST_CASE("tiles cover the matrix once and stay small") {
  const Embeddings a = rows_of(600, 3, 1);
  const Embeddings b = rows_of(900, 3, 2);
  std::vector<std::atomic<int>> seen(600 * 900);
  glossa::for_each_similarity_tile(a, b, Metric::dot, [&](const glossa::SimilarityTile& tile) {
    if (tile.rows * tile.columns > 1 << 16) throw std::runtime_error("a large tile");
    for (std::size_t i = 0; i < tile.rows; ++i)
      for (std::size_t j = 0; j < tile.columns; ++j)
        seen[(tile.first_row + i) * 900 + tile.first_column + j].fetch_add(1);
  });
  CHECK(std::all_of(seen.begin(), seen.end(), [](const auto& count) { return count == 1; }));
  CHECK_THROWS_AS(glossa::for_each_similarity_tile(
                      a, b, Metric::dot, [](const glossa::SimilarityTile&) { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(glossa::similarity_matrix(Embeddings{}, b).rows() == 0);
  CHECK(glossa::similarities(a[0], Embeddings{}).empty());
  CHECK(test::error_of([&] { (void)glossa::similarity_matrix(a, rows_of(2, 4, 1)); }).facts().found == "3 and 4");
}

TEST_CASE("a scale tells how usual a score is") {
  const glossa::ScoreScale scale({0.8F, 0.7F, std::nanf(""), 0.9F, 0.8F});
  CHECK(scale.mean() == Approx(0.8));
  CHECK(scale.deviation() == Approx(std::sqrt(0.02 / 3)));
  CHECK(scale.z_score(0.9F) == Approx(0.1 / std::sqrt(0.02 / 3)).epsilon(1e-4));
  CHECK(scale.percentile(0.0F) == 0);
  CHECK(scale.percentile(0.8F) == 50);
  CHECK(scale.percentile(0.85F) == 75);
  CHECK(scale.percentile(1.0F) == 100);
  CHECK_THROWS_AS(glossa::ScoreScale({0.5F, std::nanf("")}), glossa::Error);

  // Vectors that crowd around one direction: their cosines are large, and the scale puts them back to 0.
  Embeddings corpus = rows_of(500, 24, 3);
  for (std::size_t i = 0; i < corpus.rows(); ++i) corpus[i][0] = 20;
  const glossa::ScoreScale crowded = glossa::calibrate(corpus);
  CHECK(crowded.mean() > 0.7);
  CHECK(std::abs(crowded.z_score(static_cast<float>(crowded.mean()))) < 1e-3);
  CHECK(crowded.percentile(1.0F) == 100);
  CHECK(glossa::calibrate(corpus).mean() == crowded.mean());
  CHECK_THROWS_AS(glossa::calibrate(rows_of(1, 4, 1)), glossa::Error);
}
