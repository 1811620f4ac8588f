// Vectors and a range of numbers of clusters come in; the number that suits them goes out, with its clusters.
#pragma once

#include <glossa/cluster/cluster_quality.hpp>
#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <vector>

namespace glossa {

/// What tells a good number of clusters.
enum class ClusterCriterion {
  /// The greatest silhouette; of several the fewest clusters. Where none is to be had, as of vectors that are all
  /// equal,
  /// the fewest of all.
  silhouette,
  elbow,  ///< where inertia stops falling steeply: Kneedle (Satopää et al. 2011)
};

struct ChooseClustersOptions {
  std::size_t least = 2;
  std::size_t most = 20;
  std::size_t step = 1;
  ClusterCriterion criterion = ClusterCriterion::silhouette;
  /// Kneedle's S: how far the curve must come back from an elbow for it to count, in steps of the curve.
  double sensitivity = 1;
  /// But for its clusters. Its run counts for all: told are the iterations of one number of clusters after another, and
  /// the last of them again while silhouettes are made.
  KMeansOptions kmeans{};
  SilhouetteOptions silhouette{.sample = 10000};  ///< but for its run
};

/// A number of clusters that was tried.
struct TriedClusters {
  std::size_t clusters = 0;
  double inertia = 0;
  /// Where that is the criterion, and there is one: not where all vectors are in one cluster, or each in its own.
  std::optional<double> silhouette{};
};

template <std::floating_point T>
struct ChosenClusters {
  KMeansResult<T> result;            ///< of the number chosen
  std::vector<TriedClusters> tried;  ///< in ascending order
  /// False where inertia falls without an elbow: then the number is the one farthest from the chord of the curve.
  bool has_elbow = false;
};

/// Runs kmeans() with least, least + step … most clusters. Errors: those of kmeans() and silhouette();
/// `invalid_argument` for a range that is empty, a step of 0, a sensitivity that is negative or NaN, and, by
/// silhouettes, fewer than two clusters.
template <std::floating_point T>
[[nodiscard]] ChosenClusters<T> choose_clusters(const Points<T>& points, const ChooseClustersOptions& options = {});

template <EmbeddingRows Rows>
[[nodiscard]] ChosenClusters<float> choose_clusters(const Rows& vectors, const ChooseClustersOptions& options = {}) {
  return choose_clusters(Points<float>(vectors), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/choose_clusters_impl.hpp>
#endif
