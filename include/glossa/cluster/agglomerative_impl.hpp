// Definitions of agglomerative's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/agglomerative.hpp>
#include <glossa/cluster/distance_matrix.hpp>
#include <glossa/cluster/mean_chain.hpp>
#include <glossa/cluster/merges.hpp>
#include <glossa/cluster/neighbor_chain.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/cluster/spanning_tree.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline void check(const AgglomerativeOptions& options, std::size_t vectors) {
  if (options.linkage == Linkage::ward && options.metric != Metric::euclidean)
    throw Error(ErrorKind::invalid_argument, {.field = "AgglomerativeOptions::metric",
                                              .problem = "ward is of means and variances",
                                              .expected = "euclidean",
                                              .found = to_string(options.metric),
                                              .remedy = "take average, or vectors of unit length"});
  if (options.clusters && options.distance_threshold)
    throw Error(ErrorKind::invalid_argument,
                {.field = "AgglomerativeOptions", .expected = "clusters or distance_threshold", .found = "both"});
  if (options.clusters && vectors > 0 && (*options.clusters == 0 || *options.clusters > vectors))
    throw Error(ErrorKind::invalid_argument, {.field = "AgglomerativeOptions::clusters",
                                              .expected = "from 1 to " + std::to_string(vectors) + ", one a vector",
                                              .found = std::to_string(*options.clusters)});
  if (options.distance_threshold && std::isnan(*options.distance_threshold))
    throw Error(ErrorKind::invalid_argument,
                {.field = "AgglomerativeOptions::distance_threshold", .expected = "a number", .found = "NaN"});
}

template <std::floating_point T>
[[nodiscard]] std::vector<TreeEdge> edges_of(const PairDistance<T>& distance, const AgglomerativeOptions& options) {
  if (options.linkage == Linkage::single) return minimum_spanning_tree(distance, {}, options.run);
  const std::size_t rows = distance.rows();
  const double bytes = DistanceMatrix<T>::bytes(rows);
  if (bytes <= static_cast<double>(options.matrix_bytes)) {
    const std::size_t steps = DistanceMatrix<T>::steps(rows);
    DistanceMatrix<T> matrix(distance, options.linkage == Linkage::ward, options.run, steps + rows);
    return NeighborChain<T>(matrix, options.linkage).merge_all(options.run.progress, steps, steps + rows);
  }
  const bool by_means =
      options.linkage == Linkage::ward || (options.linkage == Linkage::average && options.metric == Metric::cosine);
  if (!by_means)
    throw Error(ErrorKind::invalid_argument,
                {.field = "AgglomerativeOptions::matrix_bytes",
                 .problem = std::string(to_string(options.linkage)) + " linkage needs a matrix of distances",
                 .expected = "at least " + std::to_string(static_cast<std::size_t>(bytes)),
                 .found = std::to_string(options.matrix_bytes),
                 .remedy = "allow more, take fewer vectors, or ward or single linkage"});
  return MeanChain<T>(distance, options.run).merge_all();
}

}  // namespace detail

template <std::floating_point T>
AgglomerativeResult agglomerate(const Points<T>& points, const AgglomerativeOptions& options) {
  detail::check(options, points.rows());
  detail::require_finite(points, "agglomerate");
  // Ward's squares, and floats, do not hold the distances of all vectors. Cosines do not depend on any scale.
  const int power = options.metric == Metric::euclidean ? detail::scaling_power(points) : 0;
  const detail::ScaledPoints<T> scaled(points, power);
  const detail::PairDistance<T> distance(scaled.points(), options.metric, "agglomerate");
  AgglomerativeResult result;
  result.dendrogram.vectors = points.rows();
  if (points.empty()) return result;
  if (points.rows() > 1)
    result.dendrogram = detail::dendrogram_of(points.rows(), detail::merges_of(detail::edges_of(distance, options)));
  if (power != 0)
    for (Merge& merge : result.dendrogram.merges) merge.distance = std::ldexp(merge.distance, -power);
  if (options.clusters) result.labels = result.dendrogram.cut_into(*options.clusters);
  if (options.distance_threshold) result.labels = result.dendrogram.cut_at(*options.distance_threshold);
  for (const std::int32_t label : result.labels)
    result.clusters = std::max(result.clusters, static_cast<std::size_t>(label) + 1);
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template AgglomerativeResult agglomerate<float>(const Points<float>&, const AgglomerativeOptions&);
template AgglomerativeResult agglomerate<double>(const Points<double>&, const AgglomerativeOptions&);
#endif

}  // namespace glossa
