// Definitions of hdbscan's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/cluster_selection.hpp>
#include <glossa/cluster/condensed_tree.hpp>
#include <glossa/cluster/core_distances.hpp>
#include <glossa/cluster/hdbscan.hpp>
#include <glossa/cluster/merges.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/spanning_tree.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline void check(const HdbscanOptions& options) {
  if (options.min_cluster_size < 2)
    throw Error(ErrorKind::invalid_argument, {.field = "HdbscanOptions::min_cluster_size",
                                              .expected = "at least 2",
                                              .found = std::to_string(options.min_cluster_size)});
  if (!(options.epsilon >= 0) || !std::isfinite(options.epsilon))
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "HdbscanOptions::epsilon", .expected = "a distance", .found = std::to_string(options.epsilon)});
}

/// Labels, probabilities and stabilities from the condensed tree.
inline void label_from_tree(HdbscanResult& result, const HdbscanOptions& options) {
  const std::size_t vectors = result.labels.size();
  const CondensedClusters all = clusters_of(result.condensed_tree, vectors);
  const std::vector<char> is_chosen = ClusterChoice(all, options).result();
  std::vector<std::size_t> home(all.count());  // the cluster that the vectors of a cluster belong to
  Labels label(all.count(), kNoise);
  for (std::size_t c = 0; c < all.count(); ++c) {
    home[c] = is_chosen[c] != 0 || c == 0 ? c : home[all.parent[c]];
    if (is_chosen[c] == 0) continue;
    label[c] = static_cast<std::int32_t>(result.clusters++);
    result.stabilities.push_back(all.stability[c]);
  }
  // All vectors together are a cluster that has no edge; what leaves it early is noise all the same.
  const double single = options.epsilon > 0 ? 1 / options.epsilon : all.death[0];
  for (const CondensedEdge& edge : result.condensed_tree) {
    if (edge.child >= vectors) continue;
    const std::size_t cluster = home[edge.parent - vectors];
    if (cluster == 0 && !(result.clusters == 1 && edge.lambda >= single)) continue;
    if (label[cluster] == kNoise) continue;
    result.labels[edge.child] = label[cluster];
    const double most = all.death[cluster];
    result.probabilities[edge.child] = most == 0 || std::isinf(edge.lambda) ? 1 : std::min(edge.lambda, most) / most;
  }
}

}  // namespace detail

template <std::floating_point T>
HdbscanResult hdbscan(const Points<T>& points, const HdbscanOptions& options) {
  detail::check(options);
  const detail::PairDistance<T> distance(points, options.metric, "hdbscan");
  const std::size_t min_samples = options.min_samples != 0 ? options.min_samples : options.min_cluster_size;
  HdbscanResult result;
  result.labels.assign(points.rows(), kNoise);
  result.probabilities.assign(points.rows(), 0);
  result.core_distances.assign(points.rows(), 0);
  result.dendrogram.vectors = points.rows();
  if (points.rows() < 2 || points.rows() < min_samples) {
    if (points.rows() < min_samples)
      result.core_distances.assign(points.rows(), std::numeric_limits<double>::infinity());
    // Without distances, there is no tree: all are merged at infinity.
    std::vector<detail::TreeEdge> edges;
    for (std::size_t i = 1; i < points.rows(); ++i)
      edges.push_back({0, static_cast<std::uint32_t>(i), std::numeric_limits<double>::infinity()});
    if (!points.empty()) result.dendrogram = detail::dendrogram_of(points.rows(), detail::merges_of(std::move(edges)));
    return result;
  }
  std::size_t steps = 0;  // of the core distances
  if (min_samples > 1) {
    ClusterRun run = options.run;
    if (run.progress)
      run.progress = [&](const Progress& tiles) {
        steps = tiles.total;
        options.run.progress({tiles.done, tiles.total + points.rows() - 1, 0});
      };
    result.core_distances = detail::CoreDistances<T>(distance, min_samples - 1, run).find();
  }
  const std::vector<Merge> merges =
      detail::merges_of(detail::minimum_spanning_tree(distance, result.core_distances, options.run, steps));
  result.condensed_tree = detail::condensed_tree(merges, options.min_cluster_size);
  result.dendrogram = detail::dendrogram_of(points.rows(), merges);
  detail::label_from_tree(result, options);
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template HdbscanResult hdbscan<float>(const Points<float>&, const HdbscanOptions&);
template HdbscanResult hdbscan<double>(const Points<double>&, const HdbscanOptions&);
#endif

}  // namespace glossa
