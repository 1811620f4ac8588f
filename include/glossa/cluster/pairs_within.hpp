// Vectors and a distance come in; the pairs that are no farther apart go out, a tile at a time.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/cluster/rough_tiles.hpp>
#include <glossa/cluster/row_products.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa::detail {

/// Pairs of vectors [first_row, …) with vectors [first_column, …).
struct PairsOfTile {
  std::size_t first_row;
  std::size_t rows;
  std::size_t first_column;
  std::size_t columns;
  std::span<const TilePair> pairs;
  std::span<const std::uint32_t> row_counts;     ///< [rows]: pairs of each row
  std::span<const std::uint32_t> column_counts;  ///< [columns]
};

/// Finds all pairs within a distance, as double has them. Products of bytes rule out most where they can, products of T
/// decide on those that are clearly nearer or farther. Memory: a byte for each of the vectors' numbers, however many
/// pairs there are.
template <std::floating_point T>
class PairsWithin {
 public:
  PairsWithin(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : distance_(distance),
        kernels_(kernels_of<T>(choose_level(run.cpu_level))),
        sieve_(distance, limit),
        tiles_(distance.points(), run),
        rough_(distance, limit, run) {}

  [[nodiscard]] std::size_t workers() const noexcept { return tiles_.workers(); }

  /// Calls body(PairsOfTile, worker), several workers at once, for all tiles that hold pairs; none with itself.
  template <class Body>
  void for_each(Body&& body) const {
    std::vector<Found> crew(tiles_.workers());
    std::vector<typename RoughTiles<T>::Scratch> scratch(tiles_.workers());
    const auto tell = [&](const PairTile<T>& tile, const Found& found, std::size_t worker) {
      if (found.pairs.empty()) return;
      body(
          PairsOfTile{tile.first_row, tile.rows, tile.first_column, tile.columns, found.pairs,
                      std::span(found.row_counts).first(tile.rows), std::span(found.column_counts).first(tile.columns)},
          worker);
    };
    const auto screen = [&](const PairTile<T>& tile, std::size_t worker) {
      if (!rough_.find(tile, scratch[worker])) return false;
      crew[worker].clear();
      for (const TilePair pair : scratch[worker].pairs) decide(tile, pair, crew[worker]);
      tell(tile, crew[worker], worker);
      return true;
    };
    tiles_.for_each(screen, [&](const PairTile<T>& tile, std::size_t worker) {
      crew[worker].clear();
      collect(tile, crew[worker]);
      tell(tile, crew[worker], worker);
    });
  }

 private:
  static constexpr std::size_t kSide = PairTiles<T>::kSide;
  static constexpr std::size_t kChunk = 32;

  struct Found {
    std::vector<TilePair> pairs;
    std::array<std::uint32_t, kSide> row_counts;
    std::array<std::uint32_t, kSide> column_counts;

    void clear() {
      pairs.clear();
      row_counts.fill(0);
      column_counts.fill(0);
    }
    void add(std::size_t row, std::size_t column) {
      pairs.push_back({static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(column)});
      ++row_counts[row];
      ++column_counts[column];
    }
  };

  /// One pair that bytes could not rule out.
  void decide(const PairTile<T>& tile, TilePair pair, Found& found) const {
    const std::size_t i = tile.first_row + pair.row;
    const std::size_t j = tile.first_column + pair.column;
    const Points<T>& points = distance_.points();
    T product = 0;
    row_products(kernels_, points[i].data(), points[j].data(), 1, points.dims(), &product);
    const T weight = sieve_.weights()[j];
    const ProductLimit<T> low = sieve_.out_below(i);
    const ProductLimit<T> high = sieve_.in_from(i);
    if (product < low.constant + low.factor * weight) return;
    if (product >= high.constant + high.factor * weight || sieve_.is_within(i, j)) found.add(pair.row, pair.column);
  }

  void collect(const PairTile<T>& tile, Found& found) const {
    const T* weights = sieve_.weights() + tile.first_column;
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const T* products = tile.products + r * tile.stride;
      const ProductLimit<T> low = sieve_.out_below(tile.first_row + r);
      const ProductLimit<T> high = sieve_.in_from(tile.first_row + r);
      for (std::size_t c = tile.begin(r); c < tile.columns;) {
        const std::size_t end = std::min(c + kChunk, tile.columns);
        if (end - c == kChunk && !some_reach<T, kChunk>(products + c, weights + c, low)) {
          c = end;
          continue;
        }
        for (; c < end; ++c) {
          if (products[c] < low.constant + low.factor * weights[c]) continue;
          if (!(products[c] >= high.constant + high.factor * weights[c]) &&
              !sieve_.is_within(tile.first_row + r, tile.first_column + c))
            continue;
          found.add(r, c);
        }
      }
    }
  }

  const PairDistance<T>& distance_;
  Kernels<T> kernels_;
  PairSieve<T> sieve_;
  PairTiles<T> tiles_;
  RoughTiles<T> rough_;
};

}  // namespace glossa::detail
