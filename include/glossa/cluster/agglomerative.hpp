// Vectors come in; a tree of clusters goes out, made by merging the two nearest again and again, and a cut through it.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dendrogram.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/metric.hpp>

#include <concepts>
#include <cstddef>
#include <optional>

namespace glossa {

/// What the distance of two clusters is.
enum class Linkage {
  ward,      ///< sqrt(2·a·b / (a + b)) times that of their means, for a and b vectors (Ward 1963); Euclidean alone
  average,   ///< the mean of all pairs' (UPGMA)
  complete,  ///< the largest of all pairs'
  single,    ///< the smallest of all pairs'
};

[[nodiscard]] constexpr const char* to_string(Linkage linkage) noexcept {
  switch (linkage) {
    case Linkage::ward: return "ward";
    case Linkage::average: return "average";
    case Linkage::complete: return "complete";
    default: return "single";
  }
}

struct AgglomerativeOptions {
  Linkage linkage = Linkage::ward;
  Metric metric = Metric::euclidean;  ///< or cosine, whose distance is 1 - cosine
  /// Where the tree is cut: into so many clusters, or below merges of this distance and more. With neither, there is a
  /// tree but no labels.
  std::optional<std::size_t> clusters{};
  std::optional<double> distance_threshold{};
  /// Bytes that a matrix of all pairs' distances may take, n·(n - 1) / 2 numbers of the vectors' type: 800 MB for
  /// 20,000 vectors of floats. Beyond that, ward, and average of cosines, go on with the clusters' means in place of a
  /// matrix, which takes longer.
  std::size_t matrix_bytes = std::size_t{4} << 30;
  ClusterRun run{};
};

struct AgglomerativeResult {
  Labels labels;             ///< one a vector; clusters are numbered in the order of their first vectors
  std::size_t clusters = 0;  ///< how many the labels have
  Dendrogram dendrogram;
};

/// Agglomerative clustering by chains of nearest neighbours (Murtagh 1983; Müllner 2011), single linkage by a minimum
/// spanning tree, in time O(n²). Trees and labels are those of SciPy's linkage() and scikit-learn's
/// AgglomerativeClustering, but for merges whose distances are the same to within the rounding of T.
///
/// Memory beside the vectors: single, a byte for each of their numbers; the others, the matrix (see
/// AgglomerativeOptions::matrix_bytes) or, where means do, means as doubles and as T.
///
/// No vectors give no clusters; with cosine, zero vectors are at distance 1 from all others. Errors: `invalid_argument`
/// for NaN or infinity in vectors, ward with cosine, more clusters than vectors, both cuts at once, a threshold that is
/// NaN, other metrics, and for a matrix that would be too large where there is no other way; what the progress callback
/// throws.
template <std::floating_point T>
[[nodiscard]] AgglomerativeResult agglomerate(const Points<T>& points, const AgglomerativeOptions& options = {});

[[nodiscard]] inline AgglomerativeResult agglomerate(const Embeddings& points,
                                                     const AgglomerativeOptions& options = {}) {
  return agglomerate(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/agglomerative_impl.hpp>
#endif
