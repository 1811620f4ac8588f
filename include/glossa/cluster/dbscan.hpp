// Vectors come in; clusters of those that lie densely together go out, and noise.
#pragma once

#include <glossa/cluster/dbscan_options.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>

namespace glossa {

/// DBSCAN (Ester, Kriegel, Sander & Xu 1996). The labels are those of scikit-learn's DBSCAN, numbers included: clusters
/// count in the order of their first core vectors, and a vector on the border of several belongs to the first of them.
///
/// Distances are decided in double; the time is that of the n·(n - 1) / 2 products. Memory beside the vectors: a byte
/// for each of their numbers, O(n) for each thread, and at most 8·n·(min_points - 1) bytes for pairs of which it is not
/// yet known whether they are of core vectors. With an approximation: the index, a copy of the vectors as floats, and
/// at most 16·n·most_neighbors bytes; the graph is built by one thread, so that it is the same whatever their number.
///
/// eps = 0 joins vectors at distance 0: those with the same elements and, with cosine, those of the same direction as
/// far as double can tell. With cosine, zero vectors are at distance 1 from all others. No vectors give no labels.
/// Errors: `invalid_argument` for NaN or infinity in vectors or eps, vectors whose squares leave the range of doubles,
/// eps < 0, min_points = 0 and other metrics; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] DbscanResult dbscan(const Points<T>& points, const DbscanOptions& options = {});

[[nodiscard]] inline DbscanResult dbscan(const Embeddings& points, const DbscanOptions& options = {}) {
  return dbscan(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/dbscan_impl.hpp>
#endif
