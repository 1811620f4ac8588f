// Definitions of kmeans' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/kmeans_start.hpp>
#include <glossa/cluster/lloyd.hpp>
#include <glossa/cluster/require_squares.hpp>
#include <glossa/cluster/rough_centers.hpp>
#include <glossa/cluster/saturated.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

template <class T>
void require_dimensions(const Points<T>& points) {
  if (points.dims() == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "points", .expected = "one dimension or more", .found = "0"});
}

template <class T>
void require_clusters(const Points<T>& points, std::size_t clusters) {
  require_squares(points, "points");
  if (clusters == 0 || clusters > points.rows())
    throw Error(ErrorKind::invalid_argument,
                {.field = "clusters",
                 .expected = points.empty() ? "vectors" : "1 to " + std::to_string(points.rows()) + ", the vectors",
                 .found = points.empty() ? "none" : std::to_string(clusters)});
  require_dimensions(points);
}

inline void require_tolerance(double tolerance) {
  if (!(tolerance >= 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "tolerance", .expected = "0 or more", .found = std::to_string(tolerance)});
}

template <class T>
void require_centers(const Points<T>& points, const Points<T>& centers) {
  require_squares(centers, "centers");
  if (centers.empty() || centers.dims() != points.dims())
    throw Error(ErrorKind::invalid_argument,
                {.field = "centers",
                 .expected = "one or more of " + std::to_string(points.dims()) + " dimensions",
                 .found = std::to_string(centers.rows()) + " of " + std::to_string(centers.dims())});
}

/// Centres to start from, [clusters, dims].
template <class T>
[[nodiscard]] std::vector<T> start_centers(const Points<T>& points, const KMeansOptions& options, RandomDraws& random,
                                           const RunTools<T>& tools, const StartPulse& pulse) {
  const auto copy = [&](const Points<T>& from, std::span<const std::uint32_t> rows, T* to) {
    for (const std::uint32_t row : rows) to = std::copy(from[row].begin(), from[row].end(), to);
  };
  const auto values_of = [&](const Points<T>& from, std::span<const std::uint32_t> rows) {
    std::vector<T> values(rows.size() * points.dims());
    copy(from, rows, values.data());
    return values;
  };
  if (options.start == KMeansStart::random) return values_of(points, random.sample(points.rows(), options.clusters));
  constexpr std::size_t kLeast = 10000;
  const std::size_t wanted = std::max(
      options.start_sample == 0 ? std::max(saturated_product(64, options.clusters), kLeast) : options.start_sample,
      options.clusters);
  AlignedBuffer<T> sampled;  // loads that straddle cache lines would cost a third more
  Points<T> sample = points;
  if (wanted < points.rows()) {
    copy(points, random.sample(points.rows(), wanted), sampled.ensure(wanted * points.dims()));
    sample = {sampled.data(), wanted, points.dims()};
  }
  const ScaledPoints<T> scaled(sample, scaling_power(sample));
  const Points<T>& rows = scaled.points();
  return values_of(sample, options.start == KMeansStart::parallel
                               ? parallel_rows(rows, options.clusters, random, tools, pulse)
                               : plus_plus_rows(rows, {}, options.clusters, random, tools, pulse));
}

/// k-means of rows that are of length 1 already where that was asked for. start(pulse) makes the centres of each run.
template <class T, class Start>
[[nodiscard]] KMeansResult<T> run_kmeans(const Points<T>& points, const KMeansOptions& options, std::size_t starts,
                                         const RunTools<T>& tools, Start&& start) {
  const MeasuredRows<T> rows(points, tools);
  const RoughRows rough = rough_rows(rows, tools, static_cast<double>(options.bounds_bytes));
  const LloydRules rules{options.max_iterations, options.tolerance * rows.variance(), options.spherical,
                         options.bounds_bytes};
  const std::size_t total = saturated_product(starts, options.max_iterations);
  KMeansResult<T> best;
  for (std::size_t run = 0; run < starts; ++run) {
    const std::size_t before = saturated_product(run, options.max_iterations);
    const auto tell = [&](std::size_t iterations) { tools.tell(before + std::min(iterations, total - before), total); };
    Lloyd<T> lloyd(rows, rough, start([&] { tell(0); }), rules, tools);
    lloyd.run(tell);
    const double inertia = lloyd.inertia();
    if (run > 0 && !(inertia < best.inertia)) continue;
    best = {std::move(lloyd.labels()), std::move(lloyd.centers()), points.dims(), inertia,
            lloyd.iterations(),        lloyd.converged()};
  }
  return best;
}

}  // namespace detail

template <std::floating_point T>
KMeansResult<T> kmeans(const Points<T>& points, const KMeansOptions& options) {
  detail::require_clusters(points, options.clusters);
  detail::require_tolerance(options.tolerance);
  const detail::RunTools<T> tools(options.run);
  const std::vector<T> units = options.spherical ? detail::unit_rows(points, tools) : std::vector<T>();
  const Points<T> rows = options.spherical ? Points<T>(units.data(), points.rows(), points.dims()) : points;
  detail::RandomDraws random(options.seed);
  return detail::run_kmeans(
      rows, options, std::max<std::size_t>(options.starts, 1), tools,
      [&](const detail::StartPulse& pulse) { return detail::start_centers(rows, options, random, tools, pulse); });
}

template <std::floating_point T>
KMeansResult<T> kmeans(const Points<T>& points, const Points<T>& centers, const KMeansOptions& options) {
  detail::require_clusters(points, centers.rows());
  detail::require_tolerance(options.tolerance);
  detail::require_centers(points, centers);
  const detail::RunTools<T> tools(options.run);
  if (!options.spherical)
    return detail::run_kmeans(points, options, 1, tools, [&](const detail::StartPulse&) {
      return std::vector<T>(centers.values().begin(), centers.values().end());
    });
  const std::vector<T> units = detail::unit_rows(points, tools);
  return detail::run_kmeans(Points<T>(units.data(), points.rows(), points.dims()), options, 1, tools,
                            [&](const detail::StartPulse&) { return detail::unit_rows(centers, tools); });
}

template <std::floating_point T>
Labels nearest_centers(const Points<T>& points, const Points<T>& centers, const ClusterRun& run) {
  detail::require_squares(points, "points");
  if (points.empty()) return {};
  detail::require_dimensions(points);
  detail::require_centers(points, centers);
  return detail::labels_of_nearest(points, centers, detail::RunTools<T>(run));
}

#if defined(GLOSSA_IMPLEMENTATION)
template KMeansResult<float> kmeans(const Points<float>&, const KMeansOptions&);
template KMeansResult<double> kmeans(const Points<double>&, const KMeansOptions&);
template KMeansResult<float> kmeans(const Points<float>&, const Points<float>&, const KMeansOptions&);
template KMeansResult<double> kmeans(const Points<double>&, const Points<double>&, const KMeansOptions&);
template Labels nearest_centers(const Points<float>&, const Points<float>&, const ClusterRun&);
template Labels nearest_centers(const Points<double>&, const Points<double>&, const ClusterRun&);
#endif

}  // namespace glossa
