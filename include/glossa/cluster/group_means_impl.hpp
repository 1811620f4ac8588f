// Definitions of subtract_group_means; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/group_means.hpp>
#include <glossa/cluster/scale_to_unit.hpp>
#include <glossa/cluster/second_moments.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {
namespace detail {

struct GroupMean {
  double count = 0;
  std::vector<double> values;
};

/// The variance within groups over that between groups, by the analysis of variance; infinite where groups differ no
/// more than chance would have it, or where each is of one vector.
template <std::floating_point T>
[[nodiscard]] double weight_of_all(const Points<T>& points, const std::vector<std::size_t>& group_of,
                                   const std::vector<GroupMean>& means, const std::vector<double>& mean) {
  const auto rows = static_cast<double>(points.rows());
  const auto groups = static_cast<double>(means.size());
  double within = 0;
  std::vector<double> row(points.dims());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    row.assign(points[i].begin(), points[i].end());
    within += squared_distance<double, double>(row, means[group_of[i]].values);
  }
  within /= std::max(rows - groups, 1.0);
  double between = 0;
  double squares = 0;
  for (const GroupMean& group : means) {
    between += group.count * squared_distance<double, double>(group.values, mean);
    squares += group.count * group.count;
  }
  between = (between - (groups - 1) * within) / (rows - squares / std::max(rows, 1.0));
  const bool is_known = rows > groups && groups > 1 && between > 0;
  return is_known ? within / between : std::numeric_limits<double>::infinity();
}

}  // namespace detail

template <std::floating_point T>
std::vector<T> subtract_group_means(const Points<T>& points, std::span<const std::string_view> groups,
                                    const GroupMeansOptions& options) {
  detail::require_finite(points, "points");
  if (groups.size() != points.rows())
    throw Error(ErrorKind::invalid_argument, {.field = "groups",
                                              .expected = std::to_string(points.rows()) + ", one a vector",
                                              .found = std::to_string(groups.size())});
  if (options.weight_of_all && (!(*options.weight_of_all >= 0) || !std::isfinite(*options.weight_of_all)))
    throw Error(ErrorKind::invalid_argument,
                {.field = "weight_of_all", .expected = "at least 0", .found = std::to_string(*options.weight_of_all)});
  const std::size_t dims = points.dims();
  std::vector<T> rows(points.values().begin(), points.values().end());
  const auto row = [&](std::size_t i) { return std::span<T>(rows).subspan(i * dims, dims); };
  if (options.unit_length)
    for (std::size_t i = 0; i < groups.size(); ++i) detail::scale_to_unit(row(i));

  std::unordered_map<std::string_view, std::size_t> numbers;  // in the order of their first vectors
  std::vector<std::size_t> group_of;
  std::vector<detail::GroupMean> means;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    group_of.push_back(numbers.emplace(groups[i], means.size()).first->second);
    if (group_of[i] == means.size()) means.push_back({0, std::vector<double>(dims)});
    detail::GroupMean& group = means[group_of[i]];
    ++group.count;
    for (std::size_t j = 0; j < dims; ++j) group.values[j] += static_cast<double>(row(i)[j]);
  }
  for (detail::GroupMean& group : means)
    for (double& value : group.values) value /= group.count;
  const Points<T> scaled(rows.data(), groups.size(), dims);
  const std::vector<double> mean = detail::mean_of(scaled);
  const double weight =
      options.weight_of_all ? *options.weight_of_all : detail::weight_of_all(scaled, group_of, means, mean);
  for (detail::GroupMean& group : means)
    for (std::size_t j = 0; j < dims; ++j)
      group.values[j] =
          std::isinf(weight) ? mean[j] : (group.count * group.values[j] + weight * mean[j]) / (group.count + weight);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::vector<double>& own = means[group_of[i]].values;
    for (std::size_t j = 0; j < dims; ++j) row(i)[j] = static_cast<T>(static_cast<double>(row(i)[j]) - own[j]);
    if (options.unit_length) detail::scale_to_unit(row(i));
  }
  return rows;
}

#if defined(GLOSSA_IMPLEMENTATION)
template std::vector<float> subtract_group_means(const Points<float>&, std::span<const std::string_view>,
                                                 const GroupMeansOptions&);
template std::vector<double> subtract_group_means(const Points<double>&, std::span<const std::string_view>,
                                                  const GroupMeansOptions&);
#endif

}  // namespace glossa
