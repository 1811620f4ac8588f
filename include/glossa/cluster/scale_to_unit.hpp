// A vector comes in; the same with length 1 goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>

namespace glossa::detail {

/// Scales a vector to length 1; false where it is zero and stays what it is.
template <std::floating_point T>
bool scale_to_unit(std::span<T> values) noexcept {
  const auto length_of = [&] {
    double square = 0;
    for (const T value : values) square += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(square);
  };
  double length = length_of();
  if (!(length > 1e-140 && length < 1e140)) {  // squares of double may not have been numbers of double
    double most = 0;
    for (const T value : values) most = std::max(most, std::abs(static_cast<double>(value)));
    if (most == 0) return false;
    for (T& value : values) value = static_cast<T>(static_cast<double>(value) / most);
    length = length_of();
  }
  for (T& value : values) value = static_cast<T>(static_cast<double>(value) / length);
  return true;
}

}  // namespace glossa::detail
