// Processes that are killed while they fill a store, and two that use one at the same time.
#include "store_kill.hpp"
#include "catch.hpp"
#include "store_cases.hpp"

#if !defined(_WIN32)

TEST_CASE("a process that is killed while it fills a store has lost nothing that it was told is stored") {
  const auto report = test::kill_while_storing(20, 1);
  INFO(report);
  CHECK(report.broken.empty());
  CHECK(report.acknowledged > 20);
}

// Some minutes: test_document_store "[kill200]"
TEST_CASE("of 200 kills none loses anything", "[.][kill200]") {
  const auto report = test::kill_while_storing(200, 2);
  WARN(report);
  CHECK(report.broken.empty());
  CHECK(report.rounds == 200);
  CHECK(report.acknowledged > 200);
}

TEST_CASE("one process writes while another reads, and each sees whole documents") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "store";
  test::fill_store(path, 0, 1, [](std::size_t) {});
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      test::fill_store(path, 1, 60, [](std::size_t) {});
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  glossa::DocumentStore reader(path, test::store_embedder(), {.read_only = true});
  test::KillDocuments documents;
  std::size_t steps = 0;
  int status = 0;
  bool running = true;
  std::string broken;
  while (running && broken.empty()) {
    running = ::waitpid(child, &status, WNOHANG) == 0;
    steps = test::steps_of(reader, steps, 61, documents, broken);
    broken += test::broken_parts_of(reader);
    ::usleep(2000);
  }
  if (running) ::waitpid(child, &status, 0);
  CHECK(broken == "");
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(steps == 61);
}
#endif
