// Files of HnswIndex and IvfIndex: what is saved comes back, and what is damaged is refused or works.
#include "approximate_indexes.hpp"
#include "index_damage.hpp"
#include "index_kill.hpp"

using glossa::HnswIndex;
using glossa::IndexOptions;
using glossa::IvfIndex;
using glossa::Metric;
using glossa::VectorForm;

namespace {

const IndexOptions kKinds[] = {
    {.threads = 1},
    {.metric = Metric::euclidean, .vectors = VectorForm::int8, .rescore = VectorForm::f16, .threads = 1},
    {.metric = Metric::dot, .vectors = VectorForm::binary, .rescore = VectorForm::int8}};

}  // namespace

TEMPLATE_TEST_CASE("an approximate index comes back from its file, and changing it leaves the file alone", "",
                   HnswIndex, IvfIndex) {
  for (const IndexOptions& options : kKinds) {
    test::check_round_trip<TestType>(options, 19);
    test::check_empty_files<TestType>(options);
  }
}

TEMPLATE_TEST_CASE("an approximate index's file keeps attachments for the caller", "", HnswIndex, IvfIndex) {
  test::check_attachments<TestType>();
}

TEMPLATE_TEST_CASE("what is no approximate index is refused by name", "", HnswIndex, IvfIndex) {
  test::check_wrong_files<TestType>();
}

TEMPLATE_TEST_CASE("damaged files of an approximate index are refused or make an index that works", "", HnswIndex,
                   IvfIndex) {
  unsigned seed = 20;
  for (const IndexOptions& options : kKinds) {
    test::check_flipped_bytes<TestType>(options, 700, ++seed, 150);
    test::check_strange_numbers<TestType>(options, 200, ++seed, 150);
    test::check_cut_files<TestType>(options, 100, 150);
  }
}

#if !defined(_WIN32)
TEMPLATE_TEST_CASE("a process that is killed while it saves an approximate index leaves a whole file", "", HnswIndex,
                   IvfIndex) {
  test::check_killed_while_saving<TestType>({}, 15);
}
#endif
