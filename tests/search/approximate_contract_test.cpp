// HnswIndex and IvfIndex keep what every index promises; where they look at all vectors they find all.
#include "approximate_indexes.hpp"
#include "error_of.hpp"
#include "index_contract.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

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

TEST_CASE("an HNSW index of which vectors were added, replaced and removed still reaches nearly all") {
  unsigned seed = 0;
  for (const auto metric : test::kIndexMetrics)
    for (int round = 0; round < 2; ++round) test::check_against_map<HnswIndex>(metric, ++seed, 0.97);
}

TEST_CASE("parameters of a graph or of lists that are out of range are refused") {
  const auto kind_of = [](auto&& make) { return test::error_of(make).kind(); };
  const auto invalid = glossa::ErrorKind::invalid_argument;
  CHECK(kind_of([] { HnswIndex({}, {.connections = 1}); }) == invalid);
  CHECK(kind_of([] { HnswIndex({}, {.connections = 257}); }) == invalid);
  CHECK(kind_of([] { HnswIndex({}, {.build_candidates = std::size_t(-1)}); }) == invalid);
  CHECK(kind_of([] { IvfIndex({}, {.lists = std::size_t(1) << 59}); }) == invalid);
}

TEMPLATE_TEST_CASE("of vectors that are the same, an approximate index gives the lower ids", "", HnswIndex, IvfIndex) {
  TestType index = test::make_index<TestType>({});
  glossa::Embeddings rows(20, 4);
  std::fill(rows.values().begin(), rows.values().end(), 0.0F);
  std::vector<std::uint64_t> ids(20);
  for (std::size_t r = 0; r < 20; ++r) {
    ids[r] = 100 - r;
    rows[r][0] = 1;
  }
  index.add(ids, rows);
  const auto found = index.search(rows[0], 3);
  REQUIRE(found.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(found[i].id == 81 + i);
}

TEMPLATE_TEST_CASE("the last vector may be removed while it is looked for", "[threads]", HnswIndex, IvfIndex) {
  TestType index = test::make_index<TestType>({.threads = 1});
  glossa::Embeddings row(1, 8);
  std::fill(row.values().begin(), row.values().end(), 0.0F);
  row[0][3] = 1;
  const std::vector<std::uint64_t> ids{7};
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      const auto found = index.search(row[0], 5);
      if (found.size() > 1) done = true;
    }
  });
  for (int round = 0; round < 3000 && !done; ++round) {
    index.add(ids, row);
    index.remove(ids);
  }
  CHECK_FALSE(done.exchange(true));
  reader.join();
}
