// How HDBSCAN* is done, and what it gives.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dendrogram.hpp>
#include <glossa/search/metric.hpp>

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

}  // namespace glossa
