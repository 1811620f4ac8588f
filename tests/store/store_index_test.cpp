// The files of a store's indexes: missing, damaged, of another state, or written by two at once.
#include "catch.hpp"
#include "store_cases.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using glossa::DocumentStore;
using glossa::ErrorKind;

namespace {

/// The ids of the best by the vectors.
std::vector<std::string> best(const DocumentStore& store) {
  return test::ids_of(store.search(test::any_query(), {.k = 20}));
}

/// What words find, with its scores.
std::vector<std::pair<std::string, float>> words_found(const DocumentStore& store) {
  const glossa::StoreSearchOptions lexical{.k = 100, .mode = glossa::SearchMode::lexical, .merge_neighbors = false};
  std::vector<std::pair<std::string, float>> out;
  for (const char* text : {"protein museo", "the cat", "Кошка", "title 7"})
    for (const auto& hit : store.search(text, lexical)) out.emplace_back(hit.document, hit.score);
  return out;
}

}  // namespace

TEST_CASE("an index that is missing, damaged, cut, of another store or stale is made again, and nothing is lost") {
  const test::StoreFolder folder;
  const test::StoreFolder other;
  std::vector<std::string> expected;
  {
    DocumentStore store = folder.open({.index_after = 0});
    store.upsert(test::any_embedded(0, 500, 32));
    expected = best(store);
    store.update_index();
    CHECK(store.stats().indexed_chunks == 500);
    CHECK(best(store) == expected);
    DocumentStore second = other.open({.index_after = 0});
    second.upsert(test::any_embedded(1000, 500, 32));
    second.update_index();
  }
  const std::string good = test::read_file(folder.index());
  const auto check = [&](const std::string& what, bool usable) {
    INFO(what);
    DocumentStore store = folder.open({.index_after = 0});
    const auto stats = store.stats();
    CHECK(stats.documents == 500);
    CHECK((stats.indexed_chunks == 500) == usable);
    CHECK(stats.indexed_chunks + stats.unindexed_chunks == 500);
    CHECK(stats.index_problem.empty() == usable);
    CHECK(best(store) == expected);
    if (usable) return;
    store.update_index();
    CHECK(store.stats().indexed_chunks == 500);
    CHECK(best(store) == expected);
    CHECK(folder.open().stats().indexed_chunks == 500);
  };
  check("as it was", true);
  std::filesystem::remove(folder.index());
  check("missing", false);
  test::write_file(folder.index(), "");
  check("empty", false);
  test::write_file(folder.index(), good.substr(0, good.size() / 2));
  check("cut", false);
  std::mt19937 random(1);
  for (int i = 0; i < 5; ++i) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
    test::write_file(folder.index(), bad);
    const std::vector<std::string> found = best(folder.open({.index_after = 0}));
    CHECK(found == expected);  // a flipped bit of padding is none; of all else it is noticed
  }
  test::write_file(folder.index(), test::read_file(other.index()));
  check("of another store", false);
  test::write_file(folder.index(), good);  // older than the last update
  check("of another state", false);
}

TEST_CASE("chunks that are newer than the index are found beside it, and removed ones are not") {
  const test::StoreFolder folder;
  DocumentStore writer = folder.open({.index_after = 0});
  DocumentStore reader = folder.open({.create = false, .read_only = true});
  writer.upsert(test::any_embedded(0, 300, 32));
  writer.update_index();
  CHECK(reader.stats().indexed_chunks == 300);
  writer.upsert(test::any_embedded(300, 50, 32));
  writer.upsert(test::any_embedded(0, 10, 32));  // replaced
  std::vector<std::string> gone{"doc20", "doc310"};
  (void)writer.remove(gone);
  for (DocumentStore* store : {&writer, &reader}) {
    const auto stats = store->stats();
    CHECK(stats.documents == 348);
    CHECK(stats.indexed_chunks == 289);
    CHECK(stats.unindexed_chunks == 59);
    auto all = test::ids_of(store->search(test::any_query(), {.k = 1000}));
    CHECK(all.size() == 348);
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK_FALSE(std::binary_search(all.begin(), all.end(), "doc20"));
    CHECK_FALSE(std::binary_search(all.begin(), all.end(), "doc310"));
  }
  const auto before = best(writer);
  writer.update_index();
  CHECK(writer.stats().unindexed_chunks == 0);
  CHECK(best(writer) == before);
  CHECK(best(reader) == before);
  CHECK(reader.stats().indexed_chunks == 348);  // it took the new file
  writer.vacuum();
  CHECK(best(writer) == before);
  CHECK(best(reader) == before);
  CHECK(best(folder.open()) == before);
}

TEST_CASE("upsert updates the index by itself after so many chunks") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 100});
  store.upsert(test::any_embedded(0, 90, 32));
  CHECK(store.stats().indexed_chunks == 0);
  store.upsert(test::any_embedded(90, 20, 32));
  CHECK(store.stats().indexed_chunks == 110);
  CHECK(std::filesystem::exists(folder.index()));
}

TEST_CASE("searches by words find the same whatever became of their file, and whenever a process read what") {
  const test::StoreFolder folder;
  DocumentStore writer = folder.open({.index_after = 0});
  DocumentStore reader = folder.open();
  const auto check_all = [&] {
    const auto wanted = words_found(writer);
    CHECK(wanted.size() > 20);
    CHECK(words_found(reader) == wanted);
    DocumentStore fresh = folder.open();
    CHECK(words_found(fresh) == wanted);
    const auto damaged = [&](const std::function<void()>& damage) {
      const std::string bytes = test::read_file(folder.words());
      damage();
      DocumentStore store = folder.open();
      CHECK(words_found(store) == wanted);
      test::write_file(folder.words(), bytes);
    };
    if (!std::filesystem::exists(folder.words())) return;
    damaged([&] { std::filesystem::remove(folder.words()); });
    damaged([&] { test::write_file(folder.words(), "this is no index"); });
    damaged([&] { std::filesystem::resize_file(folder.words(), std::filesystem::file_size(folder.words()) / 2); });
    damaged([&] {
      std::string bytes = test::read_file(folder.words());
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
      test::write_file(folder.words(), bytes);
    });
  };
  writer.upsert(test::any_documents(0, 40));
  check_all();
  writer.update_index();
  REQUIRE(std::filesystem::exists(folder.words()));
  check_all();
  writer.upsert(test::any_documents(30, 40));  // half of them in place of older ones
  check_all();
  (void)reader.remove(std::vector<std::string>{"doc1", "doc35", "doc69"});
  check_all();
  reader.update_index();  // and the other way round: the writer reads the reader's file
  check_all();
  for (std::size_t i = 100; i < 140; ++i) {
    (i % 2 == 0 ? writer : reader).upsert({test::any_document(i)});
    if (i % 10 == 0) check_all();
  }
  // What was taken back was never found.
  const auto before = words_found(writer);
  CHECK_THROWS_AS(writer.transaction([&] {
    writer.upsert(test::any_documents(200, 5));
    CHECK(words_found(writer) != before);
    throw glossa::Error(ErrorKind::cancelled, {});
  }),
                  glossa::Error);
  CHECK(words_found(writer) == before);
  writer.vacuum();
  check_all();
  // The file of an older state, in place of this one's.
  const std::string older = test::read_file(folder.words());
  writer.upsert(test::any_documents(300, 3));
  writer.update_index();
  const auto wanted = words_found(writer);
  test::write_file(folder.words(), older);
  DocumentStore fresh = folder.open();
  CHECK(words_found(fresh) == wanted);
}

TEST_CASE("two processes that update the index at once leave one that all can use") {
  const test::StoreFolder folder;
  folder.open().upsert(test::any_embedded(0, 50, 32));
  DocumentStore a = folder.open({.index_after = 0, .threads = 1});
  DocumentStore b = folder.open({.index_after = 0, .threads = 1});
  std::atomic<std::size_t> wrong{0};
  const auto work = [&](DocumentStore& store, std::size_t first) {
    try {
      for (std::size_t i = 0; i < 12; ++i) {
        store.upsert(test::any_embedded(first + 10 * i, 10, 32));
        (void)store.remove(std::vector<std::string>{"doc" + std::to_string(first + 10 * i)});
        store.update_index();
      }
    } catch (const std::exception& error) {
      UNSCOPED_INFO(error.what());
      ++wrong;
    }
  };
  std::thread other([&] { work(b, 2000); });
  work(a, 1000);
  other.join();
  CHECK(wrong == 0);
  DocumentStore fresh = folder.open();
  for (DocumentStore* store : {&a, &b, &fresh}) CHECK(store->stats().chunks == 50 + 2 * 12 * 9);
  const auto wanted = words_found(fresh);
  CHECK(words_found(a) == wanted);
  CHECK(words_found(b) == wanted);
  CHECK(best(a) == best(fresh));
  CHECK(best(b) == best(fresh));
}

TEST_CASE("an update of the index that fails changes nothing that is found") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  DocumentStore other = folder.open();
  store.upsert(test::any_documents(0, 60));
  store.update_index();
  (void)store.remove(std::vector<std::string>{"doc3", "doc10", "doc11", "doc12"});
  const auto wanted = words_found(store);
  const std::string bytes = test::read_file(folder.words());
  std::filesystem::remove(folder.words());
  std::filesystem::create_directory(folder.words());
  CHECK_THROWS_AS(store.update_index(), glossa::Error);
  CHECK(words_found(store) == wanted);
  CHECK_FALSE(folder.open().stats().index_problem.empty());
  std::filesystem::remove(folder.words());
  test::write_file(folder.words(), bytes);
  CHECK(words_found(store) == wanted);
  CHECK(words_found(other) == wanted);
  DocumentStore fresh = folder.open();
  CHECK(words_found(fresh) == wanted);
  store.update_index();
  CHECK(words_found(other) == words_found(store));
  CHECK(folder.open().stats().index_problem.empty());
}

TEST_CASE("vacuum drops the words of documents that are gone, and keeps what is found") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  DocumentStore fresh_store = test::StoreFolder().open();
  store.upsert(test::any_documents(0, 100));
  std::vector<std::string> gone;
  for (std::size_t i = 0; i < 100; i += 2) gone.push_back("doc" + std::to_string(i));
  (void)store.remove(gone);
  store.upsert(test::any_documents(1, 1));
  const glossa::StoreSearchOptions lexical{.k = 50, .mode = glossa::SearchMode::lexical};
  CHECK(store.search("protein", lexical).size() <= 50);
  store.vacuum();
  for (std::size_t i = 1; i < 100; i += 2) fresh_store.upsert({test::any_document(i)});
  const auto a = store.search("protein museo", lexical);
  const auto b = fresh_store.search("protein museo", lexical);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].score == Approx(b[i].score));
}

TEST_CASE("what a killed process left of an index goes with time") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  store.upsert(test::any_embedded(0, 10, 32));
  const auto old = folder.path() / "index.hnsw.partial-1";
  const auto fresh = folder.path() / "index.hnsw.partial-2";
  const auto other = folder.path() / "notes.txt";
  for (const auto& file : {old, fresh, other}) test::write_file(file, "left");
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(old, now - std::chrono::hours(2));
  std::filesystem::last_write_time(other, now - std::chrono::hours(2));
  store.update_index();
  CHECK_FALSE(std::filesystem::exists(old));
  CHECK(std::filesystem::exists(fresh));  // somebody may be writing it
  CHECK(std::filesystem::exists(other));
}
