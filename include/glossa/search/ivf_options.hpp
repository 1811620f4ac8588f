// How an IvfIndex is made, beside what all indexes are asked for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa {

struct IvfOptions {
  /// Lists that the vectors are dealt out to; 0: as many as their number asks for, dealt out anew as they become more.
  std::size_t lists = 0;
  std::uint64_t seed = 42;  ///< of the k-means that finds the lists' centres
};

}  // namespace glossa
