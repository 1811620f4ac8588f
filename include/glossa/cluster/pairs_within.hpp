// Vectors and a distance come in; the pairs that are no farther apart go out, a tile at a time.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa::detail {

/// Pairs of vectors [first_row, …) with vectors [first_column, …): (row, column) behind these.
struct PairsOfTile {
  struct Pair {
    std::uint16_t row;
    std::uint16_t column;
  };
  std::size_t first_row;
  std::size_t rows;
  std::size_t first_column;
  std::size_t columns;
  std::span<const Pair> pairs;
  std::span<const std::uint32_t> row_counts;     ///< [rows]: pairs of each row
  std::span<const std::uint32_t> column_counts;  ///< [columns]
};

/// Finds all pairs within a distance, as double has them: floats decide on those that are clearly nearer or farther.
/// Memory does not depend on how many there are.
template <std::floating_point T>
class PairsWithin {
 public:
  PairsWithin(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : sieve_(distance, limit), tiles_(distance.points(), run) {}

  [[nodiscard]] std::size_t workers() const noexcept { return tiles_.workers(); }

  /// Calls body(PairsOfTile, worker), several workers at once, for all tiles that hold pairs; none with itself.
  template <class Body>
  void for_each(Body&& body) const {
    std::vector<Found> crew(tiles_.workers());
    tiles_.for_each([&](const PairTile<T>& tile, std::size_t worker) {
      Found& found = crew[worker];
      collect(tile, found);
      if (found.pairs.empty()) return;
      body(
          PairsOfTile{tile.first_row, tile.rows, tile.first_column, tile.columns, found.pairs,
                      std::span(found.row_counts).first(tile.rows), std::span(found.column_counts).first(tile.columns)},
          worker);
    });
  }

 private:
  static constexpr std::size_t kSide = PairTiles<T>::kSide;
  static constexpr std::size_t kChunk = 32;

  struct Found {
    std::vector<PairsOfTile::Pair> pairs;
    std::array<std::uint32_t, kSide> row_counts;
    std::array<std::uint32_t, kSide> column_counts;
  };

  void collect(const PairTile<T>& tile, Found& found) const {
    found.pairs.clear();
    found.row_counts.fill(0);
    found.column_counts.fill(0);
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
          found.pairs.push_back({static_cast<std::uint16_t>(r), static_cast<std::uint16_t>(c)});
          ++found.row_counts[r];
          ++found.column_counts[c];
        }
      }
    }
  }

  PairSieve<T> sieve_;
  PairTiles<T> tiles_;
};

}  // namespace glossa::detail
