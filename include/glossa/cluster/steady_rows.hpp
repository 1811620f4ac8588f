// How far rows are from their centres and from all others, and how far centres move, come in; the rows that cannot have
// got another nearest centre go out.
#pragma once

#include <glossa/cluster/pair_sieve.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {

/// Hamerly's bounds (2010, "Making k-means even faster"): a row's distance to its own centre from above, and to the
/// nearest of the others from below. Two numbers a row; they tell all about the many rows deep inside of a cluster.
class SteadyRows {
 public:
  /// That they take.
  [[nodiscard]] static double bytes(std::size_t rows) noexcept { return static_cast<double>(rows) * 2 * sizeof(float); }

  /// Forgets all.
  void clear(std::size_t rows) {
    own_.assign(rows, std::numeric_limits<float>::infinity());
    others_.assign(rows, 0.0F);
    shifts_.clear();
  }

  /// Centres have moved so far since bounds were set or moved. No row of another label than then is asked for.
  void move(const std::vector<double>& shifts) {
    shifts_.clear();
    constexpr float kLeast = std::numeric_limits<float>::min();  // of one that is not 0
    for (const double shift : shifts)
      shifts_.push_back(shift > 0 ? std::max(narrowed<float>(shift * kAbove), kLeast) : 0);
    farthest_ = static_cast<std::size_t>(std::max_element(shifts_.begin(), shifts_.end()) - shifts_.begin());
    next_ = 0;
    for (std::size_t c = 0; c < shifts_.size(); ++c)
      if (c != farthest_) next_ = std::max(next_, shifts_[c]);
  }

  /// Whether a row's label has stayed right; asked once after each move(). Where not, the row is to be set, lowered or
  /// forgotten before the next.
  [[nodiscard]] bool is_steady(std::size_t row, std::int32_t label) noexcept {
    const auto c = static_cast<std::size_t>(label);
    const float own = (own_[row] + shifts_[c]) * kAboveFloat;
    const float others = (others_[row] - (c == farthest_ ? next_ : shifts_[farthest_])) * kBelowFloat;
    if (!(own < others)) return false;
    own_[row] = own;
    others_[row] = others;
    return true;
  }

  /// Whether something is known of a row, and its own centre has not moved: then only those that have can be nearer.
  [[nodiscard]] bool asks_only_moved(std::size_t row, std::int32_t label) const noexcept {
    return own_[row] < std::numeric_limits<float>::max() && shifts_[static_cast<std::size_t>(label)] == 0;
  }
  /// The square of a row's distance to a centre that has not moved, at most.
  [[nodiscard]] double own_square(std::size_t row) const noexcept {
    return static_cast<double>(own_[row]) * static_cast<double>(own_[row]);
  }
  /// A row whose own centre has not moved is farther from those that have; square: of its distance to them, at least.
  void lower(std::size_t row, double others_square) noexcept {
    others_[row] = std::min(others_[row], static_cast<float>(std::sqrt(std::max(others_square, 0.0)) * kBelow));
  }

  /// squares: of the distances to the row's own centre, at most, and to all others, at least.
  void set(std::size_t row, double own_square, double others_square) noexcept {
    own_[row] = static_cast<float>(std::sqrt(std::max(own_square, 0.0)) * kAbove);
    others_[row] = static_cast<float>(std::sqrt(std::max(others_square, 0.0)) * kBelow);
  }

  void forget(std::size_t row) noexcept { own_[row] = std::numeric_limits<float>::infinity(); }

 private:
  static constexpr double kAbove = 1 + 1e-6;  ///< more than rounding to a float takes away
  static constexpr double kBelow = 1 - 1e-6;
  static constexpr float kAboveFloat = 1 + 5e-7F;  ///< more than a sum of two floats loses
  static constexpr float kBelowFloat = 1 - 5e-7F;

  std::vector<float> own_;
  std::vector<float> others_;
  std::vector<float> shifts_;
  std::size_t farthest_ = 0;  // the centre that has moved farthest
  float next_ = 0;            // how far another has at most
};

}  // namespace glossa::detail
