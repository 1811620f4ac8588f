// Vectors and a number of clusters come in; clusters around means go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa {

/// Where k-means starts from.
enum class KMeansStart {
  /// k-means++ (Arthur & Vassilvitskii 2007), the best of 2 + log(clusters) draws at each step, as in scikit-learn.
  plus_plus,
  /// k-means‖ (Bahmani et al. 2012): five rounds, each drawing some 2·clusters vectors at once, which k-means++ then
  /// chooses from. Fewer looks at the vectors where clusters are many.
  parallel,
  random,  ///< different vectors
};

struct KMeansOptions {
  std::size_t clusters = 8;
  KMeansStart start = KMeansStart::plus_plus;
  std::size_t starts = 1;  ///< of so many runs, each from a start of its own, the one of least inertia counts
  /// The start is looked for among so many vectors, drawn at random. 0: 64 a cluster, and no fewer than 10,000. A start
  /// from all vectors costs more than all that follows, and ends up no better.
  std::size_t start_sample = 0;
  std::size_t max_iterations = 300;
  /// Ends when the squares of the ways that the centres move sum up to no more than this part of the mean variance of
  /// the dimensions (scikit-learn's `tol`); 0: when no label changes.
  double tolerance = 1e-4;
  /// Spherical k-means (Dhillon & Modha 2001): vectors and centres are taken by their directions, with length 1. Zero
  /// vectors stay what they are.
  bool spherical = false;
  std::uint64_t seed = 42;
  /// Memory for what spares distances: a copy of the vectors in bytes, some 20 more for each, where the processor
  /// multiplies bytes several times as fast as floats; else, or where such products tell too little, what is known from
  /// earlier iterations, a number for each vector and cluster. What there is no room for is done without; the labels
  /// are the same.
  std::size_t bounds_bytes = std::size_t{512} << 20;
  ClusterRun run{};  ///< progress: iterations, of starts · max_iterations; told, too, while a start is looked for
};

template <std::floating_point T>
struct KMeansResult {
  Labels labels;           ///< of each vector the centre that is nearest to it, of several the first
  std::vector<T> centers;  ///< [clusters, dims], one after another
  std::size_t dims = 0;
  double inertia = 0;          ///< Σ |vector - its centre|²
  std::size_t iterations = 0;  ///< of the run that counts
  bool converged = false;      ///< false where max_iterations came first

  [[nodiscard]] std::size_t clusters() const noexcept { return dims == 0 ? 0 : centers.size() / dims; }
  [[nodiscard]] Points<T> center_points() const noexcept { return {centers.data(), clusters(), dims}; }
};

/// k-means by Lloyd's algorithm (1982), with the results of scikit-learn's KMeans: the same labels from the same start,
/// clusters that run empty repaired in the same way: each takes the vector that is farthest from its centre. But those
/// for which no vector is left that is off its centre stay empty, their centres where they were; scikit-learn moves
/// these, too, unless all vectors lie on centres. Labels are those of distances in double precision, whatever the
/// instructions and the number of threads; see elkan_bounds.hpp for what is not computed. Errors: `invalid_argument`
/// for no clusters, more clusters than vectors, vectors of no dimensions, NaN or infinity, vectors of doubles of a
/// length of 1e144 and more, whose squares would leave the range of doubles, and a tolerance that is negative; what
/// `options.run.progress` throws.
template <std::floating_point T>
[[nodiscard]] KMeansResult<T> kmeans(const Points<T>& points, const KMeansOptions& options = {});

/// The same from given centres, of which there are as many as clusters: options.clusters, start, starts and seed do not
/// count. Errors: also `invalid_argument` for centres of another length.
template <std::floating_point T>
[[nodiscard]] KMeansResult<T> kmeans(const Points<T>& points, const Points<T>& centers,
                                     const KMeansOptions& options = {});

/// The centre that is nearest to each vector, of several the first, as distances in double have it. Errors: those of
/// kmeans(); there may be fewer vectors than centres, or none.
template <std::floating_point T>
[[nodiscard]] Labels nearest_centers(const Points<T>& points, const Points<T>& centers, const ClusterRun& run = {});

template <EmbeddingRows Rows>
[[nodiscard]] KMeansResult<float> kmeans(const Rows& vectors, const KMeansOptions& options = {}) {
  return kmeans(Points<float>(vectors), options);
}
template <EmbeddingRows Rows>
[[nodiscard]] KMeansResult<float> kmeans(const Rows& vectors, const Rows& centers, const KMeansOptions& options = {}) {
  return kmeans(Points<float>(vectors), Points<float>(centers), options);
}
template <EmbeddingRows Rows>
[[nodiscard]] Labels nearest_centers(const Rows& vectors, const Points<float>& centers, const ClusterRun& run = {}) {
  return nearest_centers(Points<float>(vectors), centers, run);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/kmeans_impl.hpp>
#endif
