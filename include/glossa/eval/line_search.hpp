// Values and slopes along a line come in; the next step to try goes out, until one is good enough.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace glossa::detail {

/// A function of one number at a step: its value and its slope.
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;
};

/// Where the cubic through two points with their slopes has its minimum, as a share of the way from `from` to `to`.
/// Not a number where it has none.
[[nodiscard]] inline double cubic_minimum(const LinePoint& from, const LinePoint& to, bool allow_none = false) {
  const double theta = 3 * (from.value - to.value) / (to.step - from.step) + from.slope + to.slope;
  const double scale = std::max({std::abs(theta), std::abs(from.slope), std::abs(to.slope)});
  double inside = (theta / scale) * (theta / scale) - (from.slope / scale) * (to.slope / scale);
  if (allow_none) inside = std::max(inside, 0.0);
  double gamma = scale * std::sqrt(inside);
  if (to.step < from.step) gamma = -gamma;
  if (allow_none && gamma == 0) return std::numeric_limits<double>::quiet_NaN();
  return (gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope);
}

/// The line search of Moré & Thuente (1994), with the constants that L-BFGS-B has: it ends at a step that lowers the
/// value by 1e-3 of what the slope at 0 promises, and the slope to 0.9 of that one (the strong Wolfe conditions).
class LineSearch {
 public:
  /// slope: at 0, negative. step: to try first.
  LineSearch(double value, double slope, double step) : start_{0, value, slope}, best_(start_), other_(start_) {
    step_ = step;
    high_ = 5 * step;
  }

  [[nodiscard]] double step() const noexcept { return step_; }

  /// Value and slope at step(). True where the search ends there, else step() is the next one to try. It also ends
  /// where rounding, or the smallest bracket, leaves nothing better.
  [[nodiscard]] bool ends(double value, double slope) {
    const LinePoint trial{step_, value, slope};
    const double promised = kDecrease * start_.slope;
    const double allowed = start_.value + step_ * promised;
    if (first_stage_ && value <= allowed && slope >= 0) first_stage_ = false;
    if (value <= allowed && std::abs(slope) <= kCurvature * -start_.slope) return true;
    if (bracketed_ && (step_ <= low_ || step_ >= high_ || high_ - low_ <= kWidth * high_)) return true;
    if (step_ == kMostStep && value <= allowed && slope <= promised) return true;
    if (step_ == 0 && (value > allowed || slope >= promised)) return true;
    // As long as no step is low enough, the function less what is promised leads to one.
    if (first_stage_ && value <= best_.value && value > allowed) {
      LinePoint best = tilted(best_, -promised);
      LinePoint other = tilted(other_, -promised);
      choose(best, other, tilted(trial, -promised));
      best_ = tilted(best, promised);
      other_ = tilted(other, promised);
    } else {
      choose(best_, other_, trial);
    }
    narrow();
    return false;
  }

 private:
  static constexpr double kDecrease = 1e-3;
  static constexpr double kCurvature = 0.9;
  static constexpr double kWidth = 0.1;  // of a bracket, relative to its end
  static constexpr double kMostStep = 1e10;

  [[nodiscard]] static LinePoint tilted(const LinePoint& point, double by) noexcept {
    return {point.step, point.value + by * point.step, point.slope + by};
  }

  /// Chooses the next step, and which two points the minimum lies between: the paper's four cases.
  void choose(LinePoint& best, LinePoint& other, const LinePoint& trial) {
    const double to_trial = trial.step - best.step;
    const bool turns = trial.slope * (best.slope / std::abs(best.slope)) < 0;
    const double secant = trial.step + trial.slope / (trial.slope - best.slope) * (best.step - trial.step);
    double next = 0;
    if (trial.value > best.value) {  // higher: the minimum lies between
      const double cubic = best.step + cubic_minimum(best, trial) * to_trial;
      const double fall = (best.value - trial.value) / to_trial + best.slope;
      const double quadratic = best.step + best.slope / fall / 2 * to_trial;
      const bool is_nearer = std::abs(cubic - best.step) < std::abs(quadratic - best.step);
      next = is_nearer ? cubic : cubic + (quadratic - cubic) / 2;
      bracketed_ = true;
    } else if (turns) {  // lower, and the slope has turned: between, too
      const double cubic = trial.step - cubic_minimum(trial, best) * to_trial;
      next = std::abs(cubic - trial.step) > std::abs(secant - trial.step) ? cubic : secant;
      bracketed_ = true;
    } else if (std::abs(trial.slope) < std::abs(best.slope)) {  // lower, and flatter: further on
      next = flatter(best, other, trial, secant);
    } else if (bracketed_) {  // lower, and no flatter
      next = trial.step + cubic_minimum(trial, other) * (other.step - trial.step);
    } else {
      next = trial.step > best.step ? high_ : low_;
    }
    if (trial.value > best.value) {
      other = trial;
    } else {
      if (turns) other = best;
      best = trial;
    }
    step_ = next;
  }

  [[nodiscard]] double flatter(const LinePoint& best, const LinePoint& other, const LinePoint& trial,
                               double secant) const {
    const double share = cubic_minimum(trial, best, true);
    const double limit = trial.step > best.step ? high_ : low_;
    const double cubic = share < 0 ? trial.step + share * (best.step - trial.step) : limit;
    const bool is_nearer = std::abs(cubic - trial.step) < std::abs(secant - trial.step);
    if (!bracketed_) {
      const bool is_farther = std::abs(cubic - trial.step) > std::abs(secant - trial.step);
      return std::clamp(is_farther ? cubic : secant, low_, high_);
    }
    const double most = trial.step + 0.66 * (other.step - trial.step);
    const double next = is_nearer ? cubic : secant;
    return trial.step > best.step ? std::min(most, next) : std::max(most, next);
  }

  /// Halves a bracket that does not shrink, and tells the next limits.
  void narrow() {
    if (bracketed_) {
      const double width = std::abs(other_.step - best_.step);
      if (width >= 0.66 * width_before_last_) step_ = best_.step + (other_.step - best_.step) / 2;
      width_before_last_ = std::exchange(last_width_, width);
      std::tie(low_, high_) = std::minmax(best_.step, other_.step);
    } else {
      low_ = step_ + 1.1 * (step_ - best_.step);
      high_ = step_ + 4 * (step_ - best_.step);
    }
    step_ = std::clamp(step_, 0.0, kMostStep);
    if (bracketed_ && (step_ <= low_ || step_ >= high_ || high_ - low_ <= kWidth * high_)) step_ = best_.step;
  }

  LinePoint start_;
  LinePoint best_;   // the lowest so far
  LinePoint other_;  // where the minimum lies between the two, the other end
  double step_ = 0;
  double low_ = 0;  // the next step's limits
  double high_ = 0;
  double last_width_ = kMostStep;
  double width_before_last_ = 2 * kMostStep;
  bool bracketed_ = false;
  bool first_stage_ = true;
};

}  // namespace glossa::detail
