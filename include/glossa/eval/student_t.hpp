// A correlation and how many pairs it is of come in; how likely one as large is by chance goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace glossa::detail {

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by the method of Lentz as Thompson & Barnett
/// (1986) have it. It converges quickly for x below (a + 1)/(a + b + 2), in some √max(a, b) steps.
[[nodiscard]] inline double beta_fraction(double a, double b, double x) noexcept {
  constexpr double kTiny = 1e-300;  // stands for a denominator of 0
  const auto not_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double value = d;
  for (double m = 1; m < 1e5; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (const double part : {even, odd}) {
      d = 1 / not_zero(1 + part * d);
      c = not_zero(1 + part / c);
      value *= c * d;
    }
    if (std::abs(c * d - 1) < std::numeric_limits<double>::epsilon()) break;
  }
  return value;
}

/// 1/B(freedom/2, 1/2), B being the beta function: from that of one or two degrees, two more at a time.
[[nodiscard]] inline double inverse_half_beta(std::size_t freedom) noexcept {
  double value = freedom % 2 == 1 ? std::numbers::inv_pi : 0.5;
  for (std::size_t n = freedom % 2 == 1 ? 1 : 2; n < freedom; n += 2)
    value *= static_cast<double>(n + 1) / static_cast<double>(n);
  return value;
}

/// The share of Student's t distribution that is as far from 0 as r·√(freedom/(1 - r²)): the regularised incomplete
/// beta function of 1 - r², with freedom/2 and 1/2.
[[nodiscard]] inline double student_tails(double r, std::size_t freedom) {
  const double a = static_cast<double>(freedom) / 2;
  const double x = (1 - r) * (1 + r);
  const double front = std::pow(x, a) * std::abs(r) * inverse_half_beta(freedom);
  const double share =
      x < (a + 1) / (a + 2.5) ? front / a * beta_fraction(a, 0.5, x) : 1 - front / 0.5 * beta_fraction(0.5, a, r * r);
  return std::clamp(share, 0.0, 1.0);
}

}  // namespace glossa::detail
