// Vectors come in; the products of all pairs of them go out, tile by tile, each pair once.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/stepwise.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Products of rows [first_row, first_row + rows) with rows [first_column, first_column + columns). The tiles lie on or
/// above the diagonal; in one on it, only what lies above the diagonal is meant.
template <class T>
struct PairTile {
  std::size_t first_row;
  std::size_t rows;
  std::size_t first_column;
  std::size_t columns;
  const T* products = nullptr;  ///< [rows, columns] with `stride`
  std::size_t stride = 0;

  [[nodiscard]] bool is_diagonal() const noexcept { return first_row == first_column; }
  /// The first column that row r is to be paired with.
  [[nodiscard]] std::size_t begin(std::size_t r) const noexcept { return is_diagonal() ? r + 1 : 0; }
};

/// The upper triangle of X·Xᵀ. First come the tiles on the diagonal, then all others.
template <std::floating_point T>
class PairTiles {
 public:
  static constexpr std::size_t kSide = 256;  ///< rows that stay in the second-level cache

  PairTiles(const Points<T>& points, const ClusterRun& run)
      : points_(points), run_(run), kernels_(kernels_of<T>(choose_level(run.cpu_level))), executor_(executor_of(run)) {
    blocks_ = (points.rows() + kSide - 1) / kSide;
    if (blocks_ > 0) shares_ = blocks_ + shares_before(blocks_);
    workers_ = std::max<std::size_t>(workers_for(*executor_, shares_), 1);
  }

  [[nodiscard]] std::size_t workers() const noexcept { return workers_; }

  /// Calls body(tile, worker), several workers at once. Tells the run's progress in tiles; that may throw, as `body`
  /// may.
  template <class Body>
  void for_each(Body&& body) const {
    for_each([](const PairTile<T>&, std::size_t) { return false; }, body);
  }

  /// The same, for tiles of which screen(tile, worker) returns false: it is asked before there are products.
  template <class Screen, class Body>
  void for_each(Screen&& screen, Body&& body) const {
    std::vector<AlignedBuffer<T>> products(workers_);
    stepwise_for(
        *executor_, shares_, workers_, run_.progress, 0, blocks_ * (blocks_ + 1) / 2,
        [&](std::size_t i) { return share(i).row_blocks; },
        [&](std::size_t i, std::size_t worker) {
          multiply(share(i), products[worker].ensure(kSide * round_up(kSide, kernels_.panel)), worker, screen, body);
        });
  }

 private:
  static constexpr std::size_t kStretch = 16;  ///< tiles for which a block of columns is packed

  struct Share {
    std::size_t column_block;
    std::size_t first_row_block;
    std::size_t row_blocks;
  };

  /// Shares off the diagonal of columns below `column`, which is at least 1: one for every kStretch tiles of each.
  static constexpr std::size_t shares_before(std::size_t column) noexcept {
    const std::size_t full = (column - 1) / kStretch;
    const std::size_t rest = (column - 1) % kStretch;
    return kStretch * full * (full + 1) / 2 + rest * (full + 1);
  }

  /// The i-th of all. Those off the diagonal are taken from the last column to the first.
  [[nodiscard]] Share share(std::size_t i) const noexcept {
    if (i < blocks_) return {i, i, 1};
    const std::size_t from_end = shares_ - 1 - i;
    std::size_t column = 1;  // the last one before which there are no more
    for (std::size_t end = blocks_; end - column > 1;) {
      const std::size_t middle = column + (end - column) / 2;
      (shares_before(middle) <= from_end ? column : end) = middle;
    }
    const std::size_t stretches = (column + kStretch - 1) / kStretch;
    const std::size_t row = (stretches - 1 - (from_end - shares_before(column))) * kStretch;
    return {column, row, std::min(kStretch, column - row)};
  }

  template <class Screen, class Body>
  void multiply(const Share& share, T* products, std::size_t worker, Screen& screen, Body& body) const {
    const std::size_t dims = points_.dims();
    const std::size_t first = share.column_block * kSide;
    const std::size_t columns = std::min(kSide, points_.rows() - first);
    PackedMatrix<T> packed;
    for (std::size_t block = 0; block < share.row_blocks; ++block) {
      const std::size_t row = (share.first_row_block + block) * kSide;
      PairTile<T> tile{row, std::min(kSide, points_.rows() - row), first, columns};
      if (screen(std::as_const(tile), worker)) continue;
      if (packed.columns() == 0) {
        packed = PackedMatrix<T>(dims, round_up(columns, kernels_.panel), kernels_.panel);
        packed.set_columns_from_rows(0, columns, points_[first].data(), dims);
      }
      tile.products = products;
      tile.stride = packed.columns();
      kernels_.multiply(
          {points_[row].data(), dims, tile.rows, packed.panel(0), dims, tile.stride, products, tile.stride});
      body(std::as_const(tile), worker);
    }
  }

  Points<T> points_;
  const ClusterRun& run_;
  Kernels<T> kernels_;
  std::shared_ptr<Executor> executor_;
  std::size_t blocks_ = 0;
  std::size_t shares_ = 0;
  std::size_t workers_ = 1;
};

}  // namespace glossa::detail
