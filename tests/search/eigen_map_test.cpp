// Eigen sees the same numbers in the same memory.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/core/eigen_map.hpp>
#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <vector>

TEST_CASE("a product in Eigen gives the scores of top_k") {
  glossa::Embeddings corpus(7, 5);
  const auto values = test::random_values<float>(35, 3);
  std::copy(values.begin(), values.end(), corpus.values().begin());
  const glossa::Embedding query(test::random_values<float>(5, 4), {});
  const Eigen::VectorXf scores = glossa::as_eigen(corpus) * glossa::as_eigen(query);
  for (const glossa::Hit& hit : glossa::top_k(query, corpus, 7))
    CHECK(scores[static_cast<Eigen::Index>(hit.index)] == Approx(hit.score).margin(1e-6));
}

TEST_CASE("what is written through the map is in the rows") {
  glossa::Embeddings rows(2, 3);
  glossa::as_eigen(rows).setZero();
  glossa::as_eigen(rows)(1, 2) = 4.0F;
  CHECK(rows[1][2] == 4.0F);
  CHECK(rows[0][0] == 0.0F);
}
