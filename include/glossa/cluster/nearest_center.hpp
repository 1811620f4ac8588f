// Rows and centres come in; which centre is nearest to each row goes out, as double precision has it.
#pragma once

#include <glossa/cluster/center_scores.hpp>
#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/core/aligned_buffer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The middle of rows, and how far each row is from it and from zero: what CenterScores needs of them, whatever the
/// centres.
template <class T>
class MeasuredRows {
 public:
  MeasuredRows(const Points<T>& points, const RunTools<T>& tools) : points_(points), origin_(points.dims()) {
    const std::size_t dims = points.dims();
    std::vector<double> sums(tools.shares(points.rows()) * dims);
    tools.for_shares(points.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t) {
      double* sum = sums.data() + share * dims;
      for (std::size_t row = first; row < first + count; ++row) add_row(points[row], sum);
    });
    for (std::size_t i = 0; i < dims; ++i) {
      double sum = 0;
      for (std::size_t at = i; at < sums.size(); at += dims) sum += sums[at];
      origin_[i] = narrowed<T>(sum / static_cast<double>(points.rows()));
    }
    measure(tools);
  }

  /// The same from a given origin, which may lie anywhere; near the middle it costs the fewest digits.
  MeasuredRows(const Points<T>& points, std::vector<T> origin, const RunTools<T>& tools)
      : points_(points), origin_(std::move(origin)) {
    measure(tools);
  }

  [[nodiscard]] const Points<T>& points() const noexcept { return points_; }
  [[nodiscard]] std::span<const T> origin() const noexcept { return origin_; }
  /// No less than that of row i, where T holds it.
  [[nodiscard]] T length(std::size_t i) const noexcept { return lengths_[i]; }
  /// No less than any of them.
  [[nodiscard]] T longest() const noexcept { return bound_of(most_length_); }
  /// |row i - origin|², rounded to T.
  [[nodiscard]] T square(std::size_t i) const noexcept { return squares_[i]; }
  /// The mean of the dimensions' variances around the origin.
  [[nodiscard]] double variance() const noexcept { return variance_; }
  /// The greatest distance of a row to the origin.
  [[nodiscard]] double most_length() const noexcept { return most_length_; }

 private:
  void measure(const RunTools<T>& tools) {
    const std::vector<T> zero(points_.dims());
    constexpr std::uint32_t kFirst = 0;
    origin_length_ = std::sqrt(squared_distance(origin(), std::span<const T>(zero)));
    lengths_.resize(points_.rows());
    squares_.resize(points_.rows());
    std::vector<double> sums(tools.shares(points_.rows()));
    std::vector<double> most(sums.size());
    tools.for_shares(points_.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t) {
      for (std::size_t row = first; row < first + count; ++row) {
        const double square = squared_distance(points_[row], origin());
        T own = 0;
        tools.kernels().centers.squared_distances(
            {points_[row].data(), zero.data(), points_.dims(), points_.dims(), &kFirst, 1, &own});
        lengths_[row] = std::min(bound_of(std::sqrt(square)), bound_of_sum(own));
        squares_[row] = narrowed<T>(square);
        sums[share] += square;
        most[share] = std::max(most[share], square);
      }
    });
    for (const double sum : sums) variance_ += sum / static_cast<double>(points_.rows() * points_.dims());
    for (const double square : most) most_length_ = std::max(most_length_, std::sqrt(square) * (1 + 1e-6));
  }

  /// Of the length of a row that is so far from the origin.
  [[nodiscard]] T bound_of(double distance) const noexcept {
    return narrowed<T>((distance + origin_length_) * (1 + 1e-6));
  }

  /// Of the length of a row whose squares add up to this, which may be infinite.
  [[nodiscard]] T bound_of_sum(T sum) const noexcept {
    constexpr double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    constexpr double least = static_cast<double>(std::numeric_limits<T>::min());
    const auto dims = static_cast<double>(points_.dims());
    return narrowed<T>(std::sqrt(static_cast<double>(sum) * (1 + (dims + 8) * unit) + dims * least) * (1 + 8 * unit));
  }

  Points<T> points_;
  std::vector<T> origin_;
  double origin_length_ = 0;
  std::vector<T> lengths_;
  std::vector<T> squares_;
  double variance_ = 0;
  double most_length_ = 0;
};

/// The nearest of some centres to one row, those that may be it being offered one by one, in any order: by the distance
/// in double, of several the first.
template <class T>
class ExactNearest {
 public:
  ExactNearest(std::span<const T> row, const Points<T>& centers) : row_(row), centers_(centers) {}

  void offer(std::size_t center) noexcept {
    const double distance = squared_distance(row_, centers_[center]);
    if (distance < distance_ || (distance == distance_ && center < best_)) {
      distance_ = distance;
      best_ = center;
    }
  }
  [[nodiscard]] std::int32_t best() const noexcept { return static_cast<std::int32_t>(best_); }

 private:
  std::span<const T> row_;
  const Points<T>& centers_;
  std::size_t best_ = 0;
  double distance_ = std::numeric_limits<double>::infinity();
};

/// Scores of a tile, and the best two of each row.
template <class T>
struct ScoredTile {
  explicit ScoredTile(const CenterScores<T>& scores) : values(CenterScores<T>::kRows * scores.stride()) {}

  void fill(const CenterScores<T>& scores, const T* rows, std::size_t count, const Kernels<T>& kernels) {
    scores.score(rows, count, values.data());
    kernels.centers.best_two({values.data(), scores.stride(), count, scores.stride(), best, first, second});
  }

  /// The centre nearest to row r of the tile, which is `row` of a length. Floats tell but where the two best are
  /// closer to each other than rounding may be off.
  [[nodiscard]] std::int32_t nearest(std::size_t r, std::span<const T> row, T length, const CenterScores<T>& scores,
                                     const Points<T>& centers) const {
    const double margin = 2 * scores.error(length);
    const double most = static_cast<double>(first[r]);
    if (most - static_cast<double>(second[r]) > margin) return static_cast<std::int32_t>(best[r]);
    ExactNearest<T> exact(row, centers);
    const T* own = values.data() + r * scores.stride();
    for (std::size_t c = 0; c < scores.count(); ++c)
      if (!(static_cast<double>(own[c]) < most - margin)) exact.offer(c);
    return exact.best();
  }

  AlignedBuffer<T> values;
  std::uint32_t best[CenterScores<T>::kRows];
  T first[CenterScores<T>::kRows];
  T second[CenterScores<T>::kRows];
};

/// Calls body(row, label) for every row with the centre that is nearest to it.
template <class T, class Body>
void for_each_nearest(const MeasuredRows<T>& rows, const CenterScores<T>& scores, const Points<T>& centers,
                      const RunTools<T>& tools, Body&& body) {
  constexpr std::size_t kRows = CenterScores<T>::kRows;
  const Points<T>& points = rows.points();
  std::vector<ScoredTile<T>> tiles;
  for (std::size_t i = 0; i < tools.workers(); ++i) tiles.emplace_back(scores);
  tools.for_shares(points.rows(), [&](std::size_t, std::size_t first, std::size_t count, std::size_t worker) {
    for (std::size_t begin = first; begin < first + count; begin += kRows) {
      const std::size_t some = std::min(kRows, first + count - begin);
      tiles[worker].fill(scores, points[begin].data(), some, tools.kernels());
      for (std::size_t r = 0; r < some; ++r)
        body(begin + r, tiles[worker].nearest(r, points[begin + r], rows.length(begin + r), scores, centers));
    }
  });
}

/// The nearest centre of each row, on its own.
template <class T>
[[nodiscard]] Labels labels_of_nearest(const Points<T>& points, const Points<T>& centers, const RunTools<T>& tools) {
  const MeasuredRows<T> rows(points, tools);
  Labels labels(points.rows());
  for_each_nearest(rows, CenterScores<T>(centers, rows.origin(), tools.kernels()), centers, tools,
                   [&](std::size_t row, std::int32_t label) { labels[row] = label; });
  return labels;
}

}  // namespace glossa::detail
