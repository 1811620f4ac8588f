// Vectors come in; the distances of all pairs go out, as a matrix without its lower half.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/stepwise.hpp>
#include <glossa/cluster/unit_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The distances of n vectors: n·(n - 1) / 2 numbers, row by row. They are sums of squared differences (of vectors of
/// unit length, for cosines), which lose nothing where vectors are near to each other, as products would.
template <std::floating_point T>
class DistanceMatrix {
 public:
  static constexpr double bytes(std::size_t rows) noexcept {
    return static_cast<double>(rows) * (static_cast<double>(rows) - 1) / 2 * static_cast<double>(sizeof(T));
  }

  /// squared: the squares of Euclidean distances in place of these. all_steps: what the progress counts in all; this
  /// counts to DistanceMatrix::steps().
  DistanceMatrix(const PairDistance<T>& distance, bool squared, const ClusterRun& run, std::size_t all_steps)
      : rows_(distance.rows()), values_(rows_ < 2 ? 0 : rows_ * (rows_ - 1) / 2) {
    const std::size_t blocks = blocks_of(rows_);
    std::vector<std::pair<std::size_t, std::size_t>> tiles;
    for (std::size_t row = 0; row < blocks; ++row)
      for (std::size_t column = row; column < blocks; ++column) tiles.emplace_back(row, column);
    const auto executor = executor_of(run);
    const AlignedBuffer<T> units = unit_vectors(distance);
    const Points<T> points =
        units.empty() ? distance.points() : Points<T>(units.data(), rows_, distance.points().dims());
    const Kernels<T> kernels = kernels_of<T>(choose_level(run.cpu_level));
    bool is_ordinary = true;
    for (std::size_t i = 0; i < rows_; ++i) is_ordinary &= !std::isnan(pair_weight<T>(distance, i));
    stepwise_for(
        *executor, tiles.size(), std::max<std::size_t>(workers_for(*executor, tiles.size()), 1), run.progress, 0,
        all_steps, [](std::size_t) { return std::size_t{1}; },
        [&](std::size_t i, std::size_t) {
          const auto [row, column] = tiles[i];
          const std::size_t end = std::min((column + 1) * kSide, rows_);
          for (std::size_t r = row * kSide; r < std::min((row + 1) * kSide, rows_); ++r) {
            const std::size_t first = std::max(column * kSide, r + 1);
            if (first >= end) continue;
            T* out = values_.data() + index(r, first);
            if (is_ordinary) {
              squared_differences(kernels, points[r].data(), points[first].data(), end - first, points.dims(), out);
              for (std::size_t c = 0; c < end - first; ++c)
                out[c] = !units.empty() ? out[c] / 2 : squared ? out[c] : std::sqrt(out[c]);
            } else {
              for (std::size_t c = first; c < end; ++c) {
                const double value = distance(r, c);
                out[c - first] = narrowed<T>(squared ? value * value : value);
              }
            }
          }
        });
  }

  [[nodiscard]] static std::size_t steps(std::size_t rows) noexcept {
    return blocks_of(rows) * (blocks_of(rows) + 1) / 2;
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] T& operator()(std::size_t i, std::size_t j) noexcept {
    return values_[i < j ? index(i, j) : index(j, i)];
  }
  /// Where (i, j) is, for i < j; (i, j + 1) is the next.
  [[nodiscard]] T* at(std::size_t i, std::size_t j) noexcept { return values_.data() + index(i, j); }

 private:
  static constexpr std::size_t kSide = 128;

  static constexpr std::size_t blocks_of(std::size_t rows) noexcept { return (rows + kSide - 1) / kSide; }
  [[nodiscard]] std::size_t index(std::size_t i, std::size_t j) const noexcept {
    return i * rows_ - i * (i + 1) / 2 + j - i - 1;
  }

  /// Nothing for Euclidean distances.
  [[nodiscard]] static AlignedBuffer<T> unit_vectors(const PairDistance<T>& distance) {
    if (distance.metric() != Metric::cosine) return {};
    const Points<T>& points = distance.points();
    AlignedBuffer<T> units(points.values().size());
    std::copy_n(points.data(), units.size(), units.data());
    for (std::size_t i = 0; i < points.rows(); ++i)
      scale_to_unit(std::span<T>(units.data() + i * points.dims(), points.dims()));
    return units;
  }

  static void squared_differences([[maybe_unused]] const Kernels<T>& kernels, const T* query, const T* rows,
                                  std::size_t count, std::size_t size, T* sums) {
    if constexpr (std::is_same_v<T, float>) {
      kernels.row_sums.squared_differences({query, rows, size, count, size, sums});
    } else {
      for (std::size_t r = 0; r < count; ++r) {
        T sum = 0;
        for (std::size_t k = 0; k < size; ++k) sum += (query[k] - rows[r * size + k]) * (query[k] - rows[r * size + k]);
        sums[r] = sum;
      }
    }
  }

  std::size_t rows_;
  AlignedBuffer<T> values_;
};

}  // namespace glossa::detail
