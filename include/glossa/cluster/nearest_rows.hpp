// Vectors come in; the nearest others of each go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/scaled_points.hpp>
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
#include <cmath>
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

/// The vectors less their mean as floats: what is left loses least where lengths and products are subtracted. Times a
/// power of two where floats would not hold the products.
template <std::floating_point T>
[[nodiscard]] Embeddings centered_rows(const Points<T>& points) {
  const std::vector<double> mean = mean_of(points);
  double largest = 0;
  for (std::size_t i = 0; i < points.rows(); ++i)
    for (std::size_t j = 0; j < points.dims(); ++j)
      largest = std::max(largest, std::abs(static_cast<double>(points[i][j]) - mean[j]));
  const int power = scaling_power(largest);
  Embeddings rows(points.rows(), points.dims());
  for (std::size_t i = 0; i < points.rows(); ++i)
    for (std::size_t j = 0; j < points.dims(); ++j) {
      const double value = static_cast<double>(points[i][j]) - mean[j];
      rows[i][j] = static_cast<float>(power == 0 ? value : std::ldexp(value, power));
    }
  return rows;
}

/// What floats say of how near another is to a row: the nearer, the more.
struct Nearness {
  float score;  ///< at most, but for the row's own part of the error
  float error;  ///< how much less it is at least, by the other's part
  std::uint32_t index;
};

/// Of many rows, those that may be among the nearest few; the others are thrown away from time to time. So are, of very
/// many that floats do not tell apart, those that floats put last.
class NearestCandidates {
 public:
  /// own_error: the row's part of the error, up and down.
  NearestCandidates(std::size_t count, float own_error) : count_(count), most_(2 * count + 64), own_error_(own_error) {
    kept_.reserve(most_ + 1);
  }

  void add(const Nearness& one) {
    if (one.score < least_) return;
    kept_.push_back(one);
    if (kept_.size() > most_) shrink();
  }
  [[nodiscard]] const std::vector<Nearness>& finish() {
    shrink();
    return kept_;
  }
  /// A score below this is not among the best.
  [[nodiscard]] float least() const noexcept { return least_; }

 private:
  static constexpr std::size_t kTied = 1024;  ///< kept beyond what is asked for, and 8 times that

  void shrink() {
    if (kept_.size() <= count_) return;
    const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(count_) - 1;
    const auto surely = [](const Nearness& one) { return one.score - one.error; };
    std::nth_element(kept_.begin(), last, kept_.end(),
                     [&](const Nearness& a, const Nearness& b) { return surely(a) > surely(b); });
    least_ = std::max(least_, surely(*last) - own_error_);
    std::erase_if(kept_, [&](const Nearness& one) { return one.score < least_; });
    if (const std::size_t most = 8 * count_ + kTied; kept_.size() > most) {
      std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(most), kept_.end(),
                       [](const Nearness& a, const Nearness& b) {
                         return a.score != b.score ? a.score > b.score : a.index < b.index;
                       });
      kept_.resize(most);
    }
    most_ = std::max(most_, 2 * kept_.size());
  }

  std::size_t count_;
  std::size_t most_;
  float own_error_;
  float least_ = -std::numeric_limits<float>::infinity();
  std::vector<Nearness> kept_;
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

/// Looks at all pairs, by tiles of their products in float; what is near as far as floats can tell is measured again in
/// double. `report` is called from time to time, and may throw.
template <std::floating_point T>
[[nodiscard]] NearestRows exact_nearest_rows(const Points<T>& points, std::size_t count, const ClusterRun& run,
                                             Executor& executor, const std::function<void()>& report) {
  constexpr std::size_t kRows = 64;
  constexpr std::size_t kColumns = 1024;
  const Kernels<float> kernels = kernels_of<float>(choose_level(run.cpu_level));
  const std::size_t rows = points.rows();
  const std::size_t dims = points.dims();
  NearestRows nearest{std::min(count, rows - 1), {}, {}};
  nearest.indices.resize(rows * nearest.count);
  nearest.squares.resize(rows * nearest.count);

  const Embeddings centered = centered_rows(points);
  const std::size_t columns = round_up(rows, kernels.panel);
  PackedMatrix<float> packed(dims, columns, kernels.panel);
  packed.set_columns_from_rows(0, rows, centered.values().data(), dims);
  // The nearest y to x is that of the greatest x·y - |y|²/2. Floats miss that by product_error() of |x||y| + |y|²/2 at
  // most, and so of |x|²/2 + |y|²; the latter is added here.
  const double part = product_error<float>(dims);
  const double least = static_cast<double>(dims + 1) * static_cast<double>(std::numeric_limits<float>::min());
  std::vector<float> bias(columns);
  std::vector<float> errors(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::span<const float> own = centered[i];
    const double square = std::inner_product(own.begin(), own.end(), own.begin(), 0.0);
    bias[i] = static_cast<float>((part - 0.5) * square);
    errors[i] = static_cast<float>(part * square + least);
  }
  const std::size_t step = round_up(kColumns, kernels.panel);
  const std::size_t shares = (rows + kRows - 1) / kRows;
  const std::size_t workers = workers_for(executor, shares);
  std::vector<AlignedBuffer<float>> products(workers);
  const auto find_share = [&](std::size_t share, std::size_t worker) {
    const std::size_t first = share * kRows;
    const std::size_t some = std::min(kRows, rows - first);
    float* scores = products[worker].ensure(kRows * step);
    std::vector<NearestCandidates> best;
    best.reserve(some);
    for (std::size_t r = 0; r < some; ++r)
      best.emplace_back(nearest.count + 1, errors[first + r]);  // the row itself is among them
    for (std::size_t column = 0; column < columns; column += step) {
      const std::size_t width = std::min(step, columns - column);
      Product<float> product{centered[first].data(), dims, some, packed.panel(column), dims, width, scores, width};
      product.bias = bias.data() + column;
      kernels.multiply(product);
      const std::size_t real = std::min(width, rows - column);
      for (std::size_t r = 0; r < some; ++r) {
        const float* own = scores + r * width;
        for (std::size_t c = 0; c < real; ++c)
          if (own[c] >= best[r].least())
            best[r].add({own[c], 2 * errors[column + c], static_cast<std::uint32_t>(column + c)});
      }
    }
    std::vector<std::uint32_t> candidates;
    for (std::size_t r = 0; r < some; ++r) {
      candidates.clear();
      for (const Nearness& one : best[r].finish()) candidates.push_back(one.index);
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
