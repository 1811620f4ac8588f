// Exact search for every metric against sorting the scores of double precision.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace {

using glossa::Embeddings;
using glossa::Hit;
using glossa::Metric;

constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

Embeddings rows_of(std::size_t rows, std::size_t dims, const std::vector<float>& values) {
  Embeddings result(rows, dims);
  std::copy(values.begin(), values.end(), result.values().begin());
  return result;
}

/// Clustered, as sentences are; some rows twice, some a unit in the last place apart, some zeros.
Embeddings corpus_of(std::size_t rows, std::size_t dims, unsigned seed) {
  auto values = test::random_values<float>(rows * dims, seed);
  std::mt19937 random(seed);
  for (std::size_t i = 1; i < rows; ++i) {
    float* row = values.data() + i * dims;
    const float* other = values.data() + random() % i * dims;
    switch (random() % 8) {
      case 0: std::copy_n(other, dims, row); break;
      case 1:
        std::copy_n(other, dims, row);
        row[random() % dims] = std::nextafter(row[random() % dims], 2.0F);
        break;
      case 2:
        for (std::size_t k = 0; k < dims; ++k) row[k] = other[k] + 1e-4F * row[k];
        break;
      case 3:
        if (random() % 10 == 0) std::fill_n(row, dims, 0.0F);
        break;
      default: break;
    }
  }
  return rows_of(rows, dims, values);
}

/// The definition: all scores in double, sorted.
std::vector<std::size_t> by_sorting(std::span<const float> query, const Embeddings& corpus, std::size_t k,
                                    Metric metric) {
  std::vector<glossa::detail::ScoredRow> rows;
  for (std::size_t i = 0; i < corpus.rows(); ++i) {
    double product = 0;
    double own = 0;
    double other = 0;
    double squared = 0;
    double absolute = 0;
    for (std::size_t d = 0; d < corpus.dims(); ++d) {
      const double a = static_cast<double>(query[d]);
      const double b = static_cast<double>(corpus[i][d]);
      product += a * b;
      own += a * a;
      other += b * b;
      squared += (a - b) * (a - b);
      absolute += std::abs(a - b);
    }
    double score = product;
    if (metric == Metric::cosine) {
      const double lengths = std::sqrt(own) * std::sqrt(other);
      score = lengths == 0 ? 0 : product / lengths;
    }
    if (metric == Metric::euclidean) score = -std::sqrt(squared);
    if (metric == Metric::manhattan) score = -absolute;
    rows.push_back({score, i});
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const bool nan_a = std::isnan(a.score);
    const bool nan_b = std::isnan(b.score);
    if (nan_a || nan_b) return nan_a == nan_b ? a.index < b.index : nan_b;
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });
  rows.resize(std::min(k, rows.size()));
  std::vector<std::size_t> indices;
  for (const auto& row : rows) indices.push_back(row.index);
  return indices;
}

std::vector<std::size_t> indices_of(const std::vector<Hit>& hits) {
  std::vector<std::size_t> indices;
  for (const Hit& hit : hits) indices.push_back(hit.index);
  return indices;
}

}  // namespace

TEST_CASE("hits are those of double precision, ties included, for any metric, number of queries, level and threads") {
  unsigned seed = 0;
  for (const std::size_t dims : {1u, 7u, 33u, 384u})
    for (const std::size_t count : {1u, 3u, 4u, 70u, 131u}) {
      const Embeddings corpus = corpus_of(1500, dims, ++seed);
      const Embeddings queries = corpus_of(count, dims, ++seed);
      for (const Metric metric : kMetrics)
        for (const glossa::CpuLevel level : glossa::supported_levels()) {
          const std::size_t k = 1 + seed % 12;
          const auto hits =
              glossa::top_k(queries, corpus, k, {.metric = metric, .threads = 1 + seed % 3, .cpu_level = level});
          REQUIRE(hits.size() == count);
          for (std::size_t q = 0; q < count; q += 1 + count / 9) {
            INFO(dims << " dims, query " << q << " of " << count << ", " << to_string(metric) << ", k " << k << ", "
                      << to_string(level));
            REQUIRE(indices_of(hits[q]) == by_sorting(queries[q], corpus, k, metric));
            for (const Hit& hit : hits[q])
              REQUIRE(hit.score == glossa::similarity(queries[q], corpus[hit.index], metric));
          }
        }
    }
}

TEST_CASE("a hundred thousand rows of 384 give the hits of a double-precision brute force") {
  const std::size_t rows = 100000;
  Embeddings corpus(rows, 384);
  const auto pool = test::random_values<float>(1 << 20, 7);
  std::mt19937 random(8);
  for (std::size_t i = 0; i < rows; ++i) {  // every tenth row stands there twice
    const std::size_t from = i % 10 == 9 ? std::size_t{0} : random() % (pool.size() - 384);
    if (i % 10 == 9)
      std::copy(corpus[i - 5].begin(), corpus[i - 5].end(), corpus[i].begin());
    else
      std::copy_n(pool.begin() + static_cast<std::ptrdiff_t>(from), 384, corpus[i].begin());
  }
  Embeddings queries(5, 384);
  for (std::size_t q = 0; q < 5; ++q) std::copy_n(corpus[q * 17 + 4].begin(), 384, queries[q].begin());
  for (const Metric metric : kMetrics) {
    const auto many = glossa::top_k(queries, corpus, 20, {.metric = metric});
    for (std::size_t q = 0; q < 5; ++q) {
      const auto expected = by_sorting(queries[q], corpus, 20, metric);
      CHECK(indices_of(many[q]) == expected);
      CHECK(indices_of(glossa::top_k(queries[q], corpus, 20, {.metric = metric})) == expected);
    }
  }
}

TEST_CASE("a corpus in pieces gives the hits of the whole") {
  const Embeddings corpus = corpus_of(3000, 40, 3);
  const Embeddings queries = corpus_of(6, 40, 4);
  for (const Metric metric : kMetrics) {
    const auto whole = glossa::top_k(queries, corpus, 8, {.metric = metric});
    glossa::TopK pieces(queries, 8, {.metric = metric, .threads = 2});
    for (std::size_t first = 0; first < 3000;) {
      const std::size_t count = std::min<std::size_t>(first % 700 + 1, 3000 - first);
      pieces.add(corpus.values().subspan(first * 40, count * 40), first);
      first += count;
    }
    CHECK(pieces.hits() == whole);
  }
}

TEST_CASE("a filter keeps rows out as if they were not there") {
  const Embeddings corpus = corpus_of(2000, 16, 5);
  const Embeddings queries = corpus_of(5, 16, 6);
  Embeddings half(1000, 16);
  for (std::size_t i = 0; i < 1000; ++i) std::copy_n(corpus[2 * i + 1].begin(), 16, half[i].begin());
  for (const Metric metric : kMetrics) {
    const auto filtered =
        glossa::top_k(queries, corpus, 9, {.metric = metric, .filter = [](std::size_t i) { return i % 2 == 1; }});
    auto expected = glossa::top_k(queries, half, 9, {.metric = metric});
    for (auto& hits : expected)
      for (Hit& hit : hits) hit.index = 2 * hit.index + 1;
    CHECK(filtered == expected);
  }
  CHECK(glossa::top_k(queries[0], corpus, 9, {.filter = [](std::size_t) { return false; }}).empty());
  CHECK(glossa::top_k(queries[0], corpus, 9, {.filter = [](std::size_t i) { return i == 77; }}).size() == 1);
}

TEST_CASE("numbers at the ends of the range of floats are sorted as in double precision") {
  std::mt19937 random(9);
  for (const std::size_t count : {1u, 6u})
    for (int round = 0; round < 20; ++round) {
      const std::size_t dims = 24;
      auto values = test::random_values<float>(200 * dims, static_cast<unsigned>(round) + 20);
      for (std::size_t i = 0; i < 200; ++i) {
        const float scales[] = {1.0F, 1e-22F, 1e-38F, 3e18F, 1e30F, 3e38F};
        const float scale = scales[random() % std::size(scales)];
        for (std::size_t d = 0; d < dims; ++d) values[i * dims + d] *= scale;
        if (random() % 20 == 0) values[i * dims + random() % dims] = std::nanf("");
        if (random() % 20 == 0) values[i * dims + random() % dims] = std::numeric_limits<float>::infinity();
      }
      const Embeddings corpus = rows_of(200, dims, values);
      auto query = test::random_values<float>(count * dims, static_cast<unsigned>(round) + 50);
      const float scales[] = {1.0F, 1e-30F, 1e25F};
      for (float& value : query) value *= scales[round % 3];
      const Embeddings queries = rows_of(count, dims, query);
      for (const Metric metric : kMetrics) {
        INFO("round " << round << ", " << to_string(metric));
        const auto hits = glossa::top_k(queries, corpus, 15, {.metric = metric});
        for (std::size_t q = 0; q < count; ++q)
          REQUIRE(indices_of(hits[q]) == by_sorting(queries[q], corpus, 15, metric));
      }
    }
}

TEST_CASE("nothing to find, nothing to find it in, and rows of another length") {
  const Embeddings corpus = corpus_of(20, 8, 1);
  const Embeddings queries = corpus_of(3, 8, 2);
  CHECK(glossa::top_k(queries, corpus, 0) == std::vector<std::vector<Hit>>(3));
  CHECK(glossa::top_k(queries, Embeddings{}, 5) == std::vector<std::vector<Hit>>(3));
  CHECK(glossa::top_k(Embeddings{}, corpus, 5).empty());
  CHECK(glossa::top_k(queries[0], corpus, 50).size() == 20);
  CHECK(glossa::top_k(Embeddings(1, 0), Embeddings(4, 0), 2).front() == std::vector<Hit>{{0, 0}, {1, 0}});
  const glossa::Error other = test::error_of([&] { (void)glossa::top_k(queries, corpus_of(4, 9, 3), 2); });
  CHECK(other.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(other.facts().found == "8 and 9");
  const glossa::Error cut = test::error_of([&] {
    glossa::TopK best(queries, 2);
    best.add(std::vector<float>(12), 0);
  });
  CHECK(cut.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(cut.field() == "rows");
}
