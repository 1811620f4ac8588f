// Tiles of pairs come in; the few pairs that products of bytes cannot rule out go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/int8_operations.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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
    AlignedBuffer<std::int8_t> packed;
    AlignedBuffer<float> products;
    std::array<std::int32_t, kSide> offsets;
    std::array<float, kSide> scales;
    std::size_t rest = 0;  ///< tiles for which it is not tried
    std::size_t failures = 0;
  };

  RoughTiles(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : multiply_(kernels_of<float>(choose_level(run.cpu_level)).codes.int8_product), sieve_(distance, limit) {
    const Points<T>& points = distance.points();
    if (points.dims() < kLeastDims) multiply_ = nullptr;
    if (multiply_ == nullptr) return;
    stride_ = round_up(points.dims(), kCodeBytes);
    codes_ = AlignedBuffer<std::uint8_t>(points.rows() * stride_);
    for (std::size_t i = 0; i < points.rows(); ++i) {
      const RoughScale scale =
          rough_codes(points[i], distance.square(i), 128, std::span(codes_.data() + i * stride_, stride_));
      scales_.push_back(scale.scale);
      lengths_.push_back(scale.length);
      errors_.push_back(scale.error);
    }
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
  static constexpr std::size_t kLeastDims = 64;
  static constexpr std::size_t kMostPairs = 2048;  ///< of a tile: with more, a product of floats is faster
  static constexpr std::size_t kMostFailures = 6;
  static constexpr std::size_t kChunk = 16;

  void pack(const PairTile<T>& tile, Scratch& scratch) const {
    if (scratch.first_column == tile.first_column) return;
    scratch.first_column = tile.first_column;
    scratch.scales.fill(0);
    scratch.offsets.fill(0);
    std::int8_t* packed = scratch.packed.ensure(kSide * stride_);
    std::fill_n(packed, kSide * stride_, std::int8_t{0});
    for (std::size_t c = 0; c < tile.columns; ++c) {
      const std::uint8_t* from = codes_.data() + (tile.first_column + c) * stride_;
      std::int8_t* to = packed + c / kInt8Columns * kInt8Columns * stride_ + c % kInt8Columns * kInt8Depth;
      for (std::size_t k = 0; k < stride_; ++k) {
        const int code = int{from[k]} - 128;
        to[k / kInt8Depth * kInt8Columns * kInt8Depth + k % kInt8Depth] = static_cast<std::int8_t>(code);
        scratch.offsets[c] -= 128 * code;
      }
      scratch.scales[c] = scales_[tile.first_column + c];
    }
  }

  void multiply(const PairTile<T>& tile, Scratch& scratch) const {
    pack(tile, scratch);
    static constexpr std::array<float, kSide> kNoTerms{};
    std::array<float, kSide> limits;
    limits.fill(std::numeric_limits<float>::infinity());
    std::array<bool, kSide> found;
    // The kernel takes scales and terms with one stride.
    multiply_({reinterpret_cast<const std::byte*>(codes_.data() + tile.first_row * stride_), stride_, tile.rows,
               stride_, scales_.data() + tile.first_row, kNoTerms.data(), 1, scratch.packed.data(),
               round_up(tile.columns, kInt8Columns), scratch.offsets.data(), scratch.scales.data(), limits.data(),
               scratch.products.ensure(kSide * kSide), found.data()});
  }

  /// Whether there are not too many.
  [[nodiscard]] bool collect(const PairTile<T>& tile, Scratch& scratch) const {
    scratch.pairs.clear();
    const std::size_t stride = round_up(tile.columns, kInt8Columns);
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t i = tile.first_row + r;
      const float* products = scratch.products.data() + r * stride;
      const ProductLimit<float> low = sieve_.out_below(i);
      const float error = errors_[i];
      const float length = lengths_[i] + errors_[i];
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
    const float* lengths = lengths_.data() + column;
    const float* errors = errors_.data() + column;
    const float* weights = sieve_.weights() + column;
    int some = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      const float most = products[i] + error * lengths[i] + length * errors[i];
      some |= static_cast<int>(!(most < low.constant + low.factor * weights[i]));
    }
    return some != 0;
  }

  void (*multiply_)(const CodeProduct&);
  PairSieve<T, float> sieve_;
  std::size_t stride_ = 0;
  AlignedBuffer<std::uint8_t> codes_;
  std::vector<float> scales_;
  std::vector<float> lengths_;
  std::vector<float> errors_;
};

}  // namespace glossa::detail
