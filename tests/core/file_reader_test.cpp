// Files are read by position, whole or mapped; what is no readable file is named in the error.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/core/file_reader.hpp>
#include <glossa/core/mapped_file.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

using glossa::Error;
using glossa::ErrorKind;
using glossa::detail::FileReader;
using glossa::detail::MappedFile;
using glossa::detail::read_bytes;
using test::error_of;

namespace {

std::string read(const FileReader& file, std::uint64_t offset, std::size_t count) {
  std::string bytes(count, '?');
  file.read(offset, bytes.data(), count);
  return bytes;
}

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

}  // namespace

TEST_CASE("a reader gives the bytes at any offset") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "digits";
  test::write_file(path, "0123456789");
  const FileReader file(path);
  CHECK(file.size() == 10);
  CHECK(file.name() == path.string());
  CHECK(read(file, 0, 10) == "0123456789");
  CHECK(read(file, 7, 3) == "789");
  CHECK(read(file, 3, 0).empty());
  CHECK(read(file, 10, 0).empty());
}

TEST_CASE("reading beyond the end is an error that says where") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "digits";
  test::write_file(path, "0123456789");
  const FileReader file(path);
  for (const auto& [offset, count] : {std::pair<std::uint64_t, std::size_t>{8, 3}, {10, 1}, {1'000'000'000'000, 1}}) {
    const Error error = error_of([&, o = offset, c = count] { (void)read(file, o, c); });
    CHECK(error.kind() == ErrorKind::io);
    CHECK(error.file() == path.string());
    CHECK(error.facts().problem == "the file ended early");
  }
  CHECK(error_of([&] { (void)read(file, 8, 3); }).facts().expected == "1 more bytes at offset 10");
}

TEST_CASE("a file that is not there, or no file, is named") {
  const test::TemporaryFolder folder;
  const auto missing = folder.path() / "missing";
  CHECK(error_of([&] { FileReader{missing}; }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { FileReader{missing}; }).file() == missing.string());
  CHECK(error_of([&] { FileReader{missing / "deeper"}; }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { FileReader{folder.path()}; }).kind() == ErrorKind::invalid_argument);
  CHECK(error_of([&] { FileReader{folder.path()}; }).facts().found == "a folder");
  test::write_file(folder.path() / "file", "x");
  CHECK(error_of([&] { FileReader{folder.path() / "file" / "below"}; }).file() ==
        (folder.path() / "file" / "below").string());
  CHECK(error_of([&] { FileReader{folder.path() / std::string(5000, 'a')}; }).kind() == ErrorKind::io);
}

#if !defined(_WIN32)
TEST_CASE("a pipe is refused instead of waited for") {
  const test::TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of([&] { FileReader{pipe}; }).kind() == ErrorKind::invalid_argument);
}

TEST_CASE("a link to a file reads as that file, one to nowhere is not found") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "abc");
  std::filesystem::create_symlink("file", folder.path() / "link");
  std::filesystem::create_symlink("nowhere", folder.path() / "dangling");
  CHECK(read(FileReader(folder.path() / "link"), 0, 3) == "abc");
  CHECK(error_of([&] { FileReader{folder.path() / "dangling"}; }).kind() == ErrorKind::not_found);
}
#endif

TEST_CASE("a file that is cut while it is open gives an error, not a signal") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  test::write_file(path, std::string(100'000, 'x'));
  const FileReader file(path);
  std::filesystem::resize_file(path, 10'000);
  CHECK(read(file, 0, 10'000) == std::string(10'000, 'x'));
  CHECK(error_of([&] { (void)read(file, 0, 100'000); }).kind() == ErrorKind::io);
  CHECK(error_of([&] { (void)read(file, 50'000, 1); }).facts().problem == "the file ended early");
}

TEST_CASE("a reader keeps its file when it is moved and when the file is removed") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a", "first");
  test::write_file(folder.path() / "b", "second");
  FileReader a(folder.path() / "a");
  FileReader b(folder.path() / "b");
  const FileReader c(std::move(a));
  a = std::move(b);
  std::filesystem::remove(folder.path() / "b");
  CHECK(read(c, 0, 5) == "first");
  CHECK(read(a, 0, 6) == "second");
  CHECK(a.name() == (folder.path() / "b").string());
}

TEST_CASE("any number of threads may read from one file at once") {
  const test::TemporaryFolder folder;
  std::string content(200'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 % 251);
  test::write_file(folder.path() / "file", content);
  const FileReader file(folder.path() / "file");
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 100; ++i) {
        const std::size_t offset = (t * 1013 + i * 1777) % 190'000;
        good += read(file, offset, 10'000) == content.substr(offset, 10'000);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 800);
}

TEST_CASE("a whole file is read if it is no larger than expected") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  test::write_file(path, std::string("ab\0cd", 5));
  CHECK(glossa::detail::view(read_bytes(path, 5)) == std::string_view("ab\0cd", 5));
  const Error error = error_of([&] { (void)read_bytes(path, 4); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == path.string());
  CHECK(error.facts().expected == "at most 4 bytes");
  CHECK(error.facts().found == "5");
  test::write_file(path, "");
  CHECK(read_bytes(path, 0).empty());
  CHECK(error_of([&] { (void)read_bytes(folder.path() / "none", 4); }).kind() == ErrorKind::not_found);
}

TEST_CASE("names beyond ASCII come back as UTF-8") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / std::filesystem::path(u8"мо\u0301дель 模型");
  test::write_file(path, "x");
  CHECK(FileReader(path).name().ends_with("мо\u0301дель 模型"));
}

TEST_CASE("a mapped file holds the file's bytes as long as it lives") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  const std::string content(10'000, 'q');
  test::write_file(path, content);
  MappedFile file{FileReader(path)};
  std::filesystem::remove(path);
  CHECK(text_of(file) == content);

  MappedFile moved(std::move(file));
  CHECK(file.bytes().empty());  // NOLINT: what a moved-from mapping is belongs to its contract
  CHECK(text_of(moved) == content);
  test::write_file(path, "other");
  file = MappedFile(FileReader(path));
  moved = std::move(file);
  CHECK(text_of(moved) == "other");
}

TEST_CASE("an empty file maps to an empty range") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "empty", "");
  CHECK(MappedFile(FileReader(folder.path() / "empty")).bytes().empty());
  CHECK(MappedFile().bytes().empty());
}

TEST_CASE("errors about files say what to do") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  test::write_file(path, "abc");
  CHECK_FALSE(error_of([&] { (void)read_bytes(path, 2); }).facts().remedy.empty());
  CHECK_FALSE(error_of([&] { FileReader{folder.path() / std::string(5000, 'a')}; }).facts().remedy.empty());
}
