// Vectors come in; the pairs of them that are most alike go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/mined_pair.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace glossa {

struct PairMiningOptions {
  double threshold = -1;            ///< pairs with a smaller cosine are left out
  std::size_t max_pairs = 500'000;  ///< the best so many; 0: all
  std::size_t neighbors = 100;      ///< a pair counts where one of the two is among the nearest so many of the other
  NeighborSearch search = NeighborSearch::exact;
  NeighborGraphOptions graph{};
  ClusterRun run{};
};

/// Paraphrase mining: the pairs of vectors with the greatest cosines, best first; MinedPair::score is the cosine, too.
/// The same pairs as sentence_transformers.util.paraphrase_mining_embeddings finds (version 6.2, with top_k for
/// neighbors).
/// Memory beside the vectors: about 12 bytes for each of rows · neighbors entries at most, far fewer where a threshold
/// or max_pairs rules them out; with a graph, also its own (some 550 bytes a vector of 384 numbers at int8).
/// No vectors, or one, have no pairs; a zero vector has cosine 0 with all others. Cosines are of `T`, those of the
/// outcome of doubles; the pairs are the same whatever the number of threads.
/// Errors: `invalid_argument` for NaN or infinity in the vectors, a NaN threshold, or no neighbours; what
/// ClusterRun::progress throws.
template <std::floating_point T>
[[nodiscard]] std::vector<MinedPair> mine_pairs(const Points<T>& points, const PairMiningOptions& options = {});

template <EmbeddingRows Rows>
[[nodiscard]] std::vector<MinedPair> mine_pairs(const Rows& vectors, const PairMiningOptions& options = {}) {
  return mine_pairs(Points<float>(vectors), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/mine_pairs_impl.hpp>
#endif
