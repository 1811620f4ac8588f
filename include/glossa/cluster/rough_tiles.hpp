// Tiles of pairs come in; the few pairs that products of bytes cannot rule out go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/cluster/rough_products.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {

/// A pair of a tile: its row and its column, behind the tile's first ones.
struct TilePair {
  std::uint16_t row;
  std::uint16_t column;
};

/// Where the processor multiplies bytes several times as fast as floats, a tile's products are made of these first.
/// Where they rule out too few pairs, as they do where most vectors are about as near as the limit, this costs a
/// quarter more; so it is not tried for a while then.
template <std::floating_point T>
class RoughTiles {
 public:
  static constexpr std::size_t kSide = PairTiles<T>::kSide;

  struct Scratch {
    std::vector<TilePair> pairs;                                         ///< that are left
    std::size_t first_column = std::numeric_limits<std::size_t>::max();  ///< of the packed ones
    RoughColumns packed;
    AlignedBuffer<float> products;
    std::size_t rest = 0;  ///< tiles for which it is not tried
    std::size_t failures = 0;
  };

  RoughTiles(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : multiply_(rough_multiply(kernels_of<float>(choose_level(run.cpu_level)), distance.points().dims())),
        sieve_(distance, limit) {
    if (multiply_ == nullptr) return;
    const Points<T>& points = distance.points();
    rows_ = RoughRows(points.rows(), points.dims());
    for (std::size_t i = 0; i < points.rows(); ++i) rows_.set(i, points[i], distance.square(i));
  }

  /// Whether scratch.pairs holds all pairs of the tile that may be within the limit; else it must be looked at whole.
  [[nodiscard]] bool find(const PairTile<T>& tile, Scratch& scratch) const {
    if (multiply_ == nullptr) return false;
    if (scratch.rest > 0) {
      --scratch.rest;
      return false;
    }
    multiply(tile, scratch);
    if (collect(tile, scratch)) {
      scratch.failures = 0;
      return true;
    }
    scratch.failures = std::min(scratch.failures + 1, kMostFailures);
    scratch.rest = (std::size_t{1} << scratch.failures) - 1;
    return false;
  }

 private:
  static constexpr std::size_t kMostPairs = 2048;  ///< of a tile: with more, a product of floats is faster
  static constexpr std::size_t kMostFailures = 6;
  static constexpr std::size_t kChunk = 16;

  void multiply(const PairTile<T>& tile, Scratch& scratch) const {
    if (scratch.first_column != tile.first_column) {
      scratch.first_column = tile.first_column;
      scratch.packed.clear(tile.columns, rows_.stride());
      for (std::size_t c = 0; c < tile.columns; ++c)
        scratch.packed.set(c, rows_.codes(tile.first_column + c), rows_.scales()[tile.first_column + c]);
    }
    scratch.packed.multiply(multiply_, rows_.codes(tile.first_row), rows_.scales() + tile.first_row, tile.rows,
                            scratch.products.ensure(kSide * kSide));
  }

  /// Whether there are not too many.
  [[nodiscard]] bool collect(const PairTile<T>& tile, Scratch& scratch) const {
    scratch.pairs.clear();
    const std::size_t stride = scratch.packed.columns();
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t i = tile.first_row + r;
      const float* products = scratch.products.data() + r * stride;
      const ProductLimit<float> low = sieve_.out_below(i);
      const float error = rows_.errors()[i];
      const float length = rows_.lengths()[i] + error;
      for (std::size_t c = tile.begin(r); c < tile.columns;) {
        const std::size_t end = std::min(c + kChunk, tile.columns);
        if (end - c == kChunk && !some_may_reach<kChunk>(products + c, tile.first_column + c, low, error, length)) {
          c = end;
          continue;
        }
        for (; c < end; ++c)
          if (some_may_reach<1>(products + c, tile.first_column + c, low, error, length))
            scratch.pairs.push_back({static_cast<std::uint16_t>(r), static_cast<std::uint16_t>(c)});
      }
      if (scratch.pairs.size() > kMostPairs) return false;
    }
    return true;
  }

  /// Whether one of kWidth products may be of a pair within the limit, by as much as it may be too low.
  template <std::size_t kWidth>
  [[nodiscard]] bool some_may_reach(const float* products, std::size_t column, ProductLimit<float> low, float error,
                                    float length) const noexcept {
    const float* lengths = rows_.lengths() + column;
    const float* errors = rows_.errors() + column;
    const float* weights = sieve_.weights() + column;
    int some = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      const float most = products[i] + error * lengths[i] + length * errors[i];
      some |= static_cast<int>(!(most < low.constant + low.factor * weights[i]));
    }
    return some != 0;
  }

  RoughMultiply multiply_;
  PairSieve<T, float> sieve_;
  RoughRows rows_;
};

}  // namespace glossa::detail
