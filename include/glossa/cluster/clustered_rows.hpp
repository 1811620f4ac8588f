// Vectors and labels come in; the rows of each cluster go out, with their means.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/require_squares.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// The rows that are not noise, cluster by cluster; clusters are numbered from 0 on without gaps.
template <class T>
class ClusteredRows {
 public:
  /// some: the rows that are looked at. Errors: see cluster_quality.hpp.
  ClusteredRows(const Points<T>& points, std::span<const std::int32_t> labels, std::span<const std::uint32_t> some)
      : points_(points) {
    std::vector<std::int32_t> names;
    for (const std::uint32_t row : some)
      if (labels[row] != kNoise) names.push_back(labels[row]);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    begin_.assign(names.size() + 1, 0);
    const auto cluster_of = [&](std::uint32_t row) {
      return static_cast<std::size_t>(std::lower_bound(names.begin(), names.end(), labels[row]) - names.begin());
    };
    for (const std::uint32_t row : some)
      if (labels[row] != kNoise) ++begin_[cluster_of(row) + 1];
    for (std::size_t c = 0; c < names.size(); ++c) begin_[c + 1] += begin_[c];
    rows_.resize(begin_.back());
    clusters_.resize(begin_.back());
    std::vector<std::size_t> next = begin_;
    for (const std::uint32_t row : some) {
      if (labels[row] == kNoise) continue;
      const std::size_t cluster = cluster_of(row);
      clusters_[next[cluster]] = static_cast<std::uint32_t>(cluster);
      rows_[next[cluster]++] = row;
    }
    if (clusters() < 2 || clusters() >= rows_.size())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "labels",
                   .expected = "two clusters or more, and fewer than vectors that are not noise",
                   .found = std::to_string(clusters()) + " of " + std::to_string(rows_.size()) + " vectors"});
  }

  [[nodiscard]] std::size_t clusters() const noexcept { return begin_.size() - 1; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t size(std::size_t cluster) const noexcept { return begin_[cluster + 1] - begin_[cluster]; }
  /// Where a cluster's rows begin; that of clusters() is where all end.
  [[nodiscard]] std::size_t begin(std::size_t cluster) const noexcept { return begin_[cluster]; }
  /// The number that row `at` of these has in the points, its cluster and its values.
  [[nodiscard]] std::uint32_t row(std::size_t at) const noexcept { return rows_[at]; }
  [[nodiscard]] std::size_t cluster(std::size_t at) const noexcept { return clusters_[at]; }
  [[nodiscard]] std::span<const T> operator[](std::size_t at) const noexcept { return points_[rows_[at]]; }

  /// The mean of each cluster, [clusters, dims], in double.
  [[nodiscard]] std::vector<double> means(const RunTools<T>& tools) const {
    const std::size_t dims = points_.dims();
    std::vector<double> means(clusters() * dims);
    tools.for_each(clusters(), [&](std::size_t c, std::size_t) {
      double* mean = means.data() + c * dims;
      for (std::size_t at = begin(c); at < begin(c + 1); ++at) add_row((*this)[at], mean);
      for (std::size_t i = 0; i < dims; ++i) mean[i] /= static_cast<double>(size(c));
    });
    return means;
  }

 private:
  Points<T> points_;
  std::vector<std::size_t> begin_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> clusters_;
};

/// Errors: see cluster_quality.hpp.
template <class T>
void require_labels(const Points<T>& points, std::span<const std::int32_t> labels) {
  require_squares(points, "points");
  if (points.dims() == 0 && !points.empty())
    throw Error(ErrorKind::invalid_argument, {.field = "points", .expected = "one dimension or more", .found = "0"});
  if (labels.size() != points.rows())
    throw Error(ErrorKind::invalid_argument,
                {.field = "labels",
                 .expected = "one for each of " + std::to_string(points.rows()) + " vectors",
                 .found = std::to_string(labels.size())});
  const auto wrong = std::find_if(labels.begin(), labels.end(), [](std::int32_t label) { return label < kNoise; });
  if (wrong != labels.end())
    throw Error(ErrorKind::invalid_argument,
                {.field = "labels", .expected = "-1 for noise, or 0 and up", .found = std::to_string(*wrong)});
}

}  // namespace glossa::detail
