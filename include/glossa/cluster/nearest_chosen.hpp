// A row and a few centres come in; which of them is nearest goes out, as double precision has it.
#pragma once

#include <glossa/cluster/center_scores.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/kernels/kernels.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace glossa::detail {

/// How far a squared distance that was added up in T may be from that in double: each term is rounded twice, and some
/// may be too small for T.
template <class T>
class SquareError {
 public:
  explicit SquareError(std::size_t dims) noexcept
      : off_(static_cast<double>(dims + 4) *
             (static_cast<double>(std::numeric_limits<T>::epsilon()) / 2 + kDoubleUnit)),
        lost_(static_cast<double>(dims) * static_cast<double>(std::numeric_limits<T>::min())) {}

  /// No less than it is in double.
  [[nodiscard]] double above(T square) const noexcept { return static_cast<double>(square) * (1 + off_) + lost_; }
  /// No more; of one that T has no room for, what there is room for.
  [[nodiscard]] double below(T square) const noexcept {
    return static_cast<double>(std::min(square, std::numeric_limits<T>::max())) * (1 - off_) - lost_;
  }
  /// No less than the square of one that is among the least, where `least` is above that of another.
  [[nodiscard]] double above_tied(double least) const noexcept { return least * (1 + 4 * off_) + 4 * lost_; }

 private:
  double off_;
  double lost_;
};

struct NearestChosen {
  std::int32_t label = 0;
  double most = 0;  ///< its squared distance is no more
};

/// The nearest of centres center(i), i < count, to a row; of several the first. squares: of its distances to them in T.
template <class T, class Center>
[[nodiscard]] NearestChosen nearest_chosen(std::span<const T> row, const Points<T>& centers, const T* squares,
                                           std::size_t count, const SquareError<T>& error, Center&& center) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < count; ++i) least = std::min(least, error.above(squares[i]));
  std::size_t in_reach = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (error.below(squares[i]) > least) continue;
    ++in_reach;
    found = i;
  }
  if (in_reach == 1) return {static_cast<std::int32_t>(center(found)), least};
  ExactNearest<T> exact(row, centers);
  for (std::size_t i = 0; i < count; ++i)
    if (!(error.below(squares[i]) > least)) exact.offer(center(i));
  return {exact.best(), error.above_tied(least)};
}

/// The same of `chosen`. squares: room for as many.
template <class T>
[[nodiscard]] std::int32_t nearest_chosen(std::span<const T> row, const Points<T>& centers,
                                          std::span<const std::uint32_t> chosen, const Kernels<T>& kernels,
                                          T* squares) {
  kernels.centers.squared_distances(
      {row.data(), centers.data(), centers.dims(), centers.dims(), chosen.data(), chosen.size(), squares});
  return nearest_chosen(row, centers, squares, chosen.size(), SquareError<T>(centers.dims()),
                        [&](std::size_t i) { return chosen[i]; })
      .label;
}

}  // namespace glossa::detail
