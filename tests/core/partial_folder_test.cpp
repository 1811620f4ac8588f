#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/core/partial_folder.hpp>

#include <filesystem>

namespace fs = std::filesystem;
using glossa::detail::PartialFolder;

TEST_CASE("partial folder: what is not finished leaves nothing, nor the folders that lead to it", "[core]") {
  const test::TemporaryFolder place;
  {
    const PartialFolder partial(place.path() / "a" / "b" / "target");
    test::write_file(partial.path() / "file", "x");
    CHECK(fs::is_directory(place.path() / "a" / "b"));
  }
  CHECK(fs::is_empty(place.path()));
}

TEST_CASE("partial folder: folders that were there, or that others use meanwhile, stay", "[core]") {
  const test::TemporaryFolder place;
  fs::create_directory(place.path() / "a");
  {
    const PartialFolder partial(place.path() / "a" / "b" / "c" / "target");
    test::write_file(place.path() / "a" / "b" / "file", "x");
  }
  CHECK(fs::exists(place.path() / "a" / "b" / "file"));
  CHECK_FALSE(fs::exists(place.path() / "a" / "b" / "c"));
  { const PartialFolder partial(place.path() / "a" / "target"); }
  CHECK(fs::is_directory(place.path() / "a"));
}

TEST_CASE("partial folder: what is finished is there, with the folders that lead to it", "[core]") {
  const test::TemporaryFolder place;
  {
    PartialFolder partial(place.path() / "a" / "b" / "target");
    test::write_file(partial.path() / "file", "x");
    partial.commit();
  }
  CHECK(test::read_file(place.path() / "a" / "b" / "target" / "file") == "x");
}

TEST_CASE("partial folder: a way that leads through a file is refused, and nothing is left", "[core]") {
  const test::TemporaryFolder place;
  test::write_file(place.path() / "file", "x");
  const auto error = test::error_of([&] { const PartialFolder partial(place.path() / "file" / "b" / "target"); });
  CHECK(error.kind() == glossa::ErrorKind::io);
  CHECK(test::read_file(place.path() / "file") == "x");
}
