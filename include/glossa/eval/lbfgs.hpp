// A smooth function comes in; where it is smallest goes out.
#pragma once

#include <glossa/eval/line_search.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The value at x; writes the gradient there.
using Objective = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct LbfgsOptions {
  std::size_t iterations = 100;
  std::size_t memory = 10;  // steps that curvature is remembered of
  std::size_t line_steps = 50;
  double gradient_tolerance = 1e-4;                                      // of the largest element
  double value_tolerance = 64 * std::numeric_limits<double>::epsilon();  // of an iteration, relative to max(1, |value|)
};

struct LbfgsResult {
  double value = 0;
  std::size_t iterations = 0;
  bool converged = false;
};

/// L-BFGS (Liu & Nocedal 1989) with the line search of Moré & Thuente, as L-BFGS-B 3.0 (Zhu, Byrd, Lu & Nocedal 1997;
/// SciPy's) goes without bounds: the same first step, skipped updates and restarts, so the same way but for rounding.
class Lbfgs {
 public:
  Lbfgs(const Objective& objective, const LbfgsOptions& options) : objective_(objective), options_(options) {}

  /// x: where to start; then the best found.
  LbfgsResult minimize(std::vector<double>& x) {
    gradient_.resize(x.size());
    value_ = objective_(x, gradient_);
    LbfgsResult result;
    result.converged = is_flat();
    while (!result.converged && result.iterations < options_.iterations) {
      const double before = value_;
      if (!step(x, result.iterations == 0)) {
        if (pairs_.empty()) break;  // downhill is up: what rounding leaves
        pairs_.clear();
        continue;
      }
      ++result.iterations;
      const double scale = std::max({std::abs(before), std::abs(value_), 1.0});
      result.converged = is_flat() || before - value_ <= options_.value_tolerance * scale;
    }
    result.value = value_;
    return result;
  }

 private:
  /// A step, how it changed the gradient, and their product.
  struct Pair {
    std::vector<double> step;
    std::vector<double> change;
    double product;
  };

  [[nodiscard]] static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  }
  static void add(std::vector<double>& to, double factor, const std::vector<double>& what) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * what[i];
  }

  [[nodiscard]] bool is_flat() const {
    return std::all_of(gradient_.begin(), gradient_.end(),
                       [&](double value) { return std::abs(value) <= options_.gradient_tolerance; });
  }

  /// The gradient, turned and stretched by the inverse of what is known of the curvature (the two loops).
  [[nodiscard]] std::vector<double> direction() const {
    std::vector<double> d = gradient_;
    std::vector<double> shares(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      shares[i] = dot(pairs_[i].step, d) / pairs_[i].product;
      add(d, -shares[i], pairs_[i].change);
    }
    if (!pairs_.empty()) {
      const double scale = pairs_.back().product / dot(pairs_.back().change, pairs_.back().change);
      for (double& value : d) value *= scale;
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      add(d, shares[i] - dot(pairs_[i].change, d) / pairs_[i].product, pairs_[i].step);
    for (double& value : d) value = -value;
    return d;
  }

  /// One iteration. False where no step is lower: nothing is changed then.
  bool step(std::vector<double>& x, bool is_first) {
    std::vector<double> d = direction();
    const double slope = dot(gradient_, d);
    if (!(slope < 0)) return false;
    LineSearch search(value_, slope, is_first ? std::min(1 / std::sqrt(dot(d, d)), 1e10) : 1.0);
    std::vector<double> at(x.size());
    std::vector<double> gradient(x.size());
    for (std::size_t tries = 0; tries < options_.line_steps; ++tries) {
      const double length = search.step();
      for (std::size_t i = 0; i < x.size(); ++i) at[i] = x[i] + length * d[i];
      const double value = objective_(at, gradient);
      const double new_slope = dot(gradient, d);
      if (!std::isfinite(value) || !std::isfinite(new_slope)) return false;
      if (!search.ends(value, new_slope)) continue;
      std::vector<double> change = gradient;
      add(change, -1, gradient_);
      for (double& part : d) part *= length;
      const double product = (new_slope - slope) * length;
      if (product > std::numeric_limits<double>::epsilon() * -slope * length) {
        pairs_.push_back({std::move(d), std::move(change), product});
        if (pairs_.size() > options_.memory) pairs_.pop_front();
      }
      x.swap(at);
      gradient_.swap(gradient);
      value_ = value;
      return true;
    }
    return false;
  }

  const Objective& objective_;
  LbfgsOptions options_;
  std::deque<Pair> pairs_;  // oldest first
  std::vector<double> gradient_;
  double value_ = 0;
};

}  // namespace glossa::detail
