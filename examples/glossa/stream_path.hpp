// A path comes in; whether bytes flow there, as in a pipe or a device, rather than lie goes out.
#pragma once

#include <filesystem>
#include <system_error>

namespace tool {

/// There is something of this name that is neither a file nor a folder. It can be read or written once, from the
/// start to the end, and a finished file must not take its place.
[[nodiscard]] inline bool is_stream(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

}  // namespace tool
