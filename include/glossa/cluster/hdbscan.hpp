// Vectors come in; clusters that are dense for long, whatever the density, go out, and noise.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dendrogram.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/metric.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace glossa {

/// How clusters are chosen from the tree of all.
enum class ClusterSelection {
  excess_of_mass,  ///< those that together are the most stable
  leaf,            ///< those that do not split any more: small and alike
};

[[nodiscard]] constexpr const char* to_string(ClusterSelection selection) noexcept {
  return selection == ClusterSelection::leaf ? "leaf" : "excess_of_mass";
}

struct HdbscanOptions {
  std::size_t min_cluster_size = 5;  ///< fewer vectors are no cluster; at least 2
  /// Vectors, itself among them, that must be near to one for its surroundings to be dense: the more, the more is
  /// noise. 0: min_cluster_size.
  std::size_t min_samples = 0;
  Metric metric = Metric::euclidean;  ///< or cosine, whose distance is 1 - cosine
  ClusterSelection selection = ClusterSelection::excess_of_mass;
  double epsilon = 0;                 ///< clusters that part at less than this distance stay together
  std::size_t max_cluster_size = 0;   ///< with excess_of_mass: larger clusters are taken apart; 0: none is too large
  bool allow_single_cluster = false;  ///< whether all vectors together may be a cluster
  ClusterRun run{};
};

/// A cluster, or a vector, leaves a larger cluster.
struct CondensedEdge {
  std::size_t parent = 0;  ///< a cluster: the number of vectors for that of all, and upwards
  std::size_t child = 0;   ///< a cluster, or a vector's number
  double lambda = 0;       ///< 1 / the distance at which it leaves; infinite for 0
  std::size_t size = 0;    ///< vectors that leave
  friend bool operator==(const CondensedEdge&, const CondensedEdge&) = default;
};

struct HdbscanResult {
  Labels labels;                       ///< one a vector
  std::size_t clusters = 0;            ///< how many there are
  std::vector<double> probabilities;   ///< how firmly a vector belongs to its cluster: 1 in the middle, 0 for noise
  std::vector<double> stabilities;     ///< the excess of mass of each cluster
  std::vector<double> core_distances;  ///< of each vector to its nearest min_samples, itself among them
  Dendrogram dendrogram;               ///< single linkage of the mutual reachability distances
  std::vector<CondensedEdge> condensed_tree;
};

/// HDBSCAN* (Campello, Moulavi & Sander 2013; Campello et al. 2015; epsilon: Malzer & Baum 2020). Labels and
/// probabilities are those of scikit-learn's HDBSCAN, numbers included, where no two edges of the spanning tree are
/// equally long. Mutual reachability makes such edges: a vector at its core distance from two clusters joins both at
/// once. Here the edge that Prim's algorithm found first comes first; there it is left to an unstable sort.
///
/// Distances are decided in double. The time is that of n²/2 products for the core distances, and of at most n² for the
/// spanning tree. Memory: a byte for each of the vectors' numbers, and 8·n·min_samples bytes.
///
/// Where there are fewer vectors than min_samples, or only one, all are noise. With cosine, zero vectors are at
/// distance 1 from all others. Errors: `invalid_argument` for NaN or infinity in vectors, min_cluster_size < 2, epsilon
/// < 0 and other metrics; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] HdbscanResult hdbscan(const Points<T>& points, const HdbscanOptions& options = {});

[[nodiscard]] inline HdbscanResult hdbscan(const Embeddings& points, const HdbscanOptions& options = {}) {
  return hdbscan(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/hdbscan_impl.hpp>
#endif
