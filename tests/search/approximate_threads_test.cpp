// HnswIndex and IvfIndex used by eight threads at once; runs under ThreadSanitizer too.
#include "approximate_indexes.hpp"
#include "index_threads.hpp"

using glossa::HnswIndex;
using glossa::IvfIndex;

TEMPLATE_TEST_CASE("eight threads add to, remove from, search and save one approximate index", "[threads]", HnswIndex,
                   IvfIndex) {
  test::check_threads<TestType>({.threads = 2}, 60);
  test::check_threads<TestType>({.metric = glossa::Metric::euclidean,
                                 .vectors = glossa::VectorForm::int8,
                                 .rescore = glossa::VectorForm::f16,
                                 .threads = 2},
                                60);
}

TEMPLATE_TEST_CASE("of two threads that bring the first vectors of an approximate index one decides", "[threads]",
                   HnswIndex, IvfIndex) {
  test::check_first_vectors_of_two_threads<TestType>();
}
