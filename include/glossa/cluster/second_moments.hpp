// Vectors come in; the sums of the products of each two of their dimensions go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <vector>

namespace glossa::detail {

/// The mean of the vectors [dims], summed in double.
template <std::floating_point T>
[[nodiscard]] std::vector<double> mean_of(const Points<T>& points) {
  std::vector<double> mean(points.dims());
  for (std::size_t i = 0; i < points.rows(); ++i)
    for (std::size_t j = 0; j < points.dims(); ++j) mean[j] += static_cast<double>(points[i][j]);
  for (double& value : mean) value /= static_cast<double>(std::max<std::size_t>(points.rows(), 1));
  return mean;
}

inline namespace GLOSSA_ISA {

/// Σ (x - mean)·(x - mean)ᵀ, [dims, dims]. Blocks of vectors are multiplied in T; their products are added in double,
/// one block after another, so that the sum is the same whatever the number of threads.
template <std::floating_point T>
[[nodiscard]] std::vector<double> second_moments(const Points<T>& points, const std::vector<double>& mean,
                                                 const ClusterRun& run, Executor& executor) {
  constexpr std::size_t kDepth = 256;  // vectors of a block: short sums, which lose little
  constexpr std::size_t kStrip = 64;   // rows of the result that a thread takes at a time
  const Kernels<T> kernels = kernels_of<T>(choose_level(run.cpu_level));
  const std::size_t dims = points.dims();
  const std::size_t columns = round_up(dims, kernels.panel);
  const std::size_t strips = (dims + kStrip - 1) / kStrip;
  std::vector<double> sums(dims * dims);
  AlignedBuffer<T> block(dims * kDepth);  // transposed: [dims, kDepth]
  std::vector<AlignedBuffer<T>> products(workers_for(executor, strips));
  const std::size_t blocks = (points.rows() + kDepth - 1) / kDepth;
  for (std::size_t at = 0; at < blocks; ++at) {
    if (run.progress) run.progress({at, blocks, 0});
    const std::size_t first = at * kDepth;
    const std::size_t depth = std::min(kDepth, points.rows() - first);
    parallel_for(executor, strips, [&](std::size_t strip, std::size_t) {
      const std::size_t end = std::min(dims, (strip + 1) * kStrip);
      for (std::size_t r = 0; r < depth; ++r)
        for (std::size_t j = strip * kStrip; j < end; ++j)
          block[j * depth + r] = static_cast<T>(static_cast<double>(points[first + r][j]) - mean[j]);
    });
    PackedMatrix<T> packed(depth, columns, kernels.panel);
    packed.set_columns_from_rows(0, dims, block.data(), depth);
    parallel_for(executor, strips, products.size(), [&](std::size_t strip, std::size_t worker) {
      const std::size_t row = strip * kStrip;
      const std::size_t rows = std::min(kStrip, dims - row);
      const std::size_t column = row / kernels.panel * kernels.panel;  // what lies left of it is known by symmetry
      const std::size_t width = columns - column;
      T* own = products[worker].ensure(kStrip * columns);
      kernels.multiply({block.data() + row * depth, depth, rows, packed.panel(column), depth, width, own, width});
      for (std::size_t r = row; r < row + rows; ++r)
        for (std::size_t c = r; c < dims; ++c)
          sums[r * dims + c] += static_cast<double>(own[(r - row) * width + c - column]);
    });
  }
  for (std::size_t r = 0; r < dims; ++r)
    for (std::size_t c = 0; c < r; ++c) sums[r * dims + c] = sums[c * dims + r];
  if (run.progress) run.progress({blocks, blocks, 0});
  return sums;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
