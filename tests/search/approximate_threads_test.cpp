// HnswIndex and IvfIndex used by eight threads at once; runs under ThreadSanitizer too.
#include "approximate_indexes.hpp"
#include "index_threads.hpp"

#include <glossa/search/flat_index.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

using glossa::FlatIndex;
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

TEMPLATE_TEST_CASE("a vector that is replaced again and again is found all the time, and once", "[threads]", FlatIndex,
                   HnswIndex, IvfIndex) {
  TestType index = test::make_index<TestType>({.threads = 1});
  const auto rows = test::cone_rows(300, 16, 1);
  std::vector<std::uint64_t> ids(rows.rows());
  std::iota(ids.begin(), ids.end(), std::uint64_t{0});
  index.add(ids, rows);
  glossa::Embeddings row(1, 16);
  std::copy(rows[7].begin(), rows[7].end(), row[0].begin());
  std::atomic<bool> is_done{false};
  std::thread writer([&] {
    const std::uint64_t id = 7;
    for (int i = 0; i < 300; ++i) index.add({&id, 1}, row);
    is_done = true;
  });
  std::size_t wrong = 0;
  do {
    const auto found = index.search(rows[7], 20, {.candidates = 300});
    std::size_t times = 0;
    for (const auto& hit : found) times += hit.id == 7 ? 1 : 0;
    wrong += times == 1 && found.front().id == 7 ? 0 : 1;
    wrong += index.contains(7) ? 0 : 1;
  } while (!is_done);
  writer.join();
  CHECK(wrong == 0);
  CHECK(index.size() == 300);
}
