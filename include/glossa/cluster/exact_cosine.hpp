// Two vectors come in; their cosine, and what rounding may have done to it, goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>

namespace glossa::detail {

/// That of vectors which are multiplied by numbers of their own first.
template <std::floating_point T>
[[nodiscard]] double scaled_cosine(std::span<const T> a, double a_scale, std::span<const T> b,
                                   double b_scale) noexcept {
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]) * a_scale;
    const double y = static_cast<double>(b[i]) * b_scale;
    product += x * y;
    a_square += x * x;
    b_square += y * y;
  }
  const double lengths = std::sqrt(a_square) * std::sqrt(b_square);
  return lengths == 0 ? 0 : product / lengths;
}

/// 1 over the largest element; 0 of a zero vector.
template <std::floating_point T>
[[nodiscard]] double inverse_most(std::span<const T> vector) noexcept {
  double most = 0;
  for (const T value : vector) most = std::max(most, std::abs(static_cast<double>(value)));
  return most == 0 ? 0 : 1 / most;
}

/// The cosine in double; 0 of a zero vector.
template <std::floating_point T>
[[nodiscard]] double exact_cosine(std::span<const T> a, std::span<const T> b) noexcept {
  if constexpr (std::same_as<T, float>) return scaled_cosine(a, 1, b, 1);  // squares are numbers of double
  return scaled_cosine(a, inverse_most(a), b, inverse_most(b));
}

/// By how much a cosine of T may differ from the one in double, twice.
template <std::floating_point T>
[[nodiscard]] T cosine_error(std::size_t dims) noexcept {
  return (static_cast<T>(dims) + 16) * std::numeric_limits<T>::epsilon();
}

/// A cosine that rounding has left a little below a threshold gets a chance to be computed in double.
template <std::floating_point T>
[[nodiscard]] T lenient(double threshold, std::size_t dims) noexcept {
  return static_cast<T>(threshold) - cosine_error<T>(dims);
}

}  // namespace glossa::detail
