// How an HnswIndex is made, beside what all indexes are asked for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa {

struct HnswOptions {
  std::size_t connections = 16;  ///< edges that a vector starts with (M); at most twice as many on the lowest level
  std::size_t build_candidates = 128;  ///< vectors from which these are chosen (efConstruction)
  std::uint64_t seed = 42;             ///< of the vectors' levels
};

}  // namespace glossa
