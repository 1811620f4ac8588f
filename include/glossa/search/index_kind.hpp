// The kinds of index.
#pragma once

#include <cstdint>

namespace glossa {

/// How an index finds the nearest vectors. The numbers stand in its file.
enum class IndexKind : std::uint32_t {
  flat = 1,  ///< FlatIndex: looks at all of them
  hnsw = 2,  ///< HnswIndex: walks through a graph of neighbours
  ivf = 3,   ///< IvfIndex: looks at the lists that are near
};

[[nodiscard]] constexpr const char* to_string(IndexKind kind) noexcept {
  switch (kind) {
    case IndexKind::hnsw: return "hnsw";
    case IndexKind::ivf: return "ivf";
    default: return "flat";
  }
}

}  // namespace glossa
