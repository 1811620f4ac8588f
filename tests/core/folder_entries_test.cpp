// What is in a folder comes in order, and a folder that cannot be read is an Error like any other.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/core/folder_entries.hpp>

#include <filesystem>
#include <system_error>
#include <vector>

using glossa::detail::folder_entries;

TEST_CASE("a folder's entries come by name") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b", "a.json", "c/inner"}) test::write_file(folder.path() / name, "");
  const std::vector<std::filesystem::path> expected{folder.path() / "a.json", folder.path() / "b", folder.path() / "c"};
  CHECK(folder_entries(folder.path()) == expected);
}

TEST_CASE("there is nothing in what is no folder") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  CHECK(folder_entries(folder.path() / "file").empty());
  CHECK(folder_entries(folder.path() / "none").empty());
}

TEST_CASE("a folder that may not be read is an error, for those whom permissions bind") {
  const test::TemporaryFolder folder;
  const auto closed = folder.path() / "closed";
  test::write_file(closed / "file", "");
  std::filesystem::permissions(closed, std::filesystem::perms::none);
  std::error_code code;
  const std::filesystem::directory_iterator any(closed, code);
  if (code) {
    const auto error = test::error_of([&] { (void)folder_entries(closed); });
    CHECK(error.kind() == glossa::ErrorKind::io);
    CHECK(error.file() == closed.string());
  } else {
    CHECK(folder_entries(closed).size() == 1);  // the superuser
  }
  std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
}
