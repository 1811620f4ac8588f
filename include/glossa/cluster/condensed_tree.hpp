// A single-linkage tree comes in; the tree of those of its clusters that are large enough goes out.
#pragma once

#include <glossa/cluster/dendrogram.hpp>
#include <glossa/cluster/hdbscan_options.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// Appends the nodes below `root`, itself first, level by level.
inline void append_levels(std::span<const Merge> merges, std::size_t root, std::vector<std::size_t>& nodes) {
  const std::size_t vectors = merges.size() + 1;
  std::size_t next = nodes.size();
  nodes.push_back(root);
  for (; next < nodes.size(); ++next) {
    const std::size_t node = nodes[next];
    if (node < vectors) continue;
    nodes.push_back(merges[node - vectors].a);
    nodes.push_back(merges[node - vectors].b);
  }
}

/// The condensed tree of Campello et al. (2013): where a cluster splits into one of at least min_cluster_size and less
/// than that, it goes on and loses the vectors of the latter. Clusters are numbered from `vectors` on, level by level.
/// merges: of at least one pair, a's cluster before b's.
[[nodiscard]] inline std::vector<CondensedEdge> condensed_tree(std::span<const Merge> merges,
                                                               std::size_t min_cluster_size) {
  const std::size_t vectors = merges.size() + 1;
  const std::size_t root = 2 * merges.size();
  std::vector<std::size_t> nodes;
  nodes.reserve(root + 1);
  append_levels(merges, root, nodes);
  std::vector<std::size_t> cluster(root + 1);  // of a node, in the condensed tree
  std::vector<char> has_left(root + 1);        // its cluster
  cluster[root] = vectors;
  std::size_t next_cluster = vectors + 1;
  std::vector<CondensedEdge> edges;
  std::vector<std::size_t> leaving;
  const auto size = [&](std::size_t node) { return node < vectors ? 1 : merges[node - vectors].size; };
  for (const std::size_t node : nodes) {
    if (node < vectors || has_left[node] != 0) continue;
    const Merge& merge = merges[node - vectors];
    const double lambda = merge.distance > 0 ? 1 / merge.distance : std::numeric_limits<double>::infinity();
    const bool splits = size(merge.a) >= min_cluster_size && size(merge.b) >= min_cluster_size;
    for (const std::size_t part : {merge.a, merge.b}) {
      if (splits) {
        cluster[part] = next_cluster++;
        edges.push_back({cluster[node], cluster[part], lambda, size(part)});
      } else if (size(part) >= min_cluster_size) {
        cluster[part] = cluster[node];
      } else {
        leaving.clear();
        append_levels(merges, part, leaving);
        for (const std::size_t one : leaving) {
          has_left[one] = 1;
          if (one < vectors) edges.push_back({cluster[node], one, lambda, 1});
        }
      }
    }
  }
  return edges;
}

/// What clusters of a condensed tree have. Arrays are by a cluster's number less that of the vectors.
struct CondensedClusters {
  std::size_t vectors = 0;
  std::vector<std::size_t> parent;                 ///< that of the first, which is the root, is itself
  std::vector<std::vector<std::size_t>> children;  ///< clusters
  std::vector<std::size_t> size;                   ///< vectors when it was born; of the root, those of its children
  std::vector<double> birth;                       ///< lambda at which it leaves its parent
  std::vector<double> death;                       ///< the greatest lambda at which something leaves it
  std::vector<double> stability;                   ///< the excess of mass

  [[nodiscard]] std::size_t count() const noexcept { return parent.size(); }
};

[[nodiscard]] inline CondensedClusters clusters_of(const std::vector<CondensedEdge>& edges, std::size_t vectors) {
  CondensedClusters all;
  all.vectors = vectors;
  std::size_t count = 1;
  for (const CondensedEdge& edge : edges)
    if (edge.child >= vectors) count = std::max(count, edge.child - vectors + 1);
  all.parent.resize(count);
  all.children.resize(count);
  all.size.resize(count);
  all.birth.resize(count);
  all.death.resize(count);
  all.stability.resize(count);
  for (const CondensedEdge& edge : edges) {
    const std::size_t parent = edge.parent - vectors;
    all.death[parent] = std::max(all.death[parent], edge.lambda);
    if (edge.child < vectors) continue;
    const std::size_t child = edge.child - vectors;
    all.parent[child] = parent;
    all.children[parent].push_back(child);
    all.size[child] = edge.size;
    all.birth[child] = edge.lambda;
    if (parent == 0) all.size[0] += edge.size;
  }
  for (const CondensedEdge& edge : edges) {
    const std::size_t parent = edge.parent - vectors;
    all.stability[parent] += (edge.lambda - all.birth[parent]) * static_cast<double>(edge.size);
  }
  return all;
}

}  // namespace glossa::detail
