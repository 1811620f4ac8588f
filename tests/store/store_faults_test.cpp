// A store whose files are damaged, missing, locked, read-only, or on a disk that is full.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <glossa/store/document_store_parts.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#endif

using glossa::DocumentStore;
using glossa::ErrorKind;

namespace {

const std::vector<float>& query() {
  static const std::vector<float> own = test::random_values<float>(32, 4242);
  return own;
}

/// The ids of the best by the vectors.
std::vector<std::string> best(const DocumentStore& store) { return test::ids_of(store.search(query(), {.k = 20})); }

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
    auto all = test::ids_of(store->search(query(), {.k = 1000}));
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
  const glossa::StoreSearchOptions lexical{.k = 100, .mode = glossa::SearchMode::lexical, .merge_neighbors = false};
  const auto found = [&](DocumentStore& store) {
    std::vector<std::pair<std::string, float>> out;
    for (const char* query : {"protein museo", "the cat", "Кошка", "title 7"})
      for (const auto& hit : store.search(query, lexical)) out.emplace_back(hit.document, hit.score);
    return out;
  };
  const auto check_all = [&] {
    const auto wanted = found(writer);
    CHECK(wanted.size() > 20);
    CHECK(found(reader) == wanted);
    DocumentStore fresh = folder.open();
    CHECK(found(fresh) == wanted);
    const auto damaged = [&](const std::function<void()>& damage) {
      const std::string bytes = test::read_file(folder.words());
      damage();
      DocumentStore store = folder.open();
      CHECK(found(store) == wanted);
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
  const auto before = found(writer);
  CHECK_THROWS_AS(writer.transaction([&] {
    writer.upsert(test::any_documents(200, 5));
    CHECK(found(writer) != before);
    throw glossa::Error(ErrorKind::cancelled, {});
  }),
                  glossa::Error);
  CHECK(found(writer) == before);
  writer.vacuum();
  check_all();
  // The file of an older state, in place of this one's.
  const std::string older = test::read_file(folder.words());
  writer.upsert(test::any_documents(300, 3));
  writer.update_index();
  const auto wanted = found(writer);
  test::write_file(folder.words(), older);
  DocumentStore fresh = folder.open();
  CHECK(found(fresh) == wanted);
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

TEST_CASE("who writes too long keeps others from writing, not from reading") {
  const test::StoreFolder folder;
  DocumentStore first = folder.open();
  DocumentStore second = folder.open({.wait = std::chrono::milliseconds(30)});
  first.upsert(test::any_documents(0, 5));
  first.transaction([&] {
    first.upsert(test::any_documents(5, 5));
    const auto error = test::error_of([&] { second.upsert(test::any_documents(20, 1)); });
    CHECK(error.kind() == ErrorKind::io);
    CHECK(test::says(error, "another process writes"));
    CHECK(error.file() == folder.database().string());
    CHECK(second.search("the", {.k = 9}).size() == 5);
  });
  second.upsert(test::any_documents(20, 1));
  CHECK(first.stats().documents == 11);
}

TEST_CASE("a store that is opened for reading is not written to") {
  const test::StoreFolder folder;
  CHECK(test::error_of([&] { (void)folder.open({.create = false}); }).kind() == ErrorKind::not_found);
  CHECK(test::error_of([&] { (void)folder.open({.read_only = true}); }).kind() == ErrorKind::not_found);
  folder.open().upsert(test::any_documents(0, 3));
  DocumentStore store = folder.open({.read_only = true});
  CHECK(store.search("the", {.k = 9}).size() == 3);
  CHECK(test::error_of([&] { store.upsert(test::any_documents(3, 1)); }).kind() == ErrorKind::invalid_argument);
  CHECK(test::error_of([&] { store.update_index(); }).kind() == ErrorKind::invalid_argument);
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
  CHECK(store.search(query(), {.k = 30, .filter = glossa::where("lang") == "de"}).size() == 10);
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
  const auto hits = store.search(query(), options);
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
  CHECK_THROWS_AS(
      store.upsert(test::any_documents(30, 1), {.progress = [](const glossa::Progress&) { throw Stop(); }, .stop = {}}),
      Stop);
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
        "UPDATE documents SET first_chunk = 9000000000000000000", "UPDATE vectors SET vector = x'0000'",
        "DELETE FROM state"}) {
    INFO(sql);
    CHECK(damage(sql).kind() == ErrorKind::corrupt_file);
  }
}

TEST_CASE("who waits for ever waits") {
  const test::StoreFolder folder;
  DocumentStore first = folder.open({.index_after = 0});
  DocumentStore second = folder.open({.index_after = 0, .wait = std::chrono::milliseconds::max()});
  std::thread other;
  first.transaction([&] {
    other = std::thread([&] {
      try {
        second.upsert(test::any_embedded(5, 5, 32));
      } catch (const glossa::Error&) {  // the count below tells
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    first.upsert(test::any_embedded(0, 5, 32));
  });
  other.join();
  CHECK(first.stats().documents == 10);
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
TEST_CASE("a folder that may not be written to can be read, and says so where something is to be written") {
  const test::StoreFolder folder;
  folder.open().upsert(test::any_documents(0, 3));
  (void)test::store_embedder().fingerprint();  // reads files that the child may not
  const auto read_only = std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                         std::filesystem::perms::others_read | std::filesystem::perms::others_exec;
  std::filesystem::permissions(folder.path().parent_path(), read_only);
  std::filesystem::permissions(folder.database(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  std::filesystem::permissions(folder.path(), read_only);
  // The superuser may write anywhere: a child gives that up.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(9);
    int wrong = 0;
    try {
      if (folder.open({.read_only = true}).stats().documents != 3) wrong |= 1;
    } catch (...) {
      wrong |= 2;
    }
    try {
      DocumentStore store = folder.open();
      store.upsert(test::any_documents(3, 1));
      wrong |= 4;
    } catch (const glossa::Error& error) {
      if (error.kind() != ErrorKind::io || error.file() != folder.database().string()) wrong |= 8;
    }
    ::_exit(wrong);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(folder.open().stats().documents == 3);
}

TEST_CASE("who reads where it may not write sees that another has written") {
  const test::StoreFolder folder;
  folder.open().upsert(test::any_documents(0, 3));
  (void)test::store_embedder().fingerprint();
  const auto read_only = std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                         std::filesystem::perms::others_read | std::filesystem::perms::others_exec;
  std::filesystem::permissions(folder.path().parent_path(), read_only);
  std::filesystem::permissions(folder.database(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  std::filesystem::permissions(folder.path(), read_only);
  int to_child[2];
  int to_parent[2];
  REQUIRE((::pipe(to_child) == 0 && ::pipe(to_parent) == 0));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  char byte = 0;
  if (child == 0) {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(9);
    int wrong = 0;
    try {
      const DocumentStore store = folder.open({.read_only = true});
      if (store.stats().documents != 3) wrong |= 1;
      if (::write(to_parent[1], "x", 1) != 1 || ::read(to_child[0], &byte, 1) != 1) ::_exit(8);
      try {
        (void)store.stats();
        wrong |= 2;
      } catch (const glossa::Error& error) {
        if (error.kind() != ErrorKind::io) wrong |= 4;
      }
      if (folder.open({.read_only = true}).stats().documents != 5) wrong |= 16;
    } catch (...) {
      wrong |= 32;
    }
    ::_exit(wrong);
  }
  CHECK(::read(to_parent[0], &byte, 1) == 1);
  std::filesystem::permissions(folder.path(), read_only | std::filesystem::perms::owner_write);
  std::filesystem::permissions(folder.database(), std::filesystem::perms::owner_read |
                                                      std::filesystem::perms::owner_write |
                                                      std::filesystem::perms::others_read);
  folder.open().upsert(test::any_documents(3, 2));
  CHECK(::write(to_child[1], "x", 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  for (const int end : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) ::close(end);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

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
