// Definitions of dbscan's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/dbscan.hpp>
#include <glossa/cluster/density_links.hpp>
#include <glossa/cluster/near_pairs.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pairs_within.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace glossa {
namespace detail {

inline void check(const DbscanOptions& options) {
  if (!(options.eps >= 0) || !std::isfinite(options.eps))
    throw Error(ErrorKind::invalid_argument,
                {.field = "DbscanOptions::eps", .expected = "a distance", .found = std::to_string(options.eps)});
  if (options.min_points == 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = "DbscanOptions::min_points", .expected = "at least 1, for the vector itself", .found = "0"});
  if (options.approximation && options.approximation->most_neighbors < options.min_points)
    throw Error(ErrorKind::invalid_argument, {.field = "DbscanApproximation::most_neighbors",
                                              .expected = "at least min_points, " + std::to_string(options.min_points),
                                              .found = std::to_string(options.approximation->most_neighbors)});
}

template <std::floating_point T>
void link_all_pairs(const PairsWithin<T>& pairs, DensityLinks& links) {
  pairs.for_each([&](const PairsOfTile& tile, std::size_t worker) {
    for (std::size_t r = 0; r < tile.rows; ++r)
      if (tile.row_counts[r] > 0) links.count(tile.first_row + r, tile.row_counts[r]);
    for (std::size_t c = 0; c < tile.columns; ++c)
      if (tile.column_counts[c] > 0) links.count(tile.first_column + c, tile.column_counts[c]);
    for (const auto& pair : tile.pairs) links.link(tile.first_row + pair.row, tile.first_column + pair.column, worker);
  });
}

}  // namespace detail

template <std::floating_point T>
DbscanResult dbscan(const Points<T>& points, const DbscanOptions& options) {
  detail::check(options);
  const detail::PairDistance<T> distance(points, options.metric, "dbscan");
  DbscanResult result;
  if (points.empty()) return result;
  const auto finish = [&](detail::DensityLinks& links) {
    result.clusters = links.label(result.labels);
    for (std::size_t i = 0; i < points.rows(); ++i)
      if (links.is_core(i)) result.core_points.push_back(i);
  };
  if (options.approximation) {
    DbscanApproximation how = *options.approximation;
    if (how.neighbors == 0) how.neighbors = std::max<std::size_t>(2 * options.min_points, 32);
    detail::DensityLinks links(points.rows(), options.min_points, 1);
    const auto pairs = detail::near_pairs(distance, options.eps, how, options.run);
    for (const auto& [a, b] : pairs) {
      links.count(a, 1);
      links.count(b, 1);
    }
    for (const auto& [a, b] : pairs) links.link(a, b, 0);
    finish(links);
  } else {
    const detail::PairsWithin<T> pairs(distance, options.eps, options.run);
    detail::DensityLinks links(points.rows(), options.min_points, pairs.workers());
    detail::link_all_pairs(pairs, links);
    finish(links);
  }
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template DbscanResult dbscan<float>(const Points<float>&, const DbscanOptions&);
template DbscanResult dbscan<double>(const Points<double>&, const DbscanOptions&);
#endif

}  // namespace glossa
