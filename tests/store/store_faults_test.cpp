// A store whose database is damaged, of another kind, or on a disk that is full.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <glossa/store/document_store_parts.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#endif

using glossa::DocumentStore;
using glossa::ErrorKind;

TEST_CASE("other files in the place of a store are refused, and left alone") {
  const test::StoreFolder folder;
  test::write_file(folder.database(),
                   "this is no database, but long enough to be taken for one by its size alone……………………………………");
  CHECK(test::error_of([&] { (void)folder.open(); }).kind() == ErrorKind::corrupt_file);
  CHECK(test::read_file(folder.database()).starts_with("this is no database"));
  std::filesystem::remove_all(folder.path());
  folder.open().upsert(test::any_documents(0, 2));
  std::string bytes = test::read_file(folder.database());
  const auto with = [&](std::size_t at, const std::string& what) {
    std::string changed = bytes;
    changed.replace(at, what.size(), what);
    test::write_file(folder.database(), changed);
    return test::error_of([&] { (void)folder.open(); });
  };
  CHECK(with(68, "abcd").kind() == ErrorKind::corrupt_file);                       // another program's
  CHECK(with(60, std::string("\0\0\0\x09", 4)).kind() == ErrorKind::unsupported);  // another version's
  for (std::size_t at = 100; at < bytes.size(); at += 997) {
    std::string changed = bytes;
    for (std::size_t i = at; i < std::min(at + 300, bytes.size()); ++i)
      changed[i] = static_cast<char>(changed[i] ^ 0x5A);
    test::write_file(folder.database(), changed);
    try {
      const DocumentStore store = folder.open();
      (void)store.search("the cat", {.k = 5});
      (void)store.documents();
    } catch (const glossa::Error& error) {
      CHECK((error.kind() == ErrorKind::corrupt_file || error.kind() == ErrorKind::io ||
             error.kind() == ErrorKind::unsupported || error.kind() == ErrorKind::not_found ||
             error.kind() == ErrorKind::invalid_argument));
    }
  }
}

TEST_CASE("a store of large texts is opened and searched without reading them all") {
  const test::StoreFolder folder;
  {
    DocumentStore store = folder.open({.lexical = false, .index_after = 0});
    auto documents = test::any_embedded(0, 30, 32);
    for (auto& own : documents) own.document.text.append(1000000, 'x');
    store.upsert(documents);
  }
  DocumentStore store = folder.open();
  CHECK(store.stats().documents == 30);
  CHECK(store.search(test::any_query(), {.k = 30, .filter = glossa::where("lang") == "de"}).size() == 10);
  CHECK(store.documents().size() == 30);
  int pages = 0;
  int most = 0;
  sqlite3* database = store.parts().core().database().connection().get();
  REQUIRE(sqlite3_db_status(database, SQLITE_DBSTATUS_CACHE_MISS, &pages, &most, 0) == SQLITE_OK);
  CHECK(pages < 10 * 130 + 200);  // of 10 hits, of which a page is 8 kB; all would be 3,800
  // Parts of one large text: in order of their scores, and each read once.
  auto parts = test::any_embedded(100, 1, 32);
  std::string& text = parts[0].document.text;
  for (int i = 0; text.size() < 3000000; ++i) text += std::to_string(i) + " ";
  parts[0].chunks.clear();
  for (std::size_t i = 0; i < 20; ++i) parts[0].chunks.push_back({{2500000 - 50000 * (i % 7) + i, 2900000 - i}, {}, 9});
  std::sort(parts[0].chunks.begin(), parts[0].chunks.end(),
            [](const auto& a, const auto& b) { return a.bytes.begin < b.bytes.begin; });
  parts[0].vectors = test::random_values<float>(20 * 32, 5);
  store.upsert(parts);
  glossa::StoreSearchOptions options{.k = 50};
  options.merge_neighbors = false;
  const auto before = pages;
  const auto hits = store.search(test::any_query(), options);
  REQUIRE(hits.size() == 50);
  std::size_t large = 0;
  for (const auto& hit : hits) {
    if (hit.document != "doc100") continue;
    ++large;
    CHECK(hit.text == text.substr(hit.bytes.begin, hit.bytes.end - hit.bytes.begin));
  }
  CHECK(large == 20);
  REQUIRE(sqlite3_db_status(database, SQLITE_DBSTATUS_CACHE_MISS, &pages, &most, 0) == SQLITE_OK);
  CHECK(pages - before < 5000);
}

TEST_CASE("a transaction that was taken back as a whole keeps nothing of what comes then") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  store.upsert(test::any_embedded(0, 3, 32));
  const auto before = store.stats().sequence;
  auto& database = store.parts().core().database().connection();
  const auto pages = database.number("PRAGMA page_count");
  const auto set_most = [&](std::int64_t most) {
    database.execute(("PRAGMA max_page_count = " + std::to_string(most)).c_str());
  };
  set_most(pages + 2);
  std::size_t caught = 0;
  const auto error = test::error_of([&] {
    store.transaction([&] {
      store.upsert(test::any_embedded(3, 1, 32));
      try {  // somebody goes on where the disk is full
        store.upsert(test::any_embedded(10, 500, 32));
      } catch (const glossa::Error& full) {
        caught += test::says(full, "the disk is full") ? 1 : 0;
      }
      store.upsert(test::any_embedded(4, 1, 32));
    });
  });
  CHECK(caught == 1);
  CHECK(error.kind() == ErrorKind::io);
  set_most(1 << 30);
  const std::size_t documents = folder.open().stats().documents;
  CHECK(documents == 3);
  CHECK(store.stats().sequence == before);
  store.upsert(test::any_embedded(20, 5, 32));
  CHECK(folder.open().stats().documents == 8);
}

TEST_CASE("a call that reads a store cannot write to it on the way") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  store.upsert(test::any_embedded(0, 10, 32));
  struct Stop {};
  CHECK_THROWS_AS(store.update_index([](const glossa::Progress&) { throw Stop(); }), Stop);
  store.upsert(test::any_embedded(10, 10, 32));
  const auto error = test::error_of([&] {
    store.update_index([&](const glossa::Progress&) {
      CHECK(store.stats().documents == 20);
      store.upsert(test::any_embedded(20, 1, 32));
    });
  });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  const auto stop_behind = [&](std::size_t documents) {
    CHECK_THROWS_AS(store.upsert(test::any_documents(30, 1), {.progress =
                                                                  [&](const glossa::Progress& progress) {
                                                                    if (progress.done == documents) throw Stop();
                                                                  },
                                                              .stop = {}}),
                    Stop);
  };
  stop_behind(0);  // while it is embedded
  CHECK_FALSE(store.find("doc30"));
  stop_behind(1);
  CHECK(store.find("doc30"));  // it was stored when that was called
  store.upsert(test::any_embedded(20, 1, 32));
  store.update_index();
  CHECK(store.stats().indexed_chunks == 22);
}

TEST_CASE("settings and numbers of a store that cannot be are told") {
  const auto damage = [](const std::string& sql) {
    const test::StoreFolder folder;
    folder.open().upsert(test::any_documents(0, 3));
    {
      DocumentStore store(folder.path());
      store.parts().core().database().connection().execute(sql.c_str());
    }
    return test::error_of([&] { (void)DocumentStore(folder.path()).stats(); });
  };
  for (const std::string sql :
       {"UPDATE settings SET value = '0' WHERE name = 'dims'",
        "UPDATE settings SET value = '99999999999999' WHERE name = 'dims'",
        "UPDATE settings SET value = '7' WHERE name = 'metric'", "DELETE FROM settings WHERE name = 'dims'",
        "UPDATE documents SET first_chunk = -5", "UPDATE documents SET chunks = -1",
        "UPDATE documents SET first_chunk = 9000000000000000000", "UPDATE documents SET chunks = 1000000000",
        "UPDATE documents SET first_chunk = 1000000000000", "UPDATE documents SET first_chunk = 1",
        "UPDATE documents SET number = 1000000000000 WHERE number = 1", "UPDATE vectors SET vector = x'0000'",
        "DELETE FROM state"}) {
    INFO(sql);
    CHECK(damage(sql).kind() == ErrorKind::corrupt_file);
  }
}

TEST_CASE("a store that was dropped and made anew is not read as the old one") {
  const test::TemporaryFolder folder;
  using glossa::EmbeddedVectorStore;
  EmbeddedVectorStore first(folder.path() / "s", 4);
  EmbeddedVectorStore reader(folder.path() / "s", 4);
  const std::vector<float> vector{1, 0, 0, 0};
  first.upsert(std::vector<glossa::VectorRecord>{{"a", vector, "", {}}});
  CHECK(reader.search(vector, 1, {}).size() == 1);
  first.drop();
  CHECK(reader.search(vector, 1, {}).empty());
  EmbeddedVectorStore again(folder.path() / "s", 4, glossa::Metric::euclidean);
  again.upsert(std::vector<glossa::VectorRecord>{{"b", {0, 5, 0, 0}, "", {}}});
  CHECK(test::error_of([&] { (void)reader.search(vector, 1, {}); }).kind() == ErrorKind::io);
  CHECK(test::error_of([&] {
          first.upsert(std::vector<glossa::VectorRecord>{{"c", vector, "", {}}});
        }).kind() == ErrorKind::io);
  CHECK(again.size() == 1);
}

#if !defined(_WIN32)
TEST_CASE("a disk that is full is named, and what was stored stays") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  store.upsert(test::any_embedded(0, 50, 32));
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit low = limit;
  low.rlim_cur = 600000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  std::string problem;
  std::string file;
  std::size_t stored = 50;
  try {
    for (std::size_t i = 50; i < 20000; i += 50) {
      store.upsert(test::any_embedded(i, 50, 32));
      stored = i + 50;
    }
  } catch (const glossa::Error& error) {
    problem = error.what();
    file = error.file();
  }
  std::string index_problem;
  low.rlim_cur = 20000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  try {
    store.update_index();
  } catch (const glossa::Error& error) {
    index_problem = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  INFO(problem);
  INFO(index_problem);
  CHECK(problem.find("disk full") != std::string::npos);
  CHECK(file == folder.database().string());
  CHECK(index_problem.find("disk") != std::string::npos);
  CHECK(store.stats().documents == stored);
  CHECK(folder.open().stats().documents == stored);
  store.upsert(test::any_embedded(stored, 50, 32));
  store.update_index();
  CHECK(store.stats().indexed_chunks == stored + 50);
}
#endif
