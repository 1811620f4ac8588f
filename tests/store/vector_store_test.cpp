// The store of vectors in a folder keeps the contract of all stores.
#include "store_cases.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/embedded_vector_store.hpp>

#include <random>
#include <string>
#include <vector>

using glossa::EmbeddedVectorStore;
using glossa::Metric;

TEST_CASE("the embedded store keeps the contract of stores") {
  const test::TemporaryFolder folder;
  test::check_vector_store([&](const std::string& name, std::size_t dims, Metric metric) {
    return EmbeddedVectorStore(folder.path() / name, dims, metric);
  });
}

TEST_CASE("the embedded store keeps the contract with an index that is always up to date") {
  const test::TemporaryFolder folder;
  test::check_vector_store([&](const std::string& name, std::size_t dims, Metric metric) {
    return EmbeddedVectorStore(folder.path() / name, dims, metric, {.index_after = 1});
  });
}

TEST_CASE("few and many that pass a filter are found in a large index") {
  const test::TemporaryFolder folder;
  EmbeddedVectorStore store(folder.path() / "large", 16, Metric::cosine, {.index_after = 0});
  test::NaiveStore naive(16, Metric::cosine);
  std::mt19937 random(8);
  std::vector<glossa::VectorRecord> records;
  for (std::size_t i = 0; i < 12000; ++i)
    records.push_back({"r" + std::to_string(i),
                       test::any_vector(16, random),
                       "",
                       {{"n", static_cast<std::int64_t>(i)}, {"m", static_cast<std::int64_t>(i % 7)}}});
  store.upsert(std::span(records).first(9000));
  store.update_index();
  store.upsert(std::span(records).subspan(9000));  // beside the index
  naive.upsert(records);
  for (const auto& filter :
       {glossa::where("n") < std::int64_t{100},
        glossa::where("n") >= std::int64_t{8900} && glossa::where("n") < std::int64_t{9100},
        glossa::where("m") == std::int64_t{3}, glossa::where("m") != std::int64_t{3}, glossa::Filter()}) {
    std::size_t same = 0;
    for (int q = 0; q < 20; ++q) {
      const auto query = test::any_vector(16, random);
      const auto hits = store.search(query, 10, filter);
      const auto expected = naive.search(query, 10, filter);
      REQUIRE(hits.size() == expected.size());
      for (const auto& hit : hits) {
        same +=
            std::any_of(expected.begin(), expected.end(), [&](const auto& own) { return own.id == hit.id; }) ? 1 : 0;
        REQUIRE(matches(filter, hit.metadata));
      }
    }
    CHECK(same >= 195);  // of 200
  }
}
