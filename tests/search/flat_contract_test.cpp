// FlatIndex keeps what every index promises.
#include "index_contract.hpp"

#include <glossa/search/flat_index.hpp>

using glossa::FlatIndex;

static_assert(glossa::Index<FlatIndex>);

namespace {

/// Calls check(options) for every form, alone and with a finer copy, and every metric.
template <class Check>
void for_each_form(Check&& check) {
  for (const auto form : test::kForms)
    for (const auto metric : test::kIndexMetrics)
      for (const bool rescored : {false, true}) {
        glossa::IndexOptions options{.metric = metric, .vectors = form};
        if (rescored && form == glossa::VectorForm::f32) continue;  // nothing is finer
        if (rescored)
          options.rescore = form == glossa::VectorForm::f16 ? glossa::VectorForm::f32 : glossa::VectorForm::f16;
        INFO(to_string(form) << ", " << to_string(metric) << (rescored ? ", rescored" : ""));
        check(options);
      }
}

}  // namespace

TEST_CASE("an empty flat index finds nothing and takes vectors of any length") { test::check_empty<FlatIndex>(); }

TEST_CASE("a flat index gives as many hits as are asked for or there") { test::check_counts_of_hits<FlatIndex>(); }

TEST_CASE("a flat index refuses what has no meaning and stays as it was") {
  for (const auto form : test::kForms) test::check_refusals<FlatIndex>({.vectors = form});
}

TEST_CASE("a flat index refuses options that it cannot follow") { test::check_refused_options<FlatIndex>(); }

TEST_CASE("of several vectors with one id a flat index keeps the last") { test::check_one_vector_an_id<FlatIndex>(); }

TEST_CASE("what a flat index removes is gone until it is added again") { test::check_remove<FlatIndex>(); }

TEST_CASE("zero vectors in a flat index are like nothing") { test::check_zero_vectors<FlatIndex>(); }

TEST_CASE("a filter keeps ids out of a flat index's hits") {
  for_each_form([](const glossa::IndexOptions& options) { test::check_filter<FlatIndex>(options); });
}

TEST_CASE("a flat index gives the hits of a map that is sorted, whatever was added, replaced and removed") {
  unsigned seed = 0;
  for (const auto metric : test::kIndexMetrics)
    for (int round = 0; round < 4; ++round) test::check_against_map<FlatIndex>(metric, ++seed);
}

TEST_CASE("a flat index gives a batch the hits of each query alone, with any number of threads") {
  for_each_form([](const glossa::IndexOptions& options) {
    test::check_batches<FlatIndex>(options);
    test::check_numbers_of_threads<FlatIndex>(options);
  });
}

TEST_CASE("a flat index finds vectors of any size") {
  for_each_form([](const glossa::IndexOptions& options) { test::check_any_size<FlatIndex>(options); });
}

TEST_CASE("of equal scores a flat index gives the lower ids") {
  for_each_form([](const glossa::IndexOptions& options) { test::check_ties<FlatIndex>(options); });
}
