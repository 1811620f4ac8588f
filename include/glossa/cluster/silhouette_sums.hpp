// Clustered rows come in; each row's mean distance to its own cluster and to the nearest other one goes out.
#pragma once

#include <glossa/cluster/center_scores.hpp>
#include <glossa/cluster/clustered_rows.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/cluster/unit_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// A row's silhouette from the sums of its distances to the rows of each cluster, itself among them.
template <class T>
[[nodiscard]] double silhouette_of(const ClusteredRows<T>& rows, std::size_t own, std::span<const double> sums) {
  if (rows.size(own) == 1) return 0;
  const double a = sums[own] / static_cast<double>(rows.size(own) - 1);
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < sums.size(); ++c)
    if (c != own) b = std::min(b, sums[c] / static_cast<double>(rows.size(c)));
  const double most = std::max(a, b);
  return most > 0 ? (b - a) / most : 0;
}

/// Calls body(at, count, worker) for blocks of rows, and tells how many rows are done.
template <class T, class Body>
void for_blocks(std::size_t rows, std::size_t block, const RunTools<T>& tools, Body&& body) {
  const std::size_t group = 4 * tools.workers() * block;  // between two of which it is told
  for (std::size_t first = 0; first < rows; first += group) {
    const std::size_t some = std::min(group, rows - first);
    tools.for_each((some + block - 1) / block, [&](std::size_t i, std::size_t worker) {
      body(first + i * block, std::min(block, some - i * block), worker);
    });
    tools.tell(first + some, rows);
  }
}

/// Silhouettes by Euclidean distances: tiles of scores (see CenterScores) become distances and are summed up.
template <class T>
class EuclideanSilhouettes {
 public:
  EuclideanSilhouettes(const ClusteredRows<T>& rows, const Points<T>& points, const RunTools<T>& tools)
      : rows_(rows),
        tools_(tools),
        measured_(points, tools),
        block_(std::clamp(kMostSums / rows.clusters() / kRows * kRows, kRows, kMostBlock)),
        zero_(points.dims()),
        no_way_(kColumns),
        crew_(tools.workers()) {
    for (Worker& worker : crew_) {
      worker.block.resize(block_ * points.dims());
      worker.tile.resize(kColumns * points.dims());
      worker.sums.resize(block_ * rows.clusters());
    }
  }

  void run(std::vector<double>& out) {
    for_blocks(rows_.rows(), block_, tools_, [&](std::size_t at, std::size_t count, std::size_t worker) {
      Worker& own = crew_[worker];
      std::fill(own.sums.begin(), own.sums.end(), 0.0);
      gather(at, count, own.block);
      for (std::size_t column = 0; column < rows_.rows(); column += kColumns)
        add_tile(at, count, column, std::min(kColumns, rows_.rows() - column), own);
      for (std::size_t r = 0; r < count; ++r)
        out[rows_.row(at + r)] =
            silhouette_of(rows_, rows_.cluster(at + r),
                          std::span<const double>(own.sums).subspan(r * rows_.clusters(), rows_.clusters()));
    });
  }

 private:
  static constexpr std::size_t kColumns = 256;                    ///< of a tile
  static constexpr std::size_t kMostBlock = 512;                  ///< rows for which a tile of columns is packed
  static constexpr std::size_t kMostSums = std::size_t{1} << 20;  ///< of a block, where it has more rows than kRows
  static constexpr std::size_t kRows = CenterScores<T>::kRows;

  struct Worker {
    std::vector<T> block;
    std::vector<T> tile;
    std::vector<double> sums;  // [rows of the block, clusters]
    AlignedBuffer<T> scores;
    std::uint32_t close[kColumns];
    std::uint32_t near_rows[kColumns];
    T near_squares[kColumns];
  };

  /// Rows as they lie around the origin: where they are far from zero, they would have few digits for their distances.
  void gather(std::size_t at, std::size_t count, std::vector<T>& out) const {
    const T* origin = measured_.origin().data();
    for (std::size_t r = 0; r < count; ++r) {
      const T* row = rows_[at + r].data();
      T* to = out.data() + r * dims();
      for (std::size_t i = 0; i < dims(); ++i) to[i] = row[i] - origin[i];
    }
  }

  void add_tile(std::size_t at, std::size_t count, std::size_t column, std::size_t columns, Worker& own) const {
    gather(column, columns, own.tile);
    const CenterScores<T> scores(Points<T>(own.tile.data(), columns, dims()), zero_, tools_.kernels());
    T* values = own.scores.ensure(kRows * scores.stride());
    for (std::size_t first = 0; first < count; first += kRows) {
      const std::size_t some = std::min(kRows, count - first);
      scores.score(own.block.data() + first * dims(), some, values);
      for (std::size_t r = 0; r < some; ++r) {
        T* distances = values + r * scores.stride();
        const T square = measured_.square(rows_.row(at + first + r));
        tools_.kernels().centers.bounds(
            {distances, round_up(columns, kScoreColumns), square, no_way_.data(), distances});
        measure_near(at + first + r, square, column, columns, distances, own);
        add_distances(column, columns, distances, own.sums.data() + (first + r) * rows_.clusters());
      }
    }
  }

  /// Of rows that are close to each other, the distance as the difference of large numbers would have few digits.
  void measure_near(std::size_t at, T square, std::size_t column, std::size_t columns, T* distances,
                    Worker& own) const {
    const T limit = static_cast<T>(0.1) * std::sqrt(square);
    std::size_t count = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      own.close[count] = static_cast<std::uint32_t>(j);
      count += distances[j] <= limit ? 1 : 0;
    }
    if (count == 0) return;
    for (std::size_t i = 0; i < count; ++i) own.near_rows[i] = rows_.row(column + own.close[i]);
    tools_.kernels().centers.squared_distances(
        {rows_[at].data(), measured_.points().data(), dims(), dims(), own.near_rows, count, own.near_squares});
    for (std::size_t i = 0; i < count; ++i) distances[own.close[i]] = std::sqrt(own.near_squares[i]);
  }

  /// Columns are ordered by cluster.
  void add_distances(std::size_t column, std::size_t columns, const T* distances, double* sums) const {
    for (std::size_t j = 0; j < columns;) {
      const std::size_t cluster = rows_.cluster(column + j);
      const std::size_t end = std::min(columns, rows_.begin(cluster + 1) - column);
      double lanes[4] = {};
      for (; j + 4 <= end; j += 4)
        for (std::size_t lane = 0; lane < 4; ++lane) lanes[lane] += static_cast<double>(distances[j + lane]);
      for (; j < end; ++j) lanes[0] += static_cast<double>(distances[j]);
      sums[cluster] += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
  }

  [[nodiscard]] std::size_t dims() const noexcept { return measured_.points().dims(); }

  const ClusteredRows<T>& rows_;
  const RunTools<T>& tools_;
  MeasuredRows<T> measured_;
  std::size_t block_;
  std::vector<T> zero_;
  std::vector<T> no_way_;
  std::vector<Worker> crew_;
};

/// Silhouettes by cosines, in double: the sum of a row's distances to a cluster is its size less the product of the row
/// with the sum of the cluster's rows, all of length 1.
template <class T>
void cosine_silhouettes(const ClusteredRows<T>& rows, std::size_t dims, const RunTools<T>& tools,
                        std::vector<double>& out) {
  constexpr std::size_t kRows = 32;
  const Kernels<double> kernels = kernels_of<double>(CpuLevel::portable);
  const auto unit = [&](std::size_t at, double* to) {
    for (std::size_t i = 0; i < dims; ++i) to[i] = static_cast<double>(rows[at][i]);
    return scale_to_unit(std::span<double>(to, dims));
  };
  std::vector<double> sums(rows.clusters() * dims);
  tools.for_each(rows.clusters(), [&](std::size_t c, std::size_t) {
    std::vector<double> row(dims);
    for (std::size_t at = rows.begin(c); at < rows.begin(c + 1); ++at) {
      unit(at, row.data());
      for (std::size_t i = 0; i < dims; ++i) sums[c * dims + i] += row[i];
    }
  });
  PackedMatrix<double> packed(dims, round_up(rows.clusters(), kernels.panel), kernels.panel);
  packed.set_columns_from_rows(0, rows.clusters(), sums.data(), dims);
  for_blocks(rows.rows(), 8 * kRows, tools, [&](std::size_t at, std::size_t count, std::size_t) {
    std::vector<double> units(kRows * dims);
    std::vector<double> products(kRows * packed.columns());
    std::vector<double> distances(rows.clusters());
    for (std::size_t first = at; first < at + count; first += kRows) {
      const std::size_t some = std::min(kRows, at + count - first);
      bool is_zero[kRows];
      for (std::size_t r = 0; r < some; ++r) is_zero[r] = !unit(first + r, units.data() + r * dims);
      kernels.multiply(
          {units.data(), dims, some, packed.panel(0), dims, packed.columns(), products.data(), packed.columns()});
      for (std::size_t r = 0; r < some; ++r) {
        const std::size_t own = rows.cluster(first + r);
        for (std::size_t c = 0; c < rows.clusters(); ++c) {
          const auto size = static_cast<double>(rows.size(c));
          distances[c] = size - products[r * packed.columns() + c];
          if (distances[c] < 1e-14 * size) distances[c] = 0;  // vectors of one direction: it is the products' rounding
        }
        if (is_zero[r]) distances[own] -= 1;  // at distance 0 from itself
        out[rows.row(first + r)] = silhouette_of(rows, own, std::span<const double>(distances));
      }
    }
  });
}

}  // namespace glossa::detail
