// Definitions of cluster_quality's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/cluster_quality.hpp>
#include <glossa/cluster/clustered_rows.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/random_draws.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/cluster/silhouette_sums.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <unordered_map>
#include <vector>

namespace glossa {
namespace detail {

/// The numbers of all rows.
[[nodiscard]] inline std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// Rows that silhouettes are made of, in ascending order, and those of them that count.
struct SilhouetteRows {
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> counted;
};

/// All rows that are not noise, or those of a sample.
[[nodiscard]] inline SilhouetteRows silhouette_rows(std::span<const std::int32_t> labels,
                                                    const SilhouetteOptions& options) {
  std::vector<std::uint32_t> rows = all_rows(labels.size());
  std::erase_if(rows, [&](std::uint32_t row) { return labels[row] == kNoise; });
  if (options.sample == 0 || options.sample >= rows.size()) return {rows, rows};
  constexpr std::size_t kLeast = 2;  // of a cluster, so that its rows have a distance to each other
  SilhouetteRows sample;
  std::unordered_map<std::int32_t, std::size_t> sizes;
  const std::vector<std::uint32_t> drawn = RandomDraws(options.seed).sample(rows.size(), rows.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::uint32_t row = rows[drawn[i]];
    std::size_t& size = sizes[labels[row]];
    if (i >= options.sample && size >= kLeast) continue;
    ++size;
    sample.all.push_back(row);
    if (i < options.sample) sample.counted.push_back(row);
  }
  std::sort(sample.all.begin(), sample.all.end());
  std::sort(sample.counted.begin(), sample.counted.end());
  return sample;
}

template <class T>
[[nodiscard]] std::vector<double> silhouettes_of(const Points<T>& points, std::span<const std::int32_t> labels,
                                                 std::span<const std::uint32_t> some,
                                                 const SilhouetteOptions& options) {
  if (options.metric != Metric::euclidean && options.metric != Metric::cosine)
    throw Error(ErrorKind::invalid_argument,
                {.field = "metric", .expected = "euclidean or cosine", .found = to_string(options.metric)});
  const bool is_cosine = options.metric == Metric::cosine;
  const RunTools<T> tools(options.run);
  const ScaledPoints<T> scaled(points, is_cosine ? 0 : scaling_power(points));
  const Points<T>& safe = scaled.points();
  const ClusteredRows<T> rows(safe, labels, some);
  std::vector<double> out(points.rows());
  if (is_cosine) {
    cosine_silhouettes(rows, points.dims(), tools, out);
  } else {
    EuclideanSilhouettes<T>(rows, safe, tools).run(out);
  }
  return out;
}

/// Σ over a cluster's rows of distance(row, mean), for each cluster; distance takes the square.
template <class T, class Distance>
[[nodiscard]] std::vector<double> spreads(const ClusteredRows<T>& rows, const std::vector<double>& means,
                                          std::size_t dims, const RunTools<T>& tools, Distance&& distance) {
  std::vector<double> sums(rows.clusters());
  tools.for_each(rows.clusters(), [&](std::size_t c, std::size_t) {
    const auto mean = std::span<const double>(means).subspan(c * dims, dims);
    for (std::size_t at = rows.begin(c); at < rows.begin(c + 1); ++at)
      sums[c] += distance(squared_distance(rows[at], mean));
  });
  return sums;
}

}  // namespace detail

template <std::floating_point T>
std::vector<double> silhouettes(const Points<T>& points, std::span<const std::int32_t> labels,
                                const SilhouetteOptions& options) {
  detail::require_labels(points, labels);
  return detail::silhouettes_of(points, labels, detail::all_rows(points.rows()), options);
}

template <std::floating_point T>
double silhouette(const Points<T>& points, std::span<const std::int32_t> labels, const SilhouetteOptions& options) {
  detail::require_labels(points, labels);
  const detail::SilhouetteRows rows = detail::silhouette_rows(labels, options);
  const std::vector<double> all = detail::silhouettes_of(points, labels, rows.all, options);
  double sum = 0;
  for (const std::uint32_t row : rows.counted) sum += all[row];
  return sum / static_cast<double>(rows.counted.size());
}

template <std::floating_point T>
double davies_bouldin(const Points<T>& points, std::span<const std::int32_t> labels, const ClusterRun& run) {
  detail::require_labels(points, labels);
  const detail::RunTools<T> tools(run);
  const detail::ClusteredRows<T> rows(points, labels, detail::all_rows(points.rows()));
  const std::size_t dims = points.dims();
  const std::vector<double> means = rows.means(tools);
  const auto mean = [&](std::size_t c) { return std::span<const double>(means).subspan(c * dims, dims); };
  std::vector<double> radius =
      detail::spreads(rows, means, dims, tools, [](double square) { return std::sqrt(square); });
  for (std::size_t c = 0; c < radius.size(); ++c) radius[c] /= static_cast<double>(rows.size(c));
  constexpr double kNone = 1e-8;  // what scikit-learn takes for no distance at all
  bool has_distance = false;
  double sum = 0;
  for (std::size_t a = 0; a < radius.size(); ++a) {
    double worst = 0;
    for (std::size_t b = 0; b < radius.size(); ++b) {
      if (a == b) continue;
      const double distance = std::sqrt(detail::squared_distance(mean(a), mean(b)));
      has_distance = has_distance || distance > kNone;
      if (distance > 0) worst = std::max(worst, (radius[a] + radius[b]) / distance);
    }
    sum += worst;
  }
  const bool has_radius = std::any_of(radius.begin(), radius.end(), [](double r) { return r > kNone; });
  return has_radius && has_distance ? sum / static_cast<double>(radius.size()) : 0;
}

template <std::floating_point T>
double calinski_harabasz(const Points<T>& points, std::span<const std::int32_t> labels, const ClusterRun& run) {
  detail::require_labels(points, labels);
  const detail::RunTools<T> tools(run);
  const detail::ClusteredRows<T> rows(points, labels, detail::all_rows(points.rows()));
  const std::size_t dims = points.dims();
  const std::vector<double> means = rows.means(tools);
  const std::vector<double> within = detail::spreads(rows, means, dims, tools, [](double square) { return square; });
  std::vector<double> middle(dims);
  for (std::size_t c = 0; c < rows.clusters(); ++c)
    for (std::size_t i = 0; i < dims; ++i)
      middle[i] += means[c * dims + i] * static_cast<double>(rows.size(c)) / static_cast<double>(rows.rows());
  double between = 0;
  for (std::size_t c = 0; c < rows.clusters(); ++c)
    between += static_cast<double>(rows.size(c)) *
               detail::squared_distance(std::span<const double>(means).subspan(c * dims, dims),
                                        std::span<const double>(middle));
  const double inside = std::accumulate(within.begin(), within.end(), 0.0);
  if (inside == 0) return 1;
  return between * static_cast<double>(rows.rows() - rows.clusters()) /
         (inside * static_cast<double>(rows.clusters() - 1));
}

#if defined(GLOSSA_IMPLEMENTATION)
template double silhouette(const Points<float>&, std::span<const std::int32_t>, const SilhouetteOptions&);
template double silhouette(const Points<double>&, std::span<const std::int32_t>, const SilhouetteOptions&);
template std::vector<double> silhouettes(const Points<float>&, std::span<const std::int32_t>, const SilhouetteOptions&);
template std::vector<double> silhouettes(const Points<double>&, std::span<const std::int32_t>,
                                         const SilhouetteOptions&);
template double davies_bouldin(const Points<float>&, std::span<const std::int32_t>, const ClusterRun&);
template double davies_bouldin(const Points<double>&, std::span<const std::int32_t>, const ClusterRun&);
template double calinski_harabasz(const Points<float>&, std::span<const std::int32_t>, const ClusterRun&);
template double calinski_harabasz(const Points<double>&, std::span<const std::int32_t>, const ClusterRun&);
#endif

}  // namespace glossa
