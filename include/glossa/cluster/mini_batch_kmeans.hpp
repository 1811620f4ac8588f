// Vectors come in, all at once or a part at a time; clusters around means go out, from looks at small batches.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/mini_batch_options.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <memory>

namespace glossa {

namespace detail {
template <class T>
class MiniBatchCenters;
}

/// Mini-batch k-means (Sculley 2010) over vectors that come in parts and are not kept: memory for the centres and a
/// batch, whatever their number. As scikit-learn's partial_fit, but that parts are cut into batches. For one thread at
/// a time. T is float or double.
template <std::floating_point T>
class MiniBatchKMeans {
 public:
  /// Errors: `invalid_argument` for no clusters, a batch of none, and a tolerance or ratio that is negative.
  explicit MiniBatchKMeans(MiniBatchOptions options = {});
  MiniBatchKMeans(MiniBatchKMeans&&) noexcept;
  MiniBatchKMeans& operator=(MiniBatchKMeans&&) noexcept;
  ~MiniBatchKMeans();

  /// Moves the centres towards some vectors, in the order they come in; the first part is where the start is looked
  /// for. Vectors in random order serve best. Errors: `invalid_argument` for fewer vectors than clusters in the first
  /// part, vectors of another length than before, and for those that kmeans() refuses.
  void partial_fit(const Points<T>& part);

  /// The centres so far, [clusters, dims]; none before the first part. They move with the next one.
  [[nodiscard]] Points<T> centers() const noexcept;

  /// How many vectors it has seen.
  [[nodiscard]] std::size_t seen() const noexcept;

  /// The centre nearest to each vector; see nearest_centers(). Errors: also `invalid_argument` before the first part.
  [[nodiscard]] Labels labels(const Points<T>& points) const;

 private:
  MiniBatchOptions options_;
  std::unique_ptr<detail::MiniBatchCenters<T>> state_;
};

/// Mini-batch k-means of vectors that are all there, with scikit-learn's refinements: batches are drawn at random,
/// centres that see too little move to vectors drawn at random, and it ends when the smoothed inertia of batches does
/// not get less. iterations are steps; labels and inertia are of all vectors. Errors: those of kmeans().
template <std::floating_point T>
[[nodiscard]] KMeansResult<T> mini_batch_kmeans(const Points<T>& points, const MiniBatchOptions& options = {});

template <EmbeddingRows Rows>
[[nodiscard]] KMeansResult<float> mini_batch_kmeans(const Rows& vectors, const MiniBatchOptions& options = {}) {
  return mini_batch_kmeans(Points<float>(vectors), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/mini_batch_kmeans_impl.hpp>
#endif
