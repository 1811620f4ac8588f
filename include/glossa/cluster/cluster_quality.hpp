// Vectors and their clusters come in; how well the clusters are apart goes out, as one number.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/metric.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa {

// Vectors labelled kNoise are left out by all of these; scikit-learn takes them for a cluster of their own.
// Errors of all: `invalid_argument` where there are not as many labels as vectors, for labels below kNoise, vectors of
// NaN or infinity, vectors of doubles of a length of 1e144 and more, whose squares would leave the range of doubles,
// and where the vectors that are not noise are in fewer than two clusters, or each in one of its own.

struct SilhouetteOptions {
  /// Metric::euclidean, or Metric::cosine: 1 - cosine, where a zero vector is at distance 1 from all others.
  Metric metric = Metric::euclidean;
  /// So many vectors, drawn at random, stand for all; 0: all. Clusters of which fewer than two are drawn are filled up
  /// with others of theirs, to which distances are measured, but whose silhouettes do not count.
  std::size_t sample = 0;
  std::uint64_t seed = 42;
  ClusterRun run{};  ///< progress: vectors
};

/// The mean of the vectors' silhouettes (Rousseeuw 1987), from -1 to 1: (b - a) / max(a, b), where a is a vector's mean
/// distance to the others of its cluster and b that to the nearest other cluster; 0 for one that is alone in its.
/// By cosines n·k products do; Euclidean distances are n² but never are in memory: tiles of them are summed up, into k
/// numbers a vector of a tile. On float, distances are of floats, and the result within about 1e-6 of the one in
/// double. Errors: see above; also `invalid_argument` for other metrics.
template <std::floating_point T>
[[nodiscard]] double silhouette(const Points<T>& points, std::span<const std::int32_t> labels,
                                const SilhouetteOptions& options = {});

/// Each vector's silhouette; 0 for noise. `options.sample` does not count.
template <std::floating_point T>
[[nodiscard]] std::vector<double> silhouettes(const Points<T>& points, std::span<const std::int32_t> labels,
                                              const SilhouetteOptions& options = {});

/// Davies–Bouldin index (1979): the mean over clusters of how alike each is to the one it is most like; 0 is best.
template <std::floating_point T>
[[nodiscard]] double davies_bouldin(const Points<T>& points, std::span<const std::int32_t> labels,
                                    const ClusterRun& run = {});

/// Caliński–Harabasz index (1974): spread between clusters by spread within; more is better. 1 where there is no spread
/// within clusters.
template <std::floating_point T>
[[nodiscard]] double calinski_harabasz(const Points<T>& points, std::span<const std::int32_t> labels,
                                       const ClusterRun& run = {});

template <EmbeddingRows Rows>
[[nodiscard]] double silhouette(const Rows& vectors, std::span<const std::int32_t> labels,
                                const SilhouetteOptions& options = {}) {
  return silhouette(Points<float>(vectors), labels, options);
}
template <EmbeddingRows Rows>
[[nodiscard]] std::vector<double> silhouettes(const Rows& vectors, std::span<const std::int32_t> labels,
                                              const SilhouetteOptions& options = {}) {
  return silhouettes(Points<float>(vectors), labels, options);
}
template <EmbeddingRows Rows>
[[nodiscard]] double davies_bouldin(const Rows& vectors, std::span<const std::int32_t> labels,
                                    const ClusterRun& run = {}) {
  return davies_bouldin(Points<float>(vectors), labels, run);
}
template <EmbeddingRows Rows>
[[nodiscard]] double calinski_harabasz(const Rows& vectors, std::span<const std::int32_t> labels,
                                       const ClusterRun& run = {}) {
  return calinski_harabasz(Points<float>(vectors), labels, run);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/cluster_quality_impl.hpp>
#endif
