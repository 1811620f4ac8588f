// Vectors come in; how far each is from its k-th nearest goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

namespace glossa::detail {

/// The distance of each vector from the k-th nearest of the others, in double; each pair is looked at once. Products of
/// T rule out pairs that are among the k nearest of neither end. Memory: 8·n·k bytes.
template <std::floating_point T>
class CoreDistances {
 public:
  /// k: from 1 to n - 1.
  CoreDistances(const PairDistance<T>& distance, std::size_t k, const ClusterRun& run)
      : distance_(distance),
        k_(k),
        error_(product_error<T>(distance.points().dims())),
        tiles_(distance.points(), run),
        nearest_(distance.rows() * k, std::numeric_limits<double>::infinity()),
        bounds_(distance.rows()),
        locks_((distance.rows() + kSide - 1) / kSide) {
    for (std::size_t i = 0; i < distance.rows(); ++i) weights_.push_back(pair_weight<T>(distance, i));
    for (std::size_t i = 0; i < distance.rows(); ++i) set_bound(i, std::numeric_limits<double>::infinity());
  }

  [[nodiscard]] std::vector<double> find() {
    std::vector<Scratch> crew(tiles_.workers());
    tiles_.for_each([&](const PairTile<T>& tile, std::size_t worker) { look(tile, crew[worker]); });
    std::vector<double> core(distance_.rows());
    for (std::size_t i = 0; i < core.size(); ++i) core[i] = nearest_[i * k_];
    return core;
  }

 private:
  static constexpr std::size_t kSide = PairTiles<T>::kSide;
  static constexpr std::size_t kChunk = 32;

  struct Candidate {
    std::uint16_t row;
    std::uint16_t column;
    double distance;
  };
  struct Scratch {
    std::array<T, kSide> row_bounds;
    std::array<T, kSide> column_bounds;
    std::vector<Candidate> candidates;
    std::vector<T> values;
  };

  /// A product with vector i that is at most that of a pair at `distance` is, for cosines, below this times the other's
  /// length; for Euclidean distances, below this plus half of the other's square.
  [[nodiscard]] T bound(std::size_t i, double distance) const noexcept {
    const double weight = static_cast<double>(weights_[i]);
    if (std::isnan(weight)) return weights_[i];
    if (distance_.metric() == Metric::cosine) {
      const double cosine = 1 - distance;
      return narrowed<T>(std::isinf(distance) ? -std::numeric_limits<double>::infinity()
                                              : (cosine - error_ * (1 + std::abs(cosine))) * weight);
    }
    return narrowed<T>((0.5 - error_) * weight - (0.5 + error_) * distance * distance);
  }
  void set_bound(std::size_t i, double distance) noexcept {
    bounds_[i].store(bound(i, distance), std::memory_order_relaxed);
  }

  void look(const PairTile<T>& tile, Scratch& scratch) {
    for (std::size_t r = 0; r < tile.rows; ++r)
      scratch.row_bounds[r] = bounds_[tile.first_row + r].load(std::memory_order_relaxed);
    for (std::size_t c = 0; c < tile.columns; ++c)
      scratch.column_bounds[c] = bounds_[tile.first_column + c].load(std::memory_order_relaxed);
    if (tile.is_diagonal()) guess_bounds(tile, scratch);
    scratch.candidates.clear();
    const bool by_length = distance_.metric() == Metric::cosine;
    const T half = static_cast<T>(0.5 - error_);
    const T* weights = weights_.data() + tile.first_column;
    const T* bounds = scratch.column_bounds.data();
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const T* products = tile.products + r * tile.stride;
      const T own = scratch.row_bounds[r];
      const T weight = weights_[tile.first_row + r];
      // Whether the pair may be among the nearest of its row, and of its column.
      const ProductLimit<T> of_row = by_length ? ProductLimit<T>{T(0), own} : ProductLimit<T>{own, half};
      const ProductLimit<T> of_column =
          by_length ? ProductLimit<T>{T(0), weight} : ProductLimit<T>{half * weight, T(1)};
      for (std::size_t c = tile.begin(r); c < tile.columns;) {
        const std::size_t end = std::min(c + kChunk, tile.columns);
        if (end - c == kChunk && !some_reach<T, kChunk>(products + c, weights + c, of_row) &&
            !some_reach<T, kChunk>(products + c, bounds + c, of_column)) {
          c = end;
          continue;
        }
        for (; c < end; ++c) {
          if (products[c] < of_row.constant + of_row.factor * weights[c] &&
              products[c] < of_column.constant + of_column.factor * bounds[c])
            continue;
          scratch.candidates.push_back({static_cast<std::uint16_t>(r), static_cast<std::uint16_t>(c),
                                        distance_(tile.first_row + r, tile.first_column + c)});
        }
      }
    }
    if (scratch.candidates.empty()) return;
    {
      const std::lock_guard lock(locks_[tile.first_row / kSide]);
      for (const Candidate& one : scratch.candidates) add(tile.first_row + one.row, one.distance);
    }
    const std::lock_guard lock(locks_[tile.first_column / kSide]);
    for (const Candidate& one : scratch.candidates) add(tile.first_column + one.column, one.distance);
  }

  /// Of the tile on the diagonal, the first one that its vectors meet: no pair that is farther than k others of the
  /// tile, as far as T can tell, is worth a look in double.
  void guess_bounds(const PairTile<T>& tile, Scratch& scratch) const {
    if (tile.rows <= k_) return;
    const bool by_length = distance_.metric() == Metric::cosine;
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const double weight = static_cast<double>(weights_[tile.first_row + r]);
      scratch.values.clear();
      for (std::size_t c = 0; c < tile.columns; ++c) {
        if (c == r) continue;
        const double product = static_cast<double>(tile.products[r * tile.stride + c]);
        const double other = static_cast<double>(weights_[tile.first_column + c]);
        const double value = by_length ? -product / (weight * other) + error_
                                       : weight + other - 2 * product + 2 * error_ * (weight + other);
        if (!std::isfinite(value)) break;
        scratch.values.push_back(narrowed<T>(value));
      }
      if (scratch.values.size() + 1 != tile.columns) continue;
      const auto at = scratch.values.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
      std::nth_element(scratch.values.begin(), at, scratch.values.end());
      const double value = static_cast<double>(*at);
      const double most = by_length ? 1 + value : std::sqrt(std::max(value, 0.0));
      scratch.row_bounds[r] = scratch.column_bounds[r] =
          bound(tile.first_row + r, std::nextafter(most * (1 + error_), std::numeric_limits<double>::infinity()));
    }
  }

  /// Keeps the k least distances of each vector as a heap with the greatest in front.
  void add(std::size_t i, double distance) {
    const auto begin = nearest_.begin() + static_cast<std::ptrdiff_t>(i * k_);
    if (!(distance < *begin)) return;
    const auto end = begin + static_cast<std::ptrdiff_t>(k_);
    std::pop_heap(begin, end);
    *(end - 1) = distance;
    std::push_heap(begin, end);
    set_bound(i, *begin);
  }

  const PairDistance<T>& distance_;
  std::size_t k_;
  double error_;
  PairTiles<T> tiles_;
  std::vector<T> weights_;
  std::vector<double> nearest_;         // [n, k]
  std::vector<std::atomic<T>> bounds_;  // of each vector's products
  std::vector<std::mutex> locks_;       // of nearest_ and bounds_, one a block
};

}  // namespace glossa::detail
