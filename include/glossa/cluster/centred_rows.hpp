// Vectors and the group of each come in; unit vectors without their group's mean go out, group by group.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/scale_to_unit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace glossa::detail {

/// A copy of some vectors, made unit length, centred by group and made unit length again. The mean of a language is
/// what all its texts have in common, the language itself: without it, what the texts say is left. The mean of a few
/// texts is not that: it is drawn towards the mean of all groups, and that towards zero, by the weight of kPrior texts.
template <std::floating_point T>
class CentredRows {
 public:
  /// rows: of `points`; groups: of each of those, below `count`.
  CentredRows(const Points<T>& points, std::span<const std::size_t> rows, std::span<const std::size_t> groups,
              std::size_t count)
      : dims_(points.dims()), values_(rows.size() * points.dims()), rows_(rows.size()), begin_(count + 1) {
    for (const std::size_t group : groups) ++begin_[group + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t place = next[groups[i]]++;
      rows_[place] = rows[i];
      const std::span<const T> from = points[rows[i]];
      std::copy(from.begin(), from.end(), row(place));
      scale_to_unit(unit(place));
    }
    const std::vector<double> prior = mean_of(0, rows.size(), std::vector<double>(dims_));
    for (std::size_t group = 0; group < count; ++group) centre(begin_[group], begin_[group + 1], prior);
  }

  [[nodiscard]] std::size_t groups() const noexcept { return begin_.size() - 1; }
  /// The vectors of one group.
  [[nodiscard]] Points<T> group(std::size_t i) const noexcept {
    return {values_.data() + begin_[i] * dims_, begin_[i + 1] - begin_[i], dims_};
  }
  /// Those of all groups, one after another.
  [[nodiscard]] Points<T> all() const noexcept { return {values_.data(), rows_.size(), dims_}; }
  /// Which row the i-th vector of a group was.
  [[nodiscard]] std::size_t row_of(std::size_t group, std::size_t i) const noexcept { return rows_[begin_[group] + i]; }

 private:
  [[nodiscard]] T* row(std::size_t i) noexcept { return values_.data() + i * dims_; }
  [[nodiscard]] std::span<T> unit(std::size_t i) noexcept { return {row(i), dims_}; }

  [[nodiscard]] std::vector<double> mean_of(std::size_t first, std::size_t end, const std::vector<double>& prior) {
    std::vector<double> mean(dims_);
    for (std::size_t i = first; i < end; ++i)
      for (std::size_t d = 0; d < dims_; ++d) mean[d] += static_cast<double>(row(i)[d]);
    for (std::size_t d = 0; d < dims_; ++d)
      mean[d] = (mean[d] + kPrior * prior[d]) / (static_cast<double>(end - first) + kPrior);
    return mean;
  }

  void centre(std::size_t first, std::size_t end, const std::vector<double>& prior) {
    const std::vector<double> mean = mean_of(first, end, prior);
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t d = 0; d < dims_; ++d) row(i)[d] = static_cast<T>(static_cast<double>(row(i)[d]) - mean[d]);
      scale_to_unit(unit(i));
    }
  }

  static constexpr double kPrior = 4;

  std::size_t dims_;
  std::vector<T> values_;
  std::vector<std::size_t> rows_;
  std::vector<std::size_t> begin_;
};

}  // namespace glossa::detail
