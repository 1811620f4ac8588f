// The bytes of a file in memory, to be read or changed; the file stays as it is.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/core/mapped_file.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

using glossa::detail::FileReader;
using glossa::detail::MapMode;
using glossa::detail::MappedFile;

namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("bytes that are changed in memory leave the file and other mappings of it alone") {
  const test::TemporaryFolder folder;
  const std::string content(20000, 'a');
  test::write_file(folder.path() / "file", content);
  {
    const FileReader file(folder.path() / "file");
    const MappedFile changed(file, MapMode::copy_on_write);
    const MappedFile other(file, MapMode::copy_on_write);
    const MappedFile read(file);
    REQUIRE(changed.writable_bytes().size() == content.size());
    std::fill_n(changed.writable_bytes().begin(), 10000, std::byte{'b'});
    CHECK(text_of(changed.bytes()) == std::string(10000, 'b') + std::string(10000, 'a'));
    CHECK(text_of(other.bytes()) == content);
    CHECK(text_of(read.bytes()) == content);
    CHECK(test::read_file(folder.path() / "file") == content);
  }
  CHECK(test::read_file(folder.path() / "file") == content);
}

TEST_CASE("a mapping to be read has nothing to be written to") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "hello");
  const MappedFile read(FileReader(folder.path() / "file"));
  CHECK(text_of(read.bytes()) == "hello");  // the reader is closed by now
  CHECK(read.writable_bytes().empty());
  CHECK(MappedFile().bytes().empty());
  CHECK(MappedFile().writable_bytes().empty());
}

TEST_CASE("an empty file is mapped to nothing") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  const MappedFile empty(FileReader(folder.path() / "file"), MapMode::copy_on_write);
  CHECK(empty.bytes().empty());
  CHECK(empty.writable_bytes().empty());
}

TEST_CASE("a mapping that is moved takes its changes along, and one that is replaced is let go") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a", "aaaa");
  test::write_file(folder.path() / "b", "bb");
  MappedFile first(FileReader(folder.path() / "a"), MapMode::copy_on_write);
  first.writable_bytes()[0] = std::byte{'x'};
  MappedFile second(std::move(first));
  CHECK(text_of(second.bytes()) == "xaaa");
  CHECK(first.bytes().empty());  // NOLINT(bugprone-use-after-move): what is left is said
  second = MappedFile(FileReader(folder.path() / "b"));
  CHECK(text_of(second.bytes()) == "bb");
  CHECK(second.writable_bytes().empty());
  CHECK(test::read_file(folder.path() / "a") == "aaaa");
}

#if !defined(_WIN32)
TEST_CASE("a mapping goes on showing a file that another has taken the place of") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "old");
  test::write_file(folder.path() / "new", "newer");
  const MappedFile mapped(FileReader(folder.path() / "file"), MapMode::copy_on_write);
  std::filesystem::rename(folder.path() / "new", folder.path() / "file");
  CHECK(text_of(mapped.bytes()) == "old");
  CHECK(test::read_file(folder.path() / "file") == "newer");
}
#endif
