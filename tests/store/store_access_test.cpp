// A store that others write to, or that may not be written to.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#endif

using glossa::DocumentStore;
using glossa::ErrorKind;

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

#if !defined(_WIN32)
namespace {

constexpr auto kReadOnly = std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                           std::filesystem::perms::others_read | std::filesystem::perms::others_exec;

void let_nobody_write(const test::StoreFolder& folder) {
  std::filesystem::permissions(folder.path().parent_path(), kReadOnly);
  std::filesystem::permissions(folder.database(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  std::filesystem::permissions(folder.path(), kReadOnly);
}

}  // namespace

TEST_CASE("a folder that may not be written to can be read, and says so where something is to be written") {
  const test::StoreFolder folder;
  folder.open().upsert(test::any_documents(0, 3));
  (void)test::store_embedder().fingerprint();  // reads files that the child may not
  let_nobody_write(folder);
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
  let_nobody_write(folder);
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
  std::filesystem::permissions(folder.path(), kReadOnly | std::filesystem::perms::owner_write);
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

#endif
