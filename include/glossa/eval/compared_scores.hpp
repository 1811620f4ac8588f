// Two scores of one thing, and how sure it is that they differ.
#pragma once

#include <glossa/eval/bootstrap.hpp>

#include <limits>

namespace glossa {

/// Of run b against run a.
struct ComparedScores {
  double a = 0;
  double b = 0;
  double difference = 0;  ///< b - a; NaN where one of them has no score
  /// Of the difference, by bootstrap; NaN where it is not tested, as p is.
  Interval interval{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  double p = std::numeric_limits<double>::quiet_NaN();           ///< two-sided, by sign flips
  double adjusted_p = std::numeric_limits<double>::quiet_NaN();  ///< as one of all tests of its kind (Holm 1979)
  bool significant = false;                                      ///< adjusted_p is below ComparisonOptions::level
};

}  // namespace glossa
