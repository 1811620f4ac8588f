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
  const T* products;  ///< [rows, columns] with `stride`
  std::size_t stride;

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
    const std::size_t blocks = (points.rows() + kSide - 1) / kSide;
    for (std::size_t column = 0; column < blocks; ++column) shares_.push_back({column, column, 1});
    for (std::size_t column = blocks; column-- > 0;)
      for (std::size_t row = 0; row < column; row += kStretch)
        shares_.push_back({column, row, std::min(kStretch, column - row)});
    workers_ = std::max<std::size_t>(workers_for(*executor_, shares_.size()), 1);
  }

  [[nodiscard]] std::size_t workers() const noexcept { return workers_; }

  /// Calls body(tile, worker), several workers at once. Tells the run's progress in tiles; that may throw, as `body`
  /// may.
  template <class Body>
  void for_each(Body&& body) const {
    std::vector<AlignedBuffer<T>> products(workers_);
    std::size_t total = 0;
    for (const Share& share : shares_) total += share.row_blocks;
    stepwise_for(
        *executor_, shares_.size(), workers_, run_.progress, 0, total,
        [&](std::size_t i) { return shares_[i].row_blocks; },
        [&](std::size_t i, std::size_t worker) {
          multiply(shares_[i], products[worker].ensure(kSide * round_up(kSide, kernels_.panel)), worker, body);
        });
  }

 private:
  static constexpr std::size_t kStretch = 16;  ///< tiles for which a block of columns is packed

  struct Share {
    std::size_t column_block;
    std::size_t first_row_block;
    std::size_t row_blocks;
  };

  template <class Body>
  void multiply(const Share& share, T* products, std::size_t worker, Body& body) const {
    const std::size_t dims = points_.dims();
    const std::size_t first = share.column_block * kSide;
    const std::size_t columns = std::min(kSide, points_.rows() - first);
    PackedMatrix<T> packed(dims, round_up(columns, kernels_.panel), kernels_.panel);
    packed.set_columns_from_rows(0, columns, points_[first].data(), dims);
    for (std::size_t block = 0; block < share.row_blocks; ++block) {
      const std::size_t row = (share.first_row_block + block) * kSide;
      const std::size_t rows = std::min(kSide, points_.rows() - row);
      kernels_.multiply(
          {points_[row].data(), dims, rows, packed.panel(0), dims, packed.columns(), products, packed.columns()});
      body(PairTile<T>{row, rows, first, columns, products, packed.columns()}, worker);
    }
  }

  Points<T> points_;
  const ClusterRun& run_;
  Kernels<T> kernels_;
  std::shared_ptr<Executor> executor_;
  std::vector<Share> shares_;
  std::size_t workers_ = 1;
};

}  // namespace glossa::detail
