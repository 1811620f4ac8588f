// Two sets of vectors, or one against itself, come in; the cosines of all pairs go, tile by tile, to the best of each.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/scale_to_unit.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/embedder/progress_reporter.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// 1 / length of each vector; 0 of a zero vector, whose cosines are 0.
template <std::floating_point T>
[[nodiscard]] std::vector<T> inverse_lengths(const Points<T>& points) {
  std::vector<T> scales(points.rows());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    double square = 0;
    for (const T value : points[i]) square += static_cast<double>(value) * static_cast<double>(value);
    scales[i] = square == 0 ? T(0) : static_cast<T>(1 / std::sqrt(square));
  }
  return scales;
}

/// Vectors whose products T can hold: the given ones, or where they are too long or too short for that, `copies` of
/// them at unit length. What cosines they have stays the same.
template <std::floating_point T>
[[nodiscard]] Points<T> multipliable(const Points<T>& points, std::vector<T>& copies) {
  bool fits = true;
  for (std::size_t i = 0; i < points.rows() && fits; ++i) {
    double square = 0;
    for (const T value : points[i]) square += static_cast<double>(value) * static_cast<double>(value);
    fits = is_ordinary<T>(square, points.dims()) ||
           std::all_of(points[i].begin(), points[i].end(), [](T value) { return value == 0; });
  }
  if (fits) return points;
  copies.assign(points.values().begin(), points.values().end());
  for (std::size_t i = 0; i < points.rows(); ++i)
    scale_to_unit(std::span<T>(copies).subspan(i * points.dims(), points.dims()));
  return {copies.data(), points.rows(), points.dims()};
}

/// All pairs by tiles of kBlock x kBlock that stay in the second-level cache: each product is made once and offered to
/// both of its vectors. Which tiles there are does not depend on the threads, so neither do the cosines.
template <std::floating_point T>
class PairScan {
 public:
  static constexpr std::size_t kBlock = NeighborLists<T>::kBlock;

  PairScan(const ClusterRun& run, std::shared_ptr<Executor> executor)
      : run_(run), executor_(std::move(executor)), kernels_(kernels_of<T>(choose_level(run.cpu_level))) {}

  /// Each pair of different vectors of one set.
  void within(const Points<T>& points, NeighborLists<T>& lists) {
    std::vector<T> copies;
    const Points<T> all = multipliable(points, copies);
    scan(all, all, lists, lists, true);
  }
  /// Each vector of `a` with each of `b`: to_b holds, for the rows of a, what is near in b; to_a the opposite.
  void between(const Points<T>& a, const Points<T>& b, NeighborLists<T>& to_b, NeighborLists<T>& to_a) {
    std::vector<T> a_copies;
    std::vector<T> b_copies;
    scan(multipliable(a, a_copies), multipliable(b, b_copies), to_b, to_a, false);
  }

 private:
  struct Candidate {
    std::uint32_t row;
    std::uint32_t column;
    T score;
  };
  struct Worker {
    AlignedBuffer<T> values;
    PackedMatrix<T> packed;
    T row_limits[kBlock];
    T column_limits[kBlock];
    std::vector<Candidate> found;
  };

  void scan(const Points<T>& a, const Points<T>& b, NeighborLists<T>& to_b, NeighborLists<T>& to_a, bool same) {
    if (a.empty() || b.empty() || a.dims() == 0) return;
    const std::vector<T> a_scales = inverse_lengths(a);
    const std::vector<T> b_scales = same ? a_scales : inverse_lengths(b);
    const std::size_t a_blocks = (a.rows() + kBlock - 1) / kBlock;
    const std::size_t b_blocks = (b.rows() + kBlock - 1) / kBlock;
    ProgressReporter progress(run_.progress, same ? b_blocks * (b_blocks + 1) / 2 : a_blocks * b_blocks);
    const std::size_t workers = workers_for(*executor_, b_blocks);
    std::vector<Worker> crew(workers);
    parallel_for(*executor_, b_blocks, workers, [&](std::size_t turn, std::size_t worker) {
      const std::size_t block = b_blocks - 1 - turn;  // those with the most work first
      Worker& own = crew[worker];
      const std::size_t first = block * kBlock;
      const std::size_t columns = std::min(kBlock, b.rows() - first);
      own.packed = PackedMatrix<T>(a.dims(), round_up(columns, kernels_.panel), kernels_.panel);
      own.packed.set_columns_from_rows(0, columns, b[first].data(), b.dims());
      const std::size_t end = same ? block + 1 : a_blocks;
      for (std::size_t row_block = 0; row_block < end; ++row_block) {
        const std::size_t row = row_block * kBlock;
        tile(a, row, std::min(kBlock, a.rows() - row), a_scales.data() + row, first, columns, b_scales.data() + first,
             to_b, to_a, same && row_block == block, own);
      }
      progress.add([&](Progress& all) { all.done += end; });
    });
  }

  void tile(const Points<T>& a, std::size_t row, std::size_t rows, const T* row_scales, std::size_t column,
            std::size_t columns, const T* column_scales, NeighborLists<T>& to_b, NeighborLists<T>& to_a, bool diagonal,
            Worker& own) {
    const std::size_t stride = own.packed.columns();
    T* values = own.values.ensure(kBlock * round_up(kBlock, kernels_.panel));
    kernels_.multiply({a[row].data(), a.dims(), rows, own.packed.panel(0), a.dims(), stride, values, stride});
    to_b.copy_limits(row, rows, own.row_limits);
    to_a.copy_limits(column, columns, own.column_limits);
    own.found.clear();
    for (std::size_t r = 0; r < rows; ++r)
      find(values + r * stride, r, row_scales[r], diagonal ? r + 1 : 0, columns, column_scales, own);
    if (own.found.empty()) return;
    to_b.add(row, [&](auto&& offer) {
      for (const Candidate& c : own.found) offer(row + c.row, {c.score, static_cast<std::uint32_t>(column + c.column)});
    });
    to_a.add(column, [&](auto&& offer) {
      for (const Candidate& c : own.found) offer(column + c.column, {c.score, static_cast<std::uint32_t>(row + c.row)});
    });
  }

  /// Appends what reaches its row's limit or its column's. Most groups of columns have none, and are passed over by
  /// vector instructions.
  static void find(T* values, std::size_t row, T row_scale, std::size_t from, std::size_t columns,
                   const T* column_scales, Worker& own) {
    constexpr std::size_t kGroup = 16;
    const T row_limit = own.row_limits[row];
    const auto take = [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = std::max(begin, from); c < end; ++c) {
        const T score = values[c] * (row_scale * column_scales[c]);
        if (score >= row_limit || score >= own.column_limits[c])
          own.found.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(c), score});
      }
    };
    std::size_t c = 0;
    for (; c + kGroup <= columns; c += kGroup) {
      int any = 0;
      for (std::size_t i = 0; i < kGroup; ++i) {
        const T score = values[c + i] * (row_scale * column_scales[c + i]);
        any |= static_cast<int>(score >= row_limit) | static_cast<int>(score >= own.column_limits[c + i]);
      }
      if (any != 0) take(c, c + kGroup);
    }
    take(c, columns);
  }

  const ClusterRun& run_;
  std::shared_ptr<Executor> executor_;
  Kernels<T> kernels_;
};

}  // namespace glossa::detail
