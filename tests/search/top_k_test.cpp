// Exact search against sorting everything.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

namespace {

glossa::Embeddings corpus_of(std::size_t rows, std::size_t dims, bool with_ties) {
  glossa::Embeddings corpus(rows, dims);
  auto values = test::random_values<float>(rows * dims, 9);
  if (with_ties)  // few different values, so that many scores are equal
    for (float& value : values) value = value > 0 ? 1.0F : -1.0F;
  std::copy(values.begin(), values.end(), corpus.values().begin());
  return corpus;
}

std::vector<glossa::Hit> by_sorting(const std::vector<float>& query, const glossa::Embeddings& corpus, std::size_t k) {
  std::vector<glossa::Hit> hits;
  for (std::size_t i = 0; i < corpus.rows(); ++i) {
    long double sum = 0;
    for (std::size_t d = 0; d < query.size(); ++d)
      sum += static_cast<long double>(query[d]) * static_cast<long double>(corpus[i][d]);
    hits.push_back({i, static_cast<float>(sum)});
  }
  std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  hits.resize(std::min(k, hits.size()));
  return hits;
}

}  // namespace

TEST_CASE("the best k are those of a full sort, ties by index") {
  for (const bool with_ties : {false, true}) {
    const auto corpus = corpus_of(1000, 24, with_ties);
    auto query = test::random_values<float>(24, 10);
    if (with_ties)
      for (float& x : query) x = std::copysign(1.0F, x);
    for (const std::size_t k :
         {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{999}, std::size_t{1000}, std::size_t{5000}}) {
      const auto hits = glossa::top_k(query, corpus, k);
      const auto expected = by_sorting(query, corpus, k);
      REQUIRE(hits.size() == expected.size());
      for (std::size_t i = 0; i < hits.size(); ++i) {
        CHECK(hits[i].index == expected[i].index);
        CHECK(hits[i].score == Approx(expected[i].score).margin(1e-6));
      }
    }
  }
}

TEST_CASE("none are asked for, or there is nothing to search") {
  CHECK(glossa::top_k(std::vector<float>(4, 1.0F), corpus_of(10, 4, false), 0).empty());
  CHECK(glossa::top_k(std::vector<float>(4, 1.0F), glossa::Embeddings(), 3).empty());
}

TEST_CASE("NaN scores come last and in order") {
  auto corpus = corpus_of(5, 2, false);
  corpus[1][0] = corpus[3][1] = std::numeric_limits<float>::quiet_NaN();
  const auto hits = glossa::top_k(std::vector<float>{1.0F, 1.0F}, corpus, 5);
  REQUIRE(hits.size() == 5);
  CHECK(hits[3].index == 1);
  CHECK(hits[4].index == 3);
  CHECK(!std::isnan(hits[2].score));
}

TEST_CASE("a query of another length is refused") {
  CHECK_THROWS_AS(glossa::top_k(std::vector<float>(3, 1.0F), corpus_of(2, 4, false), 1), glossa::Error);
}

TEST_CASE("long lists of many queries are the same however many threads share the queries out") {
  const std::size_t k = 1000;
  const std::size_t count = (std::size_t{1} << 20) / k + 30;  // from here on there is one list for each query
  for (const bool with_ties : {false, true}) {
    const auto queries = corpus_of(count, 12, with_ties);
    const auto first = corpus_of(1500, 12, with_ties);
    const auto second = corpus_of(300, 12, !with_ties);
    const auto hits_of = [&](std::size_t threads, bool has_few) {
      glossa::SearchOptions options{.metric = glossa::Metric::cosine, .threads = threads};
      options.filter = [](std::size_t index) { return index % 7 != 3; };
      const glossa::Embeddings few = corpus_of(20, 12, with_ties);
      glossa::TopK search(has_few ? few : queries, k, options);
      search.add(first, 0);
      search.add(second, first.rows());
      return search.hits();
    };
    const auto hits = hits_of(1, false);
    CHECK(hits_of(2, false) == hits);
    CHECK(hits_of(5, false) == hits);
    const auto of_few = hits_of(2, true);  // random_values() begins alike
    for (std::size_t q = 0; q < of_few.size(); ++q) CHECK(of_few[q] == hits[q]);
  }
}

TEST_CASE("the hits of one query are those that it has among all") {
  const auto corpus = corpus_of(50, 8, false);
  glossa::TopK search(corpus_of(7, 8, true), 5);
  search.add(corpus, 0);
  const auto all = search.hits();
  for (std::size_t q = 0; q < all.size(); ++q) CHECK(search.hits(q) == all[q]);
  CHECK_THROWS_AS(search.hits(7), glossa::Error);
}

TEST_CASE("many queries give the hits of each") {
  const auto corpus = corpus_of(50, 8, false);
  const auto queries = corpus_of(7, 8, true);
  const auto hits = glossa::top_k(queries, corpus, 4);
  REQUIRE(hits.size() == 7);
  for (std::size_t i = 0; i < 7; ++i) CHECK(hits[i] == glossa::top_k(queries[i], corpus, 4));
}
