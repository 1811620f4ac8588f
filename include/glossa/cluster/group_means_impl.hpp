// Definitions of subtract_group_means; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/group_means.hpp>
#include <glossa/cluster/second_moments.hpp>
#include <glossa/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {
namespace detail {

/// A zero vector stays one.
template <std::floating_point T>
void scale_to_unit(std::span<T> row) noexcept {
  double square = 0;
  for (const T value : row) square += static_cast<double>(value) * static_cast<double>(value);
  if (square == 0) return;
  const double scale = 1 / std::sqrt(square);
  for (T& value : row) value = static_cast<T>(static_cast<double>(value) * scale);
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
  if (!(options.weight_of_all >= 0) || !std::isfinite(options.weight_of_all))
    throw Error(ErrorKind::invalid_argument,
                {.field = "weight_of_all", .expected = "at least 0", .found = std::to_string(options.weight_of_all)});
  const std::size_t dims = points.dims();
  std::vector<T> rows(points.values().begin(), points.values().end());
  const auto row = [&](std::size_t i) { return std::span<T>(rows).subspan(i * dims, dims); };
  if (options.unit_length)
    for (std::size_t i = 0; i < groups.size(); ++i) detail::scale_to_unit(row(i));

  struct Group {
    double count = 0;
    std::vector<double> sum;
  };
  std::unordered_map<std::string_view, Group> sums;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    Group& group = sums[groups[i]];
    group.sum.resize(dims);
    ++group.count;
    for (std::size_t j = 0; j < dims; ++j) group.sum[j] += static_cast<double>(row(i)[j]);
  }
  const std::vector<double> mean = detail::mean_of(Points<T>(rows.data(), groups.size(), dims));
  for (auto& [name, group] : sums)
    for (std::size_t j = 0; j < dims; ++j)
      group.sum[j] = (group.sum[j] + options.weight_of_all * mean[j]) / (group.count + options.weight_of_all);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::vector<double>& own = sums[groups[i]].sum;
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
