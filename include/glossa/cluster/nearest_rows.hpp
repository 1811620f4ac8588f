// Vectors come in; the nearest others of each go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/second_moments.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/search/ivf_index.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The `count` nearest others of each vector by Euclidean distance, the nearest first, of equal ones the lower index.
/// Where an approximate search found fewer, the row itself stands at the end, at an infinite distance.
struct NearestRows {
  std::size_t count = 0;
  std::vector<std::uint32_t> indices;  ///< [rows, count]
  std::vector<double> squares;         ///< [rows, count]: squared distances

  [[nodiscard]] std::span<const std::uint32_t> indices_of(std::size_t row) const noexcept {
    return {indices.data() + row * count, count};
  }
  [[nodiscard]] std::span<const double> squares_of(std::size_t row) const noexcept {
    return {squares.data() + row * count, count};
  }
};

/// The vectors less their mean as floats: what is left loses least where lengths and products are subtracted.
template <std::floating_point T>
[[nodiscard]] Embeddings centered_rows(const Points<T>& points) {
  const std::vector<double> mean = mean_of(points);
  Embeddings rows(points.rows(), points.dims());
  for (std::size_t i = 0; i < points.rows(); ++i)
    for (std::size_t j = 0; j < points.dims(); ++j)
      rows[i][j] = static_cast<float>(static_cast<double>(points[i][j]) - mean[j]);
  return rows;
}

/// The best few of many scores, the worse of which are thrown away from time to time.
class BestScores {
 public:
  explicit BestScores(std::size_t count) : count_(count), most_(2 * count + 64) { kept_.reserve(most_ + 1); }

  void add(float score, std::uint32_t index) {
    if (score < least_) return;
    kept_.push_back({score, index});
    if (kept_.size() > most_) shrink();
  }
  /// At most `count`, and those that are as good as the last of them.
  [[nodiscard]] const std::vector<std::pair<float, std::uint32_t>>& finish() {
    shrink();
    return kept_;
  }
  void clear() {
    kept_.clear();
    least_ = -std::numeric_limits<float>::infinity();
  }
  /// A score below this is not among the best.
  [[nodiscard]] float least() const noexcept { return least_; }

 private:
  void shrink() {
    if (kept_.size() <= count_) return;
    const auto is_better = [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    };
    std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(count_), kept_.end(), is_better);
    kept_.resize(count_);
    least_ = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
               return a.first < b.first;
             })->first;
  }

  std::size_t count_;
  std::size_t most_;
  float least_ = -std::numeric_limits<float>::infinity();
  std::vector<std::pair<float, std::uint32_t>> kept_;
};

/// Writes row i's others of `candidates`, which need not be sorted or without itself.
template <std::floating_point T>
void rank_candidates(const Points<T>& points, std::size_t row, const std::vector<std::uint32_t>& candidates,
                     NearestRows& out) {
  std::vector<std::pair<double, std::uint32_t>> ranked;
  for (const std::uint32_t other : candidates) {
    if (other == row) continue;
    double square = 0;
    for (std::size_t j = 0; j < points.dims(); ++j) {
      const double difference = static_cast<double>(points[row][j]) - static_cast<double>(points[other][j]);
      square += difference * difference;
    }
    ranked.emplace_back(square, other);
  }
  ranked.resize(std::max(ranked.size(), out.count),
                {std::numeric_limits<double>::infinity(), static_cast<std::uint32_t>(row)});
  std::sort(ranked.begin(), ranked.end());
  for (std::size_t i = 0; i < out.count; ++i) {
    out.indices[row * out.count + i] = ranked[i].second;
    out.squares[row * out.count + i] = ranked[i].first;
  }
}

inline namespace GLOSSA_ISA {

/// Looks at all pairs, by tiles of their products in float; what is near is measured again in double. `report` is
/// called from time to time, and may throw.
template <std::floating_point T>
[[nodiscard]] NearestRows exact_nearest_rows(const Points<T>& points, std::size_t count, const ClusterRun& run,
                                             Executor& executor, const std::function<void()>& report) {
  constexpr std::size_t kRows = 64;
  constexpr std::size_t kColumns = 1024;
  constexpr std::size_t kSpare = 4;  // for what floats put in another order
  const Kernels<float> kernels = kernels_of<float>(choose_level(run.cpu_level));
  const std::size_t rows = points.rows();
  const std::size_t dims = points.dims();
  NearestRows nearest{std::min(count, rows - 1), {}, {}};
  nearest.indices.resize(rows * nearest.count);
  nearest.squares.resize(rows * nearest.count);
  const std::size_t wanted = std::min(nearest.count + 1 + kSpare, rows);

  const Embeddings centered = centered_rows(points);
  const std::size_t columns = round_up(rows, kernels.panel);
  PackedMatrix<float> packed(dims, columns, kernels.panel);
  packed.set_columns_from_rows(0, rows, centered.values().data(), dims);
  // The nearest y to x is that of the greatest x·y - |y|²/2.
  std::vector<float> bias(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::span<const float> own = centered[i];
    bias[i] = static_cast<float>(-0.5 * std::inner_product(own.begin(), own.end(), own.begin(), 0.0));
  }
  const std::size_t step = round_up(kColumns, kernels.panel);
  const std::size_t shares = (rows + kRows - 1) / kRows;
  const std::size_t workers = workers_for(executor, shares);
  std::vector<AlignedBuffer<float>> products(workers);
  const auto find_share = [&](std::size_t share, std::size_t worker) {
    const std::size_t first = share * kRows;
    const std::size_t some = std::min(kRows, rows - first);
    float* scores = products[worker].ensure(kRows * step);
    std::vector<BestScores> best(some, BestScores(wanted));
    for (std::size_t column = 0; column < columns; column += step) {
      const std::size_t width = std::min(step, columns - column);
      Product<float> product{centered[first].data(), dims, some, packed.panel(column), dims, width, scores, width};
      product.bias = bias.data() + column;
      kernels.multiply(product);
      const std::size_t real = std::min(width, rows - column);
      for (std::size_t r = 0; r < some; ++r) {
        const float* own = scores + r * width;
        for (std::size_t c = 0; c < real; ++c)
          if (own[c] >= best[r].least()) best[r].add(own[c], static_cast<std::uint32_t>(column + c));
      }
    }
    std::vector<std::uint32_t> candidates;
    for (std::size_t r = 0; r < some; ++r) {
      candidates.clear();
      for (const auto& [score, index] : best[r].finish()) candidates.push_back(index);
      rank_candidates(points, first + r, candidates, nearest);
    }
  };
  constexpr std::size_t kTogether = 64;  // shares between two reports
  for (std::size_t first = 0; first < shares; first += kTogether) {
    report();
    parallel_for(executor, std::min(kTogether, shares - first), workers,
                 [&](std::size_t share, std::size_t worker) { find_share(first + share, worker); });
  }
  return nearest;
}

}  // namespace GLOSSA_ISA

/// Looks at the pairs within a tenth of an IvfIndex's lists: the same whatever the number of threads, which is not so
/// for a graph that several threads build.
template <std::floating_point T>
[[nodiscard]] NearestRows approximate_nearest_rows(const Points<T>& points, std::size_t count, const ClusterRun& run,
                                                   std::uint64_t seed, const std::shared_ptr<Executor>& executor,
                                                   const std::function<void()>& report) {
  constexpr std::size_t kBlock = 4096;
  const std::size_t rows = points.rows();
  NearestRows nearest{std::min(count, rows - 1), {}, {}};
  nearest.indices.resize(rows * nearest.count);
  nearest.squares.resize(rows * nearest.count);
  const Embeddings centered = centered_rows(points);
  IndexOptions options;
  options.metric = Metric::euclidean;
  options.executor = executor;
  options.cpu_level = run.cpu_level;
  IvfIndex index(options, {.seed = seed});
  std::vector<std::uint64_t> ids(rows);
  std::iota(ids.begin(), ids.end(), std::uint64_t{0});
  index.add(ids, centered);
  for (std::size_t first = 0; first < rows; first += kBlock) {
    report();
    Embeddings queries(std::min(kBlock, rows - first), points.dims());
    std::copy_n(centered[first].data(), queries.values().size(), queries.values().data());
    const std::vector<std::vector<Neighbor>> found = index.search(queries, nearest.count + 1);
    for_shares(*executor, found.size(), [&](std::size_t i) {
      std::vector<std::uint32_t> candidates;
      for (const Neighbor& one : found[i]) candidates.push_back(static_cast<std::uint32_t>(one.id));
      rank_candidates(points, first + i, candidates, nearest);
    });
  }
  return nearest;
}

}  // namespace glossa::detail
