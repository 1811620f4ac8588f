// How near vectors are looked for.
#pragma once

#include <glossa/search/hnsw_options.hpp>
#include <glossa/search/vector_form.hpp>

#include <cstddef>

namespace glossa {

/// How near vectors are looked for.
enum class NeighborSearch {
  exact,  ///< all pairs, by tiles: time grows with the square of the vectors
  graph,  ///< along the edges of an HnswIndex: some are missed
};

/// The graph of NeighborSearch::graph. It is built by one thread, so that it is the same each time.
struct NeighborGraphOptions {
  VectorForm vectors = VectorForm::int8;  ///< the form in which it keeps a copy of them
  HnswOptions hnsw{.connections = 16, .build_candidates = 96};
  std::size_t candidates = 64;  ///< vectors kept on the way of a search (ef)
};

}  // namespace glossa
