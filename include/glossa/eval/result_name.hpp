// A name comes in; whether results can be kept in a file or a folder of it goes out.
#pragma once

#include <string_view>

namespace glossa::detail {

/// Whether this is one file's name on every system.
[[nodiscard]] inline bool is_file_name(std::string_view name) noexcept {
  return !name.empty() && name.find_first_of("/\\:") == std::string_view::npos && name != "." && name != ".." &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace glossa::detail
