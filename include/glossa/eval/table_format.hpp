// How tables for people are written.
#pragma once

#include <cstdint>

namespace glossa {

enum class TableFormat : std::uint8_t {
  text,      ///< columns in line where every character is as wide
  markdown,  ///< GitHub's tables
};

}  // namespace glossa
