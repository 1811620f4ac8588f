// Vectors come in; the same times a power of two go out, so that their squares stay in the range of numbers.
#pragma once

#include <glossa/cluster/points.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

/// The largest by magnitude; 0 of none.
template <std::floating_point T>
[[nodiscard]] double largest_of(std::span<const T> values) noexcept {
  constexpr std::size_t kLanes = 16;  // in loops of constant length, which gcc turns into SIMD
  T lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const T value = std::abs(values[i + lane]);
      lanes[lane] = value > lanes[lane] ? value : lanes[lane];
    }
  for (; i < values.size(); ++i) lanes[0] = std::max(lanes[0], std::abs(values[i]));
  return static_cast<double>(*std::max_element(lanes, lanes + kLanes));
}

/// By which power of two numbers, of which `largest` is the largest, are multiplied to lie where T holds sums of very
/// many of their squares, and squares of numbers that are far smaller. 0 where they lie there, as ordinary ones do.
[[nodiscard]] inline int scaling_power(double largest) noexcept {
  constexpr int kLeast = -16;
  constexpr int kMost = 43;
  if (largest == 0) return 0;
  const int power = std::ilogb(largest);
  return power >= kLeast && power <= kMost ? 0 : kMost - power;
}

template <std::floating_point T>
[[nodiscard]] int scaling_power(const Points<T>& points) noexcept {
  return scaling_power(largest_of(points.values()));
}

/// Vectors times 2^power, which are copied for that.
template <std::floating_point T>
class ScaledPoints {
 public:
  ScaledPoints(const Points<T>& points, int power) : points_(points) {
    if (power == 0) return;
    values_.reserve(points.values().size());
    for (const T value : points.values()) values_.push_back(std::ldexp(value, power));
    points_ = Points<T>(values_.data(), points.rows(), points.dims());
  }
  ScaledPoints(const ScaledPoints&) = delete;
  ScaledPoints& operator=(const ScaledPoints&) = delete;

  [[nodiscard]] const Points<T>& points() const noexcept { return points_; }

 private:
  std::vector<T> values_;
  Points<T> points_;
};

}  // namespace glossa::detail
