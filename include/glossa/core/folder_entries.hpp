// A folder comes in; the paths in it go out, in order.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace glossa::detail {

/// Everything in a folder, by name; nothing where there is no such folder. Errors: `io` where it cannot be read to its
/// end (std::filesystem's loops throw errors of their own then).
[[nodiscard]] inline std::vector<std::filesystem::path> folder_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code)) return entries;
  std::filesystem::directory_iterator it(folder, code);
  while (!code && it != std::filesystem::directory_iterator()) {
    entries.push_back(it->path());
    it.increment(code);
  }
  if (code)
    throw Error(ErrorKind::io, {.file = path_text(folder),
                                .problem = "cannot read the folder: " + code.message(),
                                .remedy = "check that it may be read"});
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace glossa::detail
