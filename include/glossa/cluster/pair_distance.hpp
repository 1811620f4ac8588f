// Two vectors of a set come in by their numbers; their distance goes out in double, which is what decides.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/core/error.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// Euclidean distance, or 1 - cosine. The cosine with a zero vector is 0, so that such a vector is at a distance of 1
/// from all others, other zero vectors among them. Vectors with the same elements are at distance 0, exactly.
template <std::floating_point T>
class PairDistance {
 public:
  /// Errors: `invalid_argument` for what require_finite() refuses, for other metrics, and for vectors (of doubles)
  /// whose squares, or those of differences, leave the range of doubles: those that are too long, all that are too
  /// short for cosines, and for Euclidean distances where even the longest is.
  PairDistance(const Points<T>& points, Metric metric, const std::string& caller) : points_(points), metric_(metric) {
    if (metric != Metric::cosine && metric != Metric::euclidean)
      throw Error(ErrorKind::invalid_argument,
                  {.field = caller + ".metric", .expected = "cosine or euclidean", .found = glossa::to_string(metric)});
    require_finite(points, caller.c_str());
    squares_.resize(points.rows());
    lengths_.resize(points.rows());
    for (std::size_t i = 0; i < points.rows(); ++i) {
      squares_[i] = dot(i, i);
      lengths_[i] = std::sqrt(squares_[i]);
      if (!std::isfinite(4 * squares_[i])) refuse(i, "long", caller);
      if (metric == Metric::cosine && is_too_short(i)) refuse(i, "short", caller);
    }
    const auto longest = std::max_element(squares_.begin(), squares_.end());
    if (metric == Metric::cosine || longest == squares_.end() || *longest >= kLeastSquare) return;
    for (std::size_t i = 0; i < points.rows(); ++i)
      if (is_too_short(i)) refuse(i, "short", caller);
  }

  [[nodiscard]] const Points<T>& points() const noexcept { return points_; }
  [[nodiscard]] Metric metric() const noexcept { return metric_; }
  [[nodiscard]] std::size_t rows() const noexcept { return points_.rows(); }
  [[nodiscard]] double square(std::size_t i) const noexcept { return squares_[i]; }
  [[nodiscard]] double length(std::size_t i) const noexcept { return lengths_[i]; }

  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const noexcept {
    if (metric_ == Metric::cosine) return 1 - cosine(i, j);
    const T* a = points_[i].data();
    const T* b = points_[j].data();
    double sum = 0;
    for (std::size_t k = 0; k < points_.dims(); ++k) {
      const double difference = static_cast<double>(a[k]) - static_cast<double>(b[k]);
      sum += difference * difference;
    }
    return std::sqrt(sum);
  }

  [[nodiscard]] double cosine(std::size_t i, std::size_t j) const noexcept {
    if (squares_[i] == 0 || squares_[j] == 0) return 0;
    const double product = dot(i, j);
    if (product == squares_[i] && product == squares_[j]) return 1;
    return std::clamp(product / (lengths_[i] * lengths_[j]), -1.0, 1.0);
  }

 private:
  static constexpr double kLeastSquare = 1e-270;

  [[nodiscard]] bool is_too_short(std::size_t i) const noexcept {
    const std::span<const T> row = points_[i];
    return squares_[i] < kLeastSquare && std::any_of(row.begin(), row.end(), [](T value) { return value != 0; });
  }
  [[noreturn]] static void refuse(std::size_t i, const std::string& what, const std::string& caller) {
    throw Error(ErrorKind::invalid_argument, {.field = caller,
                                              .problem = "vector " + std::to_string(i) + " is too " + what,
                                              .expected = "numbers whose squares are numbers",
                                              .remedy = "scale the vectors"});
  }

  [[nodiscard]] double dot(std::size_t i, std::size_t j) const noexcept {
    const T* a = points_[i].data();
    const T* b = points_[j].data();
    double sum = 0;
    for (std::size_t k = 0; k < points_.dims(); ++k) sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    return sum;
  }

  Points<T> points_;
  Metric metric_;
  std::vector<double> squares_;
  std::vector<double> lengths_;
};

}  // namespace glossa::detail
