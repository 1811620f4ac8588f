// HnswIndex keeps what every index promises; of a few hundred vectors it finds what a look at all finds.
#include "index_contract.hpp"

#include <glossa/search/hnsw_index.hpp>

using glossa::HnswIndex;

static_assert(glossa::Index<HnswIndex>);

TEST_CASE("an empty HNSW index finds nothing and takes vectors of any length") { test::check_empty<HnswIndex>(); }

TEST_CASE("an HNSW index refuses what has no meaning and stays as it was") {
  for (const auto form : test::kForms) test::check_refusals<HnswIndex>({.vectors = form});
}

TEST_CASE("an HNSW index refuses options that it cannot follow") { test::check_refused_options<HnswIndex>(); }

TEST_CASE("of several vectors with one id an HNSW index keeps the last") { test::check_one_vector_an_id<HnswIndex>(); }

TEST_CASE("what an HNSW index removes is gone until it is added again") { test::check_remove<HnswIndex>(); }

TEST_CASE("zero vectors in an HNSW index are like nothing") { test::check_zero_vectors<HnswIndex>(); }

TEST_CASE("an HNSW index gives nearly the hits of a map that is sorted, whatever was added, replaced and removed") {
  unsigned seed = 0;
  for (const auto metric : {glossa::Metric::cosine, glossa::Metric::euclidean})
    for (int round = 0; round < 3; ++round) test::check_against_map<HnswIndex>(metric, ++seed, 0.98);
}

TEST_CASE("an HNSW index gives a batch the hits of each query alone") {
  for (const auto form : test::kForms) {
    INFO(to_string(form));
    test::check_batches<HnswIndex>({.vectors = form, .threads = 1});
  }
}
