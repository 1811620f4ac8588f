// Edges that join all vectors come in; the merges that they make, shortest first, go out.
#pragma once

#include <glossa/cluster/dendrogram.hpp>
#include <glossa/cluster/disjoint_sets.hpp>
#include <glossa/cluster/tree_edge.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Each edge is between any vector of the one cluster, `a` of its merge, and any of the other, `b`: unlike those of a
/// Dendrogram, these are not in order. Of equally long edges, the one that comes first is the earlier merge.
[[nodiscard]] inline std::vector<Merge> merges_of(std::vector<TreeEdge> edges) {
  std::stable_sort(edges.begin(), edges.end(),
                   [](const TreeEdge& a, const TreeEdge& b) { return a.distance < b.distance; });
  const std::size_t vectors = edges.size() + 1;
  std::vector<Merge> merges;
  merges.reserve(edges.size());
  DisjointSets sets(vectors);
  std::vector<std::size_t> cluster(vectors);  // of each set, by its name
  std::vector<std::size_t> size(vectors, 1);
  std::iota(cluster.begin(), cluster.end(), std::size_t{0});
  for (const TreeEdge& edge : edges) {
    const std::size_t a = sets.find(edge.from);
    const std::size_t b = sets.find(edge.to);
    sets.join(a, b);
    const std::size_t joined = std::min(a, b);
    size[joined] = size[a] + size[b];
    merges.push_back({cluster[a], cluster[b], edge.distance, size[joined]});
    cluster[joined] = vectors + merges.size() - 1;
  }
  return merges;
}

/// The same as a dendrogram of `vectors`, which may be none.
[[nodiscard]] inline Dendrogram dendrogram_of(std::size_t vectors, std::vector<Merge> merges) {
  for (Merge& merge : merges)
    if (merge.a > merge.b) std::swap(merge.a, merge.b);
  return {vectors, std::move(merges)};
}

}  // namespace glossa::detail
