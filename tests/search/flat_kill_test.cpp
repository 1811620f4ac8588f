// A process that is killed while it saves a FlatIndex, or whose disk is full.
#include "index_kill.hpp"

#include <glossa/search/flat_index.hpp>

#if !defined(_WIN32)
#include <sys/resource.h>

using glossa::FlatIndex;

TEST_CASE("a process that is killed while it saves a flat index leaves a whole file") {
  test::check_killed_while_saving<FlatIndex>({}, 60);
}

TEST_CASE("a disk that is full is named, and the file that was there stays") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "index";
  FlatIndex index;
  test::add_rows(index, 0, 10, 40, 1);
  index.save(path);
  const std::string before = test::read_file(path);
  test::add_rows(index, 10, 3000, 40, 2);
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 100000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string problem;
  try {
    index.save(path);
  } catch (const glossa::Error& error) {
    problem = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  INFO(problem);
  CHECK(problem.find(path.string()) != std::string::npos);
  CHECK(problem.find("is the disk full?") != std::string::npos);
  CHECK(test::read_file(path) == before);
  CHECK(FlatIndex::load(path).size() == 10);
  index.save(path);
  CHECK(FlatIndex::load(path).size() == 3010);
}
#endif
