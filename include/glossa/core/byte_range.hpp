// A stretch of a text, in bytes.
#pragma once

#include <cstddef>

namespace glossa {

/// The half-open range of bytes [begin, end).
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

}  // namespace glossa
