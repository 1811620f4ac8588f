// Threads that write to, search and update one store object; runs under ThreadSanitizer too.
#include "catch.hpp"
#include "store_cases.hpp"

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

using glossa::DocumentStore;
using glossa::SearchMode;

TEST_CASE("threads write to one store, search it and update its index at the same time", "[threads]") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 400, .threads = 2});
  store.upsert(test::any_documents(0, 20));
  store.upsert(test::any_embedded(10000, 5500, 32));  // as many as hybrid searches take two threads for
  std::atomic<std::size_t> wrong{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> writers;
  for (std::size_t w = 0; w < 2; ++w)
    writers.emplace_back([&, w] {
      try {
        for (std::size_t i = 0; i < 15; ++i) {
          const std::size_t first = 1000 * (w + 1) + 10 * i;
          if (i % 3 == 0)
            store.upsert(test::any_documents(first, 10));
          else
            store.upsert(test::any_embedded(first, 10, 32));
          const std::vector<std::string> gone{"doc" + std::to_string(first)};
          store.transaction([&] { wrong += store.remove(gone) == 1 ? 0 : 1; });
          if (i % 7 == 6) store.update_index();
        }
      } catch (...) {
        ++wrong;
      }
    });
  std::vector<std::thread> readers;
  for (std::size_t r = 0; r < 3; ++r)
    readers.emplace_back([&, r] {
      try {
        std::size_t last = 0;
        while (!done) {
          const auto mode = r == 0 ? SearchMode::dense : r == 1 ? SearchMode::lexical : SearchMode::hybrid;
          for (const auto& hit :
               store.search("the cat", {.k = 5, .mode = mode, .filter = glossa::where("lang") == "de"}))
            wrong += hit.text.empty() || hit.metadata.at("lang") != glossa::MetadataValue("de") ? 1 : 0;
          const auto stats = store.stats();
          wrong += stats.indexed_chunks + stats.unindexed_chunks == stats.chunks ? 0 : 1;
          wrong += stats.documents + 2 < last ? 1 : 0;
          last = stats.documents;
          wrong += store.documents({}, 5).size() == 5 ? 0 : 1;
        }
      } catch (...) {
        ++wrong;
      }
    });
  for (auto& thread : writers) thread.join();
  done = true;
  for (auto& thread : readers) thread.join();
  CHECK(wrong == 0);
  CHECK(store.stats().documents == 20 + 5500 + 2 * 15 * 9);
}

TEST_CASE("many that make one store at the same time make one", "[threads]") {
  for (int round = 0; round < 10; ++round) {
    const test::StoreFolder folder;
    std::atomic<std::size_t> wrong{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 6; ++t)
      threads.emplace_back([&, t] {
        try {
          DocumentStore store = folder.open({.threads = 1});
          store.upsert(test::any_embedded(10 * t, 3, 32));
        } catch (const std::exception& error) {
          UNSCOPED_INFO(error.what());
          ++wrong;
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(folder.open().stats().documents == 18);
  }
}
