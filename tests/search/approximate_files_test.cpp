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
    test::check_flipped_bytes<TestType>(options, 300, ++seed, 150);
    test::check_strange_numbers<TestType>(options, 80, ++seed, 150);
    test::check_cut_files<TestType>(options, 50, 150);
  }
}

#if !defined(_WIN32)
TEMPLATE_TEST_CASE("a process that is killed while it saves an approximate index leaves a whole file", "", HnswIndex,
                   IvfIndex) {
  test::check_killed_while_saving<TestType>({}, 15);
}
#endif

TEST_CASE("a graph looks at each of some ids, and passes over those that are not there") {
  const auto rows = test::cone_rows(2000, 24, 5);
  test::Ids ids(2000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = 3 * i;
  glossa::HnswIndex index({.vectors = glossa::VectorForm::int8, .rescore = glossa::VectorForm::f32});
  index.add(ids, rows);
  const test::Ids some{0, 30, 33, 1, 3000, 5997, 9999};
  (void)index.remove(test::Ids{33});
  const auto found = index.search_among(rows[7], some, 10);
  const auto expected = index.search(
      rows[7], 10, {.filter = [&](std::uint64_t id) { return std::find(some.begin(), some.end(), id) != some.end(); }});
  CHECK(found == expected);
  CHECK(found.size() == 4);
  CHECK(index.search_among(rows[7], some, 2) == std::vector<glossa::Neighbor>(expected.begin(), expected.begin() + 2));
  CHECK(index.search_among(rows[7], test::Ids{}, 3).empty());
  CHECK(index.search_among(rows[7], some, 0).empty());
}
