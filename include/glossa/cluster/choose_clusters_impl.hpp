// Definitions of choose_clusters' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/choose_clusters.hpp>
#include <glossa/cluster/cluster_quality_impl.hpp>
#include <glossa/cluster/elbow.hpp>
#include <glossa/cluster/kmeans_impl.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

inline void require_range(const ChooseClustersOptions& options) {
  if (options.step == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "step", .expected = "1 or more", .found = "0"});
  const std::size_t least = options.criterion == ClusterCriterion::silhouette ? 2 : 1;
  if (options.least < least || options.most < options.least)
    throw Error(ErrorKind::invalid_argument,
                {.field = "least",
                 .expected = "a range from " + std::to_string(least) + " clusters on",
                 .found = std::to_string(options.least) + " to " + std::to_string(options.most)});
}

}  // namespace detail

template <std::floating_point T>
ChosenClusters<T> choose_clusters(const Points<T>& points, const ChooseClustersOptions& options) {
  detail::require_range(options);
  detail::require_clusters(points, options.most);
  KMeansOptions kmeans_options = options.kmeans;
  SilhouetteOptions silhouette_options = options.silhouette;
  silhouette_options.run = options.kmeans.run;
  silhouette_options.run.progress = {};
  ChosenClusters<T> chosen;
  const auto cluster = [&](std::size_t clusters) {
    kmeans_options.clusters = clusters;
    return kmeans(points, kmeans_options);
  };
  double best = 0;
  for (std::size_t clusters = options.least; clusters <= options.most; clusters += options.step) {
    KMeansResult<T> result = cluster(clusters);
    chosen.tried.push_back({.clusters = clusters, .inertia = result.inertia});
    if (options.criterion == ClusterCriterion::elbow) continue;
    const double score = silhouette(points, result.labels, silhouette_options);
    chosen.tried.back().silhouette = score;
    if (chosen.tried.size() > 1 && score <= best) continue;
    best = score;
    chosen.result = std::move(result);
  }
  if (options.criterion == ClusterCriterion::silhouette) return chosen;
  std::vector<double> x;
  std::vector<double> y;
  for (const TriedClusters& one : chosen.tried) {
    x.push_back(static_cast<double>(one.clusters));
    y.push_back(one.inertia);
  }
  const detail::Elbow elbow = detail::find_elbow(x, y, options.sensitivity);
  chosen.has_elbow = elbow.confirmed;
  kmeans_options.run.progress = {};
  chosen.result = cluster(chosen.tried[elbow.at].clusters);  // once more: the same again, and cheaper than keeping all
  return chosen;
}

#if defined(GLOSSA_IMPLEMENTATION)
template ChosenClusters<float> choose_clusters(const Points<float>&, const ChooseClustersOptions&);
template ChosenClusters<double> choose_clusters(const Points<double>&, const ChooseClustersOptions&);
#endif

}  // namespace glossa
