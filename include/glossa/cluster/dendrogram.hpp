// The tree of a hierarchical clustering: which clusters were merged, in which order, at which distance.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <vector>

namespace glossa {

/// Two clusters become one. A number below the number of vectors is the cluster of one vector; n + i is the cluster
/// that merge i made.
struct Merge {
  std::size_t a = 0;     ///< the lower number
  std::size_t b = 0;     ///< the higher one
  double distance = 0;   ///< of the two clusters, by the linkage
  std::size_t size = 0;  ///< vectors in both
  friend bool operator==(const Merge&, const Merge&) = default;
};

/// All merges of n vectors, n - 1, nearest first: the rows of SciPy's linkage matrix.
struct Dendrogram {
  std::size_t vectors = 0;
  std::vector<Merge> merges;

  /// The labels of `clusters` clusters: all merges but the last clusters - 1 are made. Clusters are numbered in the
  /// order of their first vectors. Errors: `invalid_argument` for none, and for more than there are vectors (no vectors
  /// make no clusters).
  [[nodiscard]] Labels cut_into(std::size_t clusters) const;

  /// The labels where merges below `distance` are made, as with scikit-learn's distance_threshold. Errors:
  /// `invalid_argument` for NaN.
  [[nodiscard]] Labels cut_at(double distance) const;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/dendrogram_impl.hpp>
#endif
