// Vectors and a threshold come in; groups of vectors around a common centre go out, the largest first.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace glossa {

struct CommunityOptions {
  double threshold = 0.75;    ///< the least cosine of a member with the centre, from -1 to 1
  std::size_t min_size = 10;  ///< members of a community at least, the centre among them; at least 1
  ClusterRun run{};
};

struct Communities {
  /// The members of each, the centre first, then by falling cosine with it and of equal ones by number. Larger
  /// communities come first, and of equal ones the one around which more vectors lay before others took theirs.
  std::vector<std::vector<std::size_t>> communities;
  Labels labels;  ///< the community of each vector
};

/// Community detection as sentence-transformers' util.community_detection does it: every vector with at least min_size
/// vectors in reach (a cosine of `threshold` or more) is a centre, and centres with more of them come first; a centre
/// that an earlier community took is none, and neither is one whose vectors others took but for fewer than min_size.
///
/// Cosines are decided in double (there: in float). The time is that of the n·(n - 1) / 2 products, and of n more,
/// once, for every centre that may become a community's. Memory beside the vectors: a byte for each of their numbers,
/// and O(n) whatever the communities' sizes.
///
/// The cosine with a zero vector is 0. No vectors give no communities, and neither do fewer than min_size. Errors:
/// `invalid_argument` for NaN or infinity in vectors, vectors whose squares leave the range of doubles, a threshold
/// beyond [-1, 1] and min_size = 0; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] Communities detect_communities(const Points<T>& points, const CommunityOptions& options = {});

[[nodiscard]] inline Communities detect_communities(const Embeddings& points, const CommunityOptions& options = {}) {
  return detect_communities(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/communities_impl.hpp>
#endif
