// Vectors and their clusters come in; size, centre, medoid and a few representatives of each cluster go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa {

struct SummaryOptions {
  std::size_t representatives = 5;  ///< of each cluster, or all where it is smaller
  /// 0: the representatives are those nearest to the centre. Above, up to 1: each is chosen for its cosine to the
  /// centre, weighted 1 - diversity, less its largest cosine to those chosen before it, weighted diversity: maximal
  /// marginal relevance (Carbonell & Goldstein 1998).
  double diversity = 0;
  ClusterRun run{};  ///< progress: clusters
};

template <std::floating_point T>
struct ClusterSummary {
  std::size_t size = 0;
  std::vector<T> center;  ///< [dims]: the mean of its vectors; zeros where it has none
  /// The member that lies nearest to the centre: the one with the least sum of squared distances to all members, and
  /// for vectors of unit length also the largest mean cosine. Of equal ones the first; kNone where there are none.
  std::size_t medoid = kNone;
  std::vector<std::size_t> representatives;  ///< members, the best first
  double mean_square = 0;                    ///< of the members' distances to the centre

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

/// A summary for each label from 0 to the largest; vectors that are noise (kNoise) belong to none.
/// Errors: `invalid_argument` where there is not one label a vector, for a label below kNoise or not below the number
/// of vectors, vectors of NaN or infinity, or of doubles and a length of 1e144 and more, a diversity outside [0, 1] or
/// NaN; what `run.progress` throws.
template <std::floating_point T>
[[nodiscard]] std::vector<ClusterSummary<T>> summarize_clusters(const Points<T>& points,
                                                                std::span<const std::int32_t> labels,
                                                                const SummaryOptions& options = {});
template <EmbeddingRows Rows>
[[nodiscard]] std::vector<ClusterSummary<float>> summarize_clusters(const Rows& vectors,
                                                                    std::span<const std::int32_t> labels,
                                                                    const SummaryOptions& options = {}) {
  return summarize_clusters(Points<float>(vectors), labels, options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/cluster_summary_impl.hpp>
#endif
