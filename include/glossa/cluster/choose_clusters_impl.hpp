// Definitions of choose_clusters' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/choose_clusters.hpp>
#include <glossa/cluster/cluster_quality_impl.hpp>
#include <glossa/cluster/elbow.hpp>
#include <glossa/cluster/kmeans_impl.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
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
  if (!(options.sensitivity >= 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "sensitivity", .expected = "0 or more", .found = std::to_string(options.sensitivity)});
}

/// Whether the clusters have silhouettes: there are two or more, and not one for each vector.
[[nodiscard]] inline bool has_silhouette(Labels labels) {
  std::sort(labels.begin(), labels.end());
  const std::size_t rows = labels.size();
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels.size() >= 2 && labels.size() < rows;
}

[[nodiscard]] inline Elbow elbow_of(const std::vector<TriedClusters>& tried, double sensitivity) {
  std::vector<double> x;
  std::vector<double> y;
  for (const TriedClusters& one : tried) {
    x.push_back(static_cast<double>(one.clusters));
    y.push_back(one.inertia);
  }
  return find_elbow(x, y, sensitivity);
}

}  // namespace detail

template <std::floating_point T>
ChosenClusters<T> choose_clusters(const Points<T>& points, const ChooseClustersOptions& options) {
  detail::require_range(options);
  detail::require_clusters(points, options.most);
  KMeansOptions kmeans_options = options.kmeans;
  SilhouetteOptions silhouette_options = options.silhouette;
  silhouette_options.run = options.kmeans.run;
  Progress last;
  const ProgressCallback& tell = options.kmeans.run.progress;
  if (tell) {
    kmeans_options.run.progress = [&](const Progress& progress) { tell(last = progress); };
    silhouette_options.run.progress = [&](const Progress&) { tell(last); };
  }
  ChosenClusters<T> chosen;
  const auto cluster = [&](std::size_t clusters) {
    kmeans_options.clusters = clusters;
    return kmeans(points, kmeans_options);
  };
  constexpr double kNone = -2;  // below every silhouette
  double best = kNone;
  const auto try_number = [&](std::size_t clusters) {
    KMeansResult<T> result = cluster(clusters);
    TriedClusters& tried = chosen.tried.emplace_back(TriedClusters{.clusters = clusters, .inertia = result.inertia});
    if (options.criterion == ClusterCriterion::elbow) return;
    if (detail::has_silhouette(result.labels)) tried.silhouette = silhouette(points, result.labels, silhouette_options);
    const double score = tried.silhouette.value_or(kNone);
    if (chosen.tried.size() > 1 && score <= best) return;
    best = score;
    chosen.result = std::move(result);
  };
  for (std::size_t clusters = options.least;; clusters += options.step) {
    try_number(clusters);
    if (options.most - clusters < options.step) break;
  }
  if (options.criterion == ClusterCriterion::silhouette) return chosen;
  const detail::Elbow elbow = detail::elbow_of(chosen.tried, options.sensitivity);
  chosen.has_elbow = elbow.confirmed;
  kmeans_options.run.progress = silhouette_options.run.progress;
  chosen.result = cluster(chosen.tried[elbow.at].clusters);  // once more: the same again, and cheaper than keeping all
  return chosen;
}

#if defined(GLOSSA_IMPLEMENTATION)
template ChosenClusters<float> choose_clusters(const Points<float>&, const ChooseClustersOptions&);
template ChosenClusters<double> choose_clusters(const Points<double>&, const ChooseClustersOptions&);
#endif

}  // namespace glossa
