// A query and the score that a row has to reach come in; what floats must say of a row that cannot reach it goes out.
#pragma once

#include <glossa/search/metric.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// Rules out rows by a sum of floats: their product with the query or, for Metric::manhattan, their distance. A sum of
/// n products of floats, in any order and with or without fused operations, errs by less than n·u / (1 - n·u) times
/// Σ |a·b| <= |a|·|b| (Higham 2002, section 3.1; u = 2^-24), so what is farther than that below the limit is below it
/// in double as well.
class Sieve {
 public:
  Sieve(std::span<const float> query, Metric metric)
      : metric_(metric), error_(error_of(query.size())), length_(std::sqrt(exact_dot(query, query))) {}

  /// A row is out where its sum is below constant + by_length·|row| + by_square·|row|²; a distance, where it is above
  /// the constant.
  struct Limit {
    float constant;
    float by_length;
    float by_square;
  };

  /// For rows that must score `threshold` or more. Errs on the side of letting rows in.
  [[nodiscard]] Limit limit(double threshold) const noexcept {
    const bool distance = metric_ == Metric::manhattan;
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const bool usable = length_ < 1e15 && (length_ > 1e-15 || length_ == 0) && error_ < 1e-2;
    if (!usable || !(threshold > -std::numeric_limits<double>::infinity()))
      return {distance ? kInfinity : -kInfinity, 0, 0};
    // Twice: it also pays for the rounding of the limit itself, and of a row's length.
    const double slack = 2 * error_;
    const double tiny = 1e-30 * (1 + length_);  // of products that are too small for floats
    const double lower = threshold - slack * std::abs(threshold) - tiny;
    switch (metric_) {
      case Metric::dot: return {down(lower), down(-slack * length_), 0};
      case Metric::euclidean: {
        // |q - x|² <= t² where q·x >= (|q|² - t²) / 2 + |x|² / 2.
        const double own = length_ * length_;
        const double most = threshold * threshold;
        return {down((own - most) / 2 - slack * (own + most) - tiny), down(-slack * length_), down(0.5 - slack)};
      }
      case Metric::manhattan: return {-down(lower), 0, 0};
      default: return {down(-tiny), down(threshold * length_ - slack * length_ * (1 + std::abs(threshold))), 0};
    }
  }

 private:
  static double error_of(std::size_t size) noexcept { return (static_cast<double>(size) + 16) * std::ldexp(1.0, -24); }

  /// A float that is not larger.
  static float down(double value) noexcept {
    const auto rounded = static_cast<float>(value);
    return static_cast<double>(rounded) > value ? std::nextafter(rounded, -std::numeric_limits<float>::infinity())
                                                : rounded;
  }

  Metric metric_;
  double error_;
  double length_;
};

/// The limits of many queries, side by side for the processor's vectors.
class SieveLimits {
 public:
  void resize(std::size_t queries) {
    constants_.resize(queries);
    by_length_.resize(queries);
    by_square_.resize(queries);
  }
  void set(std::size_t query, const Sieve::Limit& limit) noexcept {
    constants_[query] = limit.constant;
    by_length_[query] = limit.by_length;
    by_square_[query] = limit.by_square;
  }

  /// Whether a distance says that the row is out. Not where it is NaN.
  [[nodiscard]] bool rules_out_distance(std::size_t query, float sum) const noexcept { return sum > constants_[query]; }

  /// Whether a row with this Σ row² is out for all queries [first, first + count), of which sums [count] are the
  /// products. Not where something is NaN.
  [[nodiscard]] bool rules_out(std::size_t first, std::size_t count, const float* sums, float square) const noexcept {
    if (!is_ordinary(square)) return false;
    const float length = std::sqrt(square);
    const float* constants = constants_.data() + first;
    const float* by_length = by_length_.data() + first;
    const float* by_square = by_square_.data() + first;
    int in = 0;
    for (std::size_t q = 0; q < count; ++q)
      in |= static_cast<int>(!(sums[q] < constants[q] + by_length[q] * length + by_square[q] * square));
    return in == 0;
  }

 private:
  /// Whether floats hold the row's products and squares without leaving their range; a zero vector's are exact.
  static bool is_ordinary(float square) noexcept { return square > 1e-25F && square < 1e30F; }

  std::vector<float> constants_;
  std::vector<float> by_length_;
  std::vector<float> by_square_;
};

}  // namespace glossa::detail
