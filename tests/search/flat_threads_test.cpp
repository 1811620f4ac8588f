// FlatIndex used by eight threads at once; runs under ThreadSanitizer too.
#include "index_threads.hpp"

#include <glossa/search/flat_index.hpp>

using glossa::FlatIndex;

TEST_CASE("eight threads add to, remove from, search and save one flat index", "[threads]") {
  for (const auto metric : {glossa::Metric::cosine, glossa::Metric::euclidean})
    test::check_threads<FlatIndex>({.metric = metric, .threads = 2}, 150);
  test::check_threads<FlatIndex>({.vectors = glossa::VectorForm::bf16, .threads = 2}, 150);
  test::check_threads<FlatIndex>(
      {.vectors = glossa::VectorForm::int8, .rescore = glossa::VectorForm::f16, .threads = 2}, 150);
}

TEST_CASE("of two threads that bring the first vectors of a flat index one decides on their length", "[threads]") {
  test::check_first_vectors_of_two_threads<FlatIndex>();
}

TEST_CASE("threads that ask a flat index from a file for ids at once make its table once", "[threads]") {
  const test::TemporaryFolder folder;
  FlatIndex index({.threads = 1});
  test::add_rows(index, 0, 2000, 8, 1);
  index.save(folder.path() / "index");
  const FlatIndex loaded = FlatIndex::load(folder.path() / "index", {.threads = 1});
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t id = t; id < 4000; id += 8) wrong += loaded.contains(id) == (id < 2000) ? 0 : 1;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
