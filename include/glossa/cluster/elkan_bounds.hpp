// How far centres have moved comes in; which of them can have become the nearest to a row goes out, without a look at
// the others.
#pragma once

#include <glossa/cluster/nearest_center.hpp>
#include <glossa/core/aligned_buffer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// Elkan's bounds (2003, "Using the triangle inequality to accelerate k-means"): a row's distance to its own centre
/// from above and to each other from below; a centre that lies beyond is not measured. Instead of lowering n·k bounds
/// each round, they are kept with the way that their centre had come when they were set (Newling & Fleuret 2016). A
/// tile in which many centres might be nearest is scored as a whole, which costs less a centre. Roundings widen the
/// bounds, so that the labels are those of double precision all the same.
template <class T>
class ElkanBounds {
 public:
  ElkanBounds(const MeasuredRows<T>& rows, std::size_t clusters)
      : rows_(rows), stride_(round_up(clusters, kScoreColumns)), way_(stride_), path_(stride_) {}

  /// Bytes that they would take.
  [[nodiscard]] static double bytes(std::size_t rows, std::size_t clusters) noexcept {
    return static_cast<double>(rows) * static_cast<double>((round_up(clusters, kScoreColumns) + 1) * sizeof(T));
  }

  /// Whether T holds the squares that bounds to such centres are made of; else none must be set. Centres stay in reach:
  /// they are means of rows.
  [[nodiscard]] bool hold(const CenterScores<T>& scores) const noexcept {
    const double reach = rows_.most_length() + scores.most_length();
    return reach * reach <= CenterScores<T>::kMost && std::isfinite(scores.error(rows_.longest()));
  }

  [[nodiscard]] bool are_set() const noexcept { return !bounds_.empty(); }

  /// Makes room; all rows must then be set.
  void make() {
    bounds_ = AlignedBuffer<T>(rows_.points().rows() * stride_);
    upper_.assign(rows_.points().rows(), T(0));
    std::fill(way_.begin(), way_.end(), 0.0);
    std::fill(path_.begin(), path_.end(), T(0));
  }

  /// Centres have moved by `shifts`, and now are as far as that from the origin at most.
  void move(std::span<const double> shifts, double most_length) {
    shifts_.assign(shifts.begin(), shifts.end());
    double most_way = 0;
    for (std::size_t c = 0; c < shifts.size(); ++c) {
      way_[c] += shifts[c];
      path_[c] = static_cast<T>(way_[c]);
      most_way = std::max(most_way, way_[c]);
    }
    // What is added and compared is not larger than this, and rounded a few times; distances in double are rounded,
    // too.
    slack_ = (16 * kUnit + double_off()) * (rows_.most_length() + most_length + most_way);
  }

  /// Sets the bounds of rows that a tile has scored, of which labels are known.
  void set(std::size_t first, std::size_t count, const ScoredTile<T>& tile, const CenterScores<T>& scores,
           const std::int32_t* labels, const Kernels<T>& kernels) {
    for (std::size_t r = 0; r < count; ++r) {
      const std::size_t row = first + r;
      T* own = bounds_.data() + row * stride_;
      const T* score = tile.values.data() + r * scores.stride();
      const double square = static_cast<double>(rows_.square(row));
      const double error = 2 * scores.error(rows_.length(row)) + 8 * kUnit * square;
      const auto label = static_cast<std::size_t>(labels[r]);
      upper_[row] = above(square - 2 * static_cast<double>(score[label]) + error);
      kernels.centers.bounds({score, stride_, static_cast<T>(square - error * (1 + 4 * kUnit)), path_.data(), own});
      own[label] = std::numeric_limits<T>::infinity();  // a row's own centre is never looked for
    }
  }

  /// For each row of a tile the centres that may be nearer than its own, one after another in `out`, those of row r
  /// ending at ends[r]. Returns how many there are in all. out: room for count · stride().
  std::size_t candidates(std::size_t first, std::size_t count, const std::int32_t* labels, const Kernels<T>& kernels,
                         std::uint32_t* out, std::size_t* ends) {
    std::size_t total = 0;
    for (std::size_t r = 0; r < count; ++r) {
      const std::size_t row = first + r;
      upper_[row] = static_cast<T>((static_cast<double>(upper_[row]) + shifts_[static_cast<std::size_t>(labels[r])]) *
                                   (1 + 4 * kUnit));
      total += kernels.centers.within({bounds_.data() + row * stride_, path_.data(), stride_, limit(row), out + total});
      ends[r] = total;
    }
    return total;
  }

  /// The nearest to a row of its own centre and `others`; moves the bounds that are found to be too wide.
  /// distances: room for others and one more.
  std::int32_t nearest(std::size_t row, std::int32_t label, std::span<std::uint32_t> others, const Points<T>& centers,
                       const Kernels<T>& kernels, T* distances) {
    const auto own = static_cast<std::uint32_t>(label);
    const std::span<const T> values = rows_.points()[row];
    const auto measure = [&](const std::uint32_t* chosen, std::size_t count, T* sums) {
      kernels.centers.squared_distances(
          {values.data(), centers.data(), centers.dims(), centers.dims(), chosen, count, sums});
    };
    // Of a sum of squares, each rounded twice; some may be too small for T.
    const double off = static_cast<double>(centers.dims() + 4) * kUnit + double_off();
    const double lost = static_cast<double>(centers.dims()) * static_cast<double>(std::numeric_limits<T>::min());
    measure(&own, 1, distances);
    double least = static_cast<double>(distances[0]) * (1 + off) + lost;  // of the distances' upper bounds
    upper_[row] = above(least);
    T* bounds = bounds_.data() + row * stride_;
    const T most = limit(row);
    const auto end =
        std::remove_if(others.begin(), others.end(), [&](std::uint32_t c) { return bounds[c] - path_[c] > most; });
    const auto count = static_cast<std::size_t>(end - others.begin());
    if (count == 0) return label;
    measure(others.data(), count, distances + 1);
    bounds[own] = below(static_cast<double>(distances[0]) * (1 - off) - lost) + path_[own];
    for (std::size_t i = 0; i < count; ++i) {
      const auto square = static_cast<double>(distances[i + 1]);
      bounds[others[i]] = below(square * (1 - off) - lost) + path_[others[i]];
      least = std::min(least, square * (1 + off) + lost);
    }
    ExactNearest<T> exact(values, centers);
    std::size_t in_reach = 0;
    std::int32_t found = label;
    const auto consider = [&](std::uint32_t c, T square, bool offered) {
      if (static_cast<double>(square) * (1 - off) - lost > least) return;
      if (offered) exact.offer(c);
      ++in_reach;
      found = static_cast<std::int32_t>(c);
    };
    const auto consider_all = [&](bool offered) {
      consider(own, distances[0], offered);
      for (std::size_t i = 0; i < count; ++i) consider(others[i], distances[i + 1], offered);
    };
    consider_all(false);
    if (in_reach != 1) {
      consider_all(true);
      found = exact.best();
    }
    upper_[row] = above(least);
    if (in_reach != 1) upper_[row] = above(least * (1 + 4 * off) + 4 * lost);
    bounds[found] = std::numeric_limits<T>::infinity();
    return found;
  }

  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }

 private:
  static constexpr double kUnit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;

  /// The square root, rounded up or down.
  [[nodiscard]] static T above(double square) noexcept {
    return static_cast<T>(std::sqrt(std::max(square, 0.0)) * (1 + 4 * kUnit));
  }
  [[nodiscard]] static T below(double square) noexcept {
    return static_cast<T>(std::sqrt(std::max(square, 0.0)) * (1 - 4 * kUnit));
  }

  [[nodiscard]] T limit(std::size_t row) const noexcept {
    return static_cast<T>(static_cast<double>(upper_[row]) + slack_);
  }

  /// How far a square of a distance in double, which decides in the end, may be off, as a part of it.
  [[nodiscard]] double double_off() const noexcept {
    return static_cast<double>(rows_.points().dims() + 4) * kDoubleUnit;
  }

  const MeasuredRows<T>& rows_;
  std::size_t stride_;
  AlignedBuffer<T>
      bounds_;            // [rows, stride_]: how far a row is at least from a centre, and the centre's way until then
  std::vector<T> upper_;  // how far it is from its own at most
  std::vector<double> way_;     // that each centre has come
  std::vector<T> path_;         // the same, rounded
  std::vector<double> shifts_;  // of the last move
  double slack_ = 0;
};

}  // namespace glossa::detail
