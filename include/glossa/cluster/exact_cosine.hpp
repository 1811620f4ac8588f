// Two vectors come in; their cosine, and what rounding may have done to it, goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>

namespace glossa::detail {

/// That of vectors which are multiplied by powers of two first.
template <std::floating_point T>
[[nodiscard]] double scaled_cosine(std::span<const T> a, int a_power, std::span<const T> b, int b_power) noexcept {
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a_power == 0 ? static_cast<double>(a[i]) : std::ldexp(static_cast<double>(a[i]), a_power);
    const double y = b_power == 0 ? static_cast<double>(b[i]) : std::ldexp(static_cast<double>(b[i]), b_power);
    product += x * y;
    a_square += x * x;
    b_square += y * y;
  }
  const double lengths = std::sqrt(a_square) * std::sqrt(b_square);
  return lengths == 0 ? 0 : product / lengths;
}

/// By which power of two a vector is multiplied so that double holds sums of its squares; 0 for ordinary ones.
template <std::floating_point T>
[[nodiscard]] int unit_power(std::span<const T> vector) noexcept {
  double most = 0;
  for (const T value : vector) most = std::max(most, std::abs(static_cast<double>(value)));
  if (most == 0) return 0;
  const int power = std::ilogb(most);
  return power > -400 && power < 400 ? 0 : -power;
}

/// The cosine in double; 0 of a zero vector.
template <std::floating_point T>
[[nodiscard]] double exact_cosine(std::span<const T> a, std::span<const T> b) noexcept {
  if constexpr (std::same_as<T, float>) return scaled_cosine(a, 0, b, 0);  // squares are numbers of double
  return scaled_cosine(a, unit_power(a), b, unit_power(b));
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
