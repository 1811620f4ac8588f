// How DBSCAN is done, and what it gives.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/search/hnsw_options.hpp>
#include <glossa/search/metric.hpp>

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

}  // namespace glossa
