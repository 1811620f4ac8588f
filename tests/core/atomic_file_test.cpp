// A file appears whole under its name or not at all.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/core/atomic_file.hpp>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

using glossa::Error;
using glossa::ErrorKind;
using glossa::detail::AtomicFile;

namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a file appears with commit, not before") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  {
    AtomicFile file(path);
    file.write("hello ");
    file.write("world", 5);
    CHECK(file.written() == 11);
    CHECK_FALSE(std::filesystem::exists(path));
    file.commit();
    CHECK(test::read_file(path) == "hello world");
  }
  CHECK(test::read_file(path) == "hello world");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file that is abandoned leaves the target as it was and nothing behind") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  test::write_file(path, "old");
  {
    AtomicFile file(path);
    file.write(std::string(100'000, 'n'));
    CHECK(test::read_file(path) == "old");
    CHECK(files_in(folder.path()) == 2);
  }
  CHECK(test::read_file(path) == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a committed file replaces the old one, even by nothing") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  test::write_file(path, "old and longer than the new one");
  AtomicFile file(path);
  file.write("new");
  file.commit();
  CHECK(test::read_file(path) == "new");
  AtomicFile empty(path);
  empty.commit();
  CHECK(std::filesystem::exists(path));
  CHECK(std::filesystem::file_size(path) == 0);
}

TEST_CASE("bytes that were written can be replaced, and writing goes on behind the last one") {
  const test::TemporaryFolder folder;
  AtomicFile file(folder.path() / "out");
  file.write("????????body");
  file.rewrite(0, "12345678");
  file.write("-tail");
  file.rewrite(8, "B");
  CHECK(file.written() == 17);
  file.write("!");
  file.commit();
  CHECK(test::read_file(folder.path() / "out") == "12345678Body-tail!");
}

TEST_CASE("of two writers of one file each leaves a whole one, and the later commit wins") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  AtomicFile first(path);
  AtomicFile second(path);
  first.write("first, the longer one");
  second.write("second");
  second.commit();
  CHECK(test::read_file(path) == "second");
  first.commit();
  CHECK(test::read_file(path) == "first, the longer one");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a folder that cannot be written is an error that names the target") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "x");
  std::vector<std::filesystem::path> targets{folder.path() / "missing" / "out", folder.path() / "file" / "out"};
#if defined(__linux__)
  targets.emplace_back("/proc/out");  // even for the superuser
#endif
  for (const auto& target : targets) {
    CAPTURE(target);
    try {
      AtomicFile file(target);
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::io);
      CHECK(error.file() == target.string());
    }
  }
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a target that is a folder is refused and stays, even if it became one in between") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  {
    AtomicFile file(path);
    file.write("x");
    test::write_file(path / "inside", "kept");
    CHECK_THROWS_AS(file.commit(), Error);
  }
  CHECK_THROWS_AS(AtomicFile(path), Error);
  CHECK_THROWS_AS(AtomicFile(path / ""), Error);
  CHECK(test::read_file(path / "inside") == "kept");
  CHECK(files_in(folder.path()) == 1);
}

#if !defined(_WIN32)
TEST_CASE("a link stays where it is, and the file that it points to is replaced") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "elsewhere" / "file", "old");
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink("elsewhere/file", link);
  AtomicFile file(link);
  file.write("new");
  file.commit();
  CHECK(std::filesystem::is_symlink(link));
  CHECK(test::read_file(folder.path() / "elsewhere" / "file") == "new");
}

TEST_CASE("a device is not replaced by a file") {
  CHECK_THROWS_AS(AtomicFile("/dev/null"), Error);
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("a disk that takes no more is an error, and the target stays as it was") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "out";
  test::write_file(path, "old");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  bool failed = false;
  bool failed_late = false;
  try {
    AtomicFile file(path);
    file.write(std::string(1 << 20, 'x'));
  } catch (const Error& error) {
    failed = error.kind() == ErrorKind::io && error.file() == path.string();
  }
  {
    AtomicFile late(path);
    try {
      for (int i = 0; i < 5; ++i) late.write(std::string(1000, 'x'));  // stays in the buffer until it is flushed
      late.commit();
    } catch (const Error& error) {
      failed_late = error.kind() == ErrorKind::io;
    }
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(failed);
  CHECK(failed_late);
  CHECK(test::read_file(path) == "old");
  CHECK(files_in(folder.path()) == 1);
}
#endif
