// An index file comes in; whether it is still the same goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/search/index_file.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace tool {

/// What an index file was when a command began to change it. Two commands that change one index at the same time would
/// each write what they have, and the work of one be lost.
class IndexStamp {
 public:
  explicit IndexStamp(const std::string& path) : path_(path), checksum_(read()) {}

  /// Errors: `io` where the file is no longer the same.
  void require_same() const {
    if (read() == checksum_) return;
    throw glossa::Error(glossa::ErrorKind::io, {.file = path_,
                                                .problem = "another program changed it meanwhile",
                                                .remedy = "run the command again; nothing was written"});
  }

 private:
  /// The header's checksum, which is of those of all parts.
  [[nodiscard]] std::uint32_t read() const {
    const glossa::detail::FileReader reader{std::filesystem::path(path_)};
    glossa::detail::IndexFileHeader header;
    if (reader.size() < sizeof header) return 0;  // which AnyIndex::load() has words for
    reader.read(0, &header, sizeof header);
    return header.checksum;
  }

  std::string path_;
  std::uint32_t checksum_;
};

}  // namespace tool
