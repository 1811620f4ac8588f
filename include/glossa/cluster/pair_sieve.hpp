// A distance that pairs of vectors must not exceed comes in; what a product of rounded sums says of a pair goes out.
#pragma once

#include <glossa/cluster/pair_distance.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <vector>

namespace glossa::detail {

/// A bound on a pair's product: constant + factor · weight of the other vector.
template <class T>
struct ProductLimit {
  T constant;
  T factor;
};

/// How far a sum of `dims` products in T, in any order and with or without fused operations, may be from the true one,
/// as a part of the two lengths' product (Higham 2002, section 3.1), with room for the rounding of what it is compared
/// with.
template <class T>
[[nodiscard]] constexpr double product_error(std::size_t dims) noexcept {
  return 2 * (static_cast<double>(dims) + 16) * (static_cast<double>(std::numeric_limits<T>::epsilon()) / 2);
}

/// Whether one of kWidth products is not below the limit.
template <class T, std::size_t kWidth>
[[nodiscard]] inline bool some_reach(const T* products, const T* weights, ProductLimit<T> limit) noexcept {
  int some = 0;
  for (std::size_t i = 0; i < kWidth; ++i)
    some |= static_cast<int>(!(products[i] < limit.constant + limit.factor * weights[i]));
  return some != 0;
}

/// The number in T that is next to `value`, within T's range.
template <class T>
[[nodiscard]] constexpr T narrowed(double value) noexcept {
  constexpr double kMost = static_cast<double>(std::numeric_limits<T>::max());
  return static_cast<T>(value > kMost ? kMost : value < -kMost ? -kMost : value);
}

/// Whether T can hold products with a vector of this squared length, to within product_error().
template <class T>
[[nodiscard]] bool is_ordinary(double square, std::size_t dims) noexcept {
  const double least = 1e13 * static_cast<double>(std::numeric_limits<T>::min());
  const double most = 1e-8 * static_cast<double>(std::numeric_limits<T>::max());
  return square > least && square < most && product_error<T>(dims) < 1e-2;
}

/// What a vector's product with others is weighed with: its length for cosines, its square for Euclidean distances. NaN
/// where a Number cannot hold products with the vector: all comparisons with a NaN fail, and double decides.
template <class Number, class T>
[[nodiscard]] Number pair_weight(const PairDistance<T>& distance, std::size_t i) noexcept {
  if (!is_ordinary<Number>(distance.square(i), distance.points().dims()))
    return std::numeric_limits<Number>::quiet_NaN();
  return narrowed<Number>(distance.metric() == Metric::cosine ? distance.length(i) : distance.square(i));
}

/// Tells pairs that are within a distance from those that are not by products that are Numbers, as far as these can
/// tell.
template <std::floating_point T, std::floating_point Number = T>
class PairSieve {
 public:
  PairSieve(const PairDistance<T>& distance, double limit)
      : distance_(distance), limit_(limit), error_(product_error<Number>(distance.points().dims())) {
    weights_.reserve(distance.rows());
    for (std::size_t i = 0; i < distance.rows(); ++i) weights_.push_back(pair_weight<Number>(distance, i));
  }

  /// Of every vector.
  [[nodiscard]] const Number* weights() const noexcept { return weights_.data(); }

  /// Products of vector i below this are of pairs that are farther apart.
  [[nodiscard]] ProductLimit<Number> out_below(std::size_t i) const noexcept { return limit(i, -error_); }
  /// Products of vector i from this on are of pairs that are not.
  [[nodiscard]] ProductLimit<Number> in_from(std::size_t i) const noexcept { return limit(i, error_); }

  /// What double says.
  [[nodiscard]] bool is_within(std::size_t i, std::size_t j) const noexcept { return distance_(i, j) <= limit_; }

 private:
  [[nodiscard]] ProductLimit<Number> limit(std::size_t i, double error) const noexcept {
    if (std::isnan(weights_[i])) return {weights_[i], weights_[i]};
    const double own = static_cast<double>(weights_[i]);
    if (distance_.metric() == Metric::cosine) {  // a·b >= (1 - limit) |a| |b|
      const double cosine = 1 - limit_;
      return {Number(0), narrowed<Number>((cosine + error * (1 + std::abs(cosine))) * own)};
    }
    // |a - b|² <= limit² where a·b >= (|a|² + |b|² - limit²) / 2.
    const double square = limit_ * limit_;
    return {narrowed<Number>((0.5 + error) * own - (0.5 - error) * square), narrowed<Number>(0.5 + error)};
  }

  const PairDistance<T>& distance_;
  double limit_;
  double error_;
  std::vector<Number> weights_;
};

}  // namespace glossa::detail
