// Definitions of summarize_clusters; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/cluster_members.hpp>
#include <glossa/cluster/cluster_summary.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/require_squares.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

template <class A, class B>
[[nodiscard]] double dot_of(std::span<const A> a, std::span<const B> b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// The cosine; 0 with a zero vector.
template <class A, class B>
[[nodiscard]] double cosine_of(std::span<const A> a, std::span<const B> b) noexcept {
  const double lengths = std::sqrt(dot_of(a, a)) * std::sqrt(dot_of(b, b));
  return lengths == 0 ? 0.0 : dot_of(a, b) / lengths;
}

/// The first of the members' places by marginal relevance.
template <std::floating_point T>
[[nodiscard]] std::vector<std::size_t> diverse_members(const Points<T>& points, const std::vector<std::size_t>& members,
                                                       const std::vector<double>& center, std::size_t count,
                                                       double diversity) {
  std::vector<double> relevance;
  for (const std::size_t member : members)
    relevance.push_back(cosine_of(points[member], std::span<const double>(center)));
  std::vector<double> likeness(members.size(), -1.0);  // the largest to those chosen
  std::vector<bool> is_chosen(members.size());
  std::vector<std::size_t> chosen;
  while (chosen.size() < count) {
    std::size_t best = members.size();
    double best_score = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (is_chosen[i]) continue;
      const double score = (1 - diversity) * relevance[i] - (chosen.empty() ? 0.0 : diversity * likeness[i]);
      if (best < members.size() && score <= best_score) continue;
      best = i;
      best_score = score;
    }
    is_chosen[best] = true;
    chosen.push_back(members[best]);
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!is_chosen[i]) likeness[i] = std::max(likeness[i], cosine_of(points[members[i]], points[members[best]]));
  }
  return chosen;
}

template <std::floating_point T>
[[nodiscard]] ClusterSummary<T> summarize_cluster(const Points<T>& points, const std::vector<std::size_t>& members,
                                                  const SummaryOptions& options) {
  ClusterSummary<T> summary;
  summary.size = members.size();
  std::vector<double> center(points.dims());
  for (const std::size_t member : members) add_row(points[member], center.data());
  for (double& value : center) value /= static_cast<double>(std::max<std::size_t>(members.size(), 1));
  for (const double value : center) summary.center.push_back(static_cast<T>(value));
  if (members.empty()) return summary;

  std::vector<double> squares;
  for (const std::size_t member : members)
    squares.push_back(squared_distance(points[member], std::span<const double>(center)));
  summary.mean_square = std::accumulate(squares.begin(), squares.end(), 0.0) / static_cast<double>(members.size());
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min(options.representatives, members.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(count, 1));
  std::partial_sort(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
    return squares[a] != squares[b] ? squares[a] < squares[b] : a < b;
  });
  summary.medoid = members[order.front()];
  if (options.diversity > 0) {
    summary.representatives = diverse_members(points, members, center, count, options.diversity);
  } else {
    for (std::size_t i = 0; i < count; ++i) summary.representatives.push_back(members[order[i]]);
  }
  return summary;
}

}  // namespace detail

template <std::floating_point T>
std::vector<ClusterSummary<T>> summarize_clusters(const Points<T>& points, std::span<const std::int32_t> labels,
                                                  const SummaryOptions& options) {
  if (!(options.diversity >= 0 && options.diversity <= 1))
    throw Error(ErrorKind::invalid_argument,
                {.field = "diversity", .expected = "0 to 1", .found = std::to_string(options.diversity)});
  detail::require_squares(points, "points");
  const std::vector<std::vector<std::size_t>> members = detail::members_of(labels, points.rows());
  const std::shared_ptr<Executor> executor = detail::executor_of(options.run);
  std::vector<ClusterSummary<T>> summaries(members.size());
  constexpr std::size_t kTogether = 64;  // between two reports
  for (std::size_t first = 0; first < members.size(); first += kTogether) {
    if (options.run.progress) options.run.progress({first, members.size(), 0});
    parallel_for(*executor, std::min(kTogether, members.size() - first), [&](std::size_t i, std::size_t) {
      summaries[first + i] = detail::summarize_cluster(points, members[first + i], options);
    });
  }
  if (options.run.progress) options.run.progress({members.size(), members.size(), 0});
  return summaries;
}

#if defined(GLOSSA_IMPLEMENTATION)
template std::vector<ClusterSummary<float>> summarize_clusters(const Points<float>&, std::span<const std::int32_t>,
                                                               const SummaryOptions&);
template std::vector<ClusterSummary<double>> summarize_clusters(const Points<double>&, std::span<const std::int32_t>,
                                                                const SummaryOptions&);
#endif

}  // namespace glossa
