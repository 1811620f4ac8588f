// Vectors come in; clusters of those that lie densely together go out, and noise.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/hnsw_options.hpp>
#include <glossa/search/metric.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <vector>

namespace glossa {

/// Neighbours by an approximate index instead of all pairs. What it misses makes clusters smaller or splits them.
struct DbscanApproximation {
  HnswOptions hnsw{};
  /// Nearest vectors that are asked for first, for each; twice as many as long as all of them are within eps. 0: twice
  /// min_points, and at least 32.
  std::size_t neighbors = 0;
  /// Where a vector has more within eps, it is joined with so many of them alone; at least min_points. A cluster whose
  /// parts hang together by farther ones is split.
  std::size_t most_neighbors = 256;
};

struct DbscanOptions {
  double eps = 0.5;  ///< the largest distance of neighbours, at least 0; with cosine, 1 - cosine
  /// Neighbours that make a vector a core of a cluster, the vector itself among them; at least 1.
  std::size_t min_points = 5;
  Metric metric = Metric::cosine;  ///< or euclidean
  std::optional<DbscanApproximation> approximation{};
  ClusterRun run{};
};

struct DbscanResult {
  Labels labels;                         ///< one a vector
  std::size_t clusters = 0;              ///< how many there are
  std::vector<std::size_t> core_points;  ///< vectors with at least min_points neighbours, in order
};

/// DBSCAN (Ester, Kriegel, Sander & Xu 1996). The labels are those of scikit-learn's DBSCAN, numbers included: clusters
/// count in the order of their first core vectors, and a vector on the border of several belongs to the first of them.
///
/// Distances are decided in double; the time is that of the n·(n - 1) / 2 products. Memory beside the vectors: a byte
/// for each of their numbers, O(n) for each thread, and at most 8·n·(min_points - 1) bytes for pairs of which it is not
/// yet known whether they are of core vectors. With an approximation: the index, a copy of the vectors as floats, and
/// at most 16·n·most_neighbors bytes; the graph is built by one thread, so that it is the same whatever their number.
///
/// eps = 0 joins vectors at distance 0, which are those with the same elements. With cosine, zero vectors are at
/// distance 1 from all others. No vectors give no labels. Errors: `invalid_argument` for NaN or infinity in vectors or
/// eps, eps < 0, min_points = 0 and other metrics; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] DbscanResult dbscan(const Points<T>& points, const DbscanOptions& options = {});

[[nodiscard]] inline DbscanResult dbscan(const Embeddings& points, const DbscanOptions& options = {}) {
  return dbscan(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/dbscan_impl.hpp>
#endif
