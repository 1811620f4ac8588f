// An edge of a spanning tree.
#pragma once

#include <cstdint>

namespace glossa::detail {

/// Two vectors and their distance.
struct TreeEdge {
  std::uint32_t from;
  std::uint32_t to;
  double distance;
};

}  // namespace glossa::detail
