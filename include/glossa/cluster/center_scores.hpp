// Centres and rows come in; scores whose order tells which centre is nearest go out, with how far they may be off.
#pragma once

#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// How far rounding takes a double, as a part of it.
inline constexpr double kDoubleUnit = std::numeric_limits<double>::epsilon() / 2;

/// Scores of rows x against centres c: x·c' - (m·c' + |c'|²/2) with c' = c - m. The greatest is that of the nearest
/// centre, as |x - c|² = |x - m|² - 2·score. The origin m is the middle of the rows: vectors of texts crowd in one
/// direction, and what all centres have in common would only cost digits.
template <class T>
class CenterScores {
 public:
  static constexpr std::size_t kRows = 32;  ///< of a tile

  /// origin: [dims].
  CenterScores(const Points<T>& centers, std::span<const T> origin, const Kernels<T>& kernels)
      : kernels_(kernels), count_(centers.rows()), dims_(centers.dims()) {
    const std::size_t columns = round_up(count_, std::max(kernels.panel, kScoreColumns));
    packed_ = PackedMatrix<T>(dims_, columns, kernels.panel);
    bias_.assign(columns, -std::numeric_limits<T>::infinity());  // what fills the panel is never the best
    std::vector<T> moved(dims_);
    for (std::size_t c = 0; c < count_; ++c) {
      double square = 0;
      double product = 0;
      for (std::size_t i = 0; i < dims_; ++i) {
        const double m = static_cast<double>(origin[i]);
        const double difference = static_cast<double>(centers[c][i]) - m;
        square += difference * difference;
        product += difference * m;
        moved[i] = narrowed<T>(difference);
      }
      packed_.set_columns_from_rows(c, 1, moved.data(), dims_);
      bias_[c] = narrowed<T>(-product - square / 2);
      most_length_ = std::max(most_length_, std::sqrt(square));
      most_bias_ = std::max(most_bias_, std::abs(product) + square / 2);
    }
    for (const T m : origin) origin_length_ += static_cast<double>(m) * static_cast<double>(m);
    origin_length_ = std::sqrt(origin_length_);
  }

  /// From row to row of scores.
  [[nodiscard]] std::size_t stride() const noexcept { return packed_.columns(); }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// rows: [count, dims], at most kRows; scores: [count, stride()]. Columns from count() on hold minus infinity.
  void score(const T* rows, std::size_t count, T* scores) const {
    Product<T> product{rows, dims_, count, packed_.panel(0), dims_, stride(), scores, stride()};
    product.bias = bias_.data();
    kernels_.multiply(product);
  }

  /// How far a score of a row of this length may be from that of distances in double: the bound on the rounding of a
  /// sum of dims + 1 terms (Higham 2002, section 3.1), with some more for that of c' and of the bias; what is lost of
  /// terms too small for T; and the rounding of the distances. Infinite where T cannot hold the terms.
  [[nodiscard]] double error(T length) const noexcept {
    constexpr double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    constexpr double least = static_cast<double>(std::numeric_limits<T>::min());
    const auto reach = static_cast<double>(length);
    const double terms = reach * most_length_ + most_bias_;
    if (std::max(reach, terms) > kMost) return std::numeric_limits<double>::infinity();
    const double most_distance = reach + origin_length_ + most_length_;
    return static_cast<double>(dims_ + 8) *
           (unit * terms + kDoubleUnit * most_distance * most_distance + least * (1 + reach));
  }

  /// What T holds sums of.
  static constexpr double kMost = static_cast<double>(std::numeric_limits<T>::max()) / 4;

  /// The greatest distance of a centre to the origin.
  [[nodiscard]] double most_length() const noexcept { return most_length_; }

 private:
  const Kernels<T>& kernels_;
  std::size_t count_;
  std::size_t dims_;
  PackedMatrix<T> packed_;
  std::vector<T> bias_;
  double origin_length_ = 0;
  double most_length_ = 0;
  double most_bias_ = 0;
};

}  // namespace glossa::detail
