// HnswIndex and IvfIndex keep what every index promises; where they look at all vectors they find all.
#include "approximate_indexes.hpp"
#include "index_contract.hpp"

using glossa::HnswIndex;
using glossa::IvfIndex;

static_assert(glossa::Index<HnswIndex> && glossa::Index<IvfIndex>);

TEMPLATE_TEST_CASE("an empty approximate index finds nothing and takes vectors of any length", "", HnswIndex,
                   IvfIndex) {
  test::check_empty<TestType>();
}

TEMPLATE_TEST_CASE("an approximate index gives as many hits as are asked for or there", "", HnswIndex, IvfIndex) {
  test::check_counts_of_hits<TestType>(1e-6F);
}

TEMPLATE_TEST_CASE("an approximate index refuses what has no meaning and stays as it was", "", HnswIndex, IvfIndex) {
  for (const auto form : test::kForms) test::check_refusals<TestType>({.vectors = form});
}

TEMPLATE_TEST_CASE("an approximate index refuses options that it cannot follow", "", HnswIndex, IvfIndex) {
  test::check_refused_options<TestType>();
}

TEMPLATE_TEST_CASE("of several vectors with one id an approximate index keeps the last", "", HnswIndex, IvfIndex) {
  test::check_one_vector_an_id<TestType>();
}

TEMPLATE_TEST_CASE("what an approximate index removes is gone until it is added again", "", HnswIndex, IvfIndex) {
  test::check_remove<TestType>();
}

TEMPLATE_TEST_CASE("zero vectors in an approximate index are like nothing", "", HnswIndex, IvfIndex) {
  test::check_zero_vectors<TestType>();
}

TEMPLATE_TEST_CASE("an approximate index gives a batch the hits of each query alone", "", HnswIndex, IvfIndex) {
  for (const auto form : test::kForms) {
    INFO(to_string(form));
    test::check_batches<TestType>({.vectors = form, .threads = 1});
  }
}

TEMPLATE_TEST_CASE("an approximate index finds vectors of any size", "", HnswIndex, IvfIndex) {
  for (const auto metric : test::kIndexMetrics)
    for (const auto form : test::kForms) {
      INFO(to_string(form) << ", " << to_string(metric));
      test::check_any_size<TestType>({.metric = metric, .vectors = form});
    }
}

TEST_CASE("an IVF index that looks at all lists gives the hits of a map, whatever was added, replaced and removed") {
  unsigned seed = 0;
  for (const auto metric : test::kIndexMetrics)
    for (int round = 0; round < 2; ++round) test::check_against_map<IvfIndex>(metric, ++seed, 0.999);
}
