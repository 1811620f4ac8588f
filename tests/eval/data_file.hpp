// A name and a text come in; a file with the text goes out, in a folder of its own.
#pragma once

#include "paths.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace test {

/// A folder in which a file has been written.
class DataFile {
 public:
  DataFile(const std::string& name, std::string_view text) : path_(folder_.path() / name) { write_file(path_, text); }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string line(int number) const { return path_.string() + ", line " + std::to_string(number); }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

}  // namespace test
