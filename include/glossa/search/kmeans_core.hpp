// Vectors and a number of clusters come in; centres that lie in the middle of theirs go out.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Centres [count, dims], packed for finding the one that is nearest to a vector.
class NearestCenter {
 public:
  NearestCenter(std::span<const float> centers, std::size_t dims, const Kernels<float>& kernels)
      : kernels_(kernels), dims_(dims), count_(centers.size() / dims) {
    const std::size_t columns = round_up(count_, std::max(kernels.panel, kScoreColumns));
    packed_ = PackedMatrix<float>(dims, columns, kernels.panel);
    packed_.set_columns_from_rows(0, count_, centers.data(), dims);
    // The nearest centre c to x is that of the greatest x·c - |c|²/2; what fills the panel is never that.
    bias_.assign(columns, -std::numeric_limits<float>::infinity());
    for (std::size_t c = 0; c < count_; ++c) {
      double square = 0;
      for (std::size_t i = 0; i < dims; ++i)
        square += static_cast<double>(centers[c * dims + i]) * static_cast<double>(centers[c * dims + i]);
      bias_[c] = static_cast<float>(-square / 2);
    }
  }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// The nearest centre of each of rows [count, dims]; of several the first.
  void find(const float* rows, std::size_t count, std::uint32_t* out) const {
    AlignedBuffer<float> scores(kRows * packed_.columns());
    for (std::size_t first = 0; first < count; first += kRows) {
      const std::size_t some = std::min(kRows, count - first);
      Product<float> product{
          rows + first * dims_, dims_, some, packed_.panel(0), dims_, packed_.columns(), scores.data(),
          packed_.columns()};
      product.bias = bias_.data();
      kernels_.multiply(product);
      float best[kRows];
      float second[kRows];
      kernels_.centers.best_two({scores.data(), packed_.columns(), some, packed_.columns(), out + first, best, second});
    }
  }

  /// The same, with all threads.
  void find(const float* rows, std::size_t count, std::uint32_t* out, Executor& executor) const {
    constexpr std::size_t kShare = 8 * kRows;
    parallel_for(executor, (count + kShare - 1) / kShare, [&](std::size_t share, std::size_t) {
      const std::size_t first = share * kShare;
      find(rows + first * dims_, std::min(kShare, count - first), out + first);
    });
  }

 private:
  static constexpr std::size_t kRows = 32;

  const Kernels<float>& kernels_;
  std::size_t dims_;
  std::size_t count_;
  PackedMatrix<float> packed_;
  std::vector<float> bias_;
};

/// k-means by Lloyd's algorithm (1982) from randomly chosen vectors; a cluster that runs empty takes a vector of the
/// largest one. The same for the same seed, whatever the number of threads. rows: [count, dims], count >= clusters.
[[nodiscard]] inline std::vector<float> kmeans_centers(std::span<const float> rows, std::size_t dims,
                                                       std::size_t clusters, std::size_t rounds, std::uint64_t seed,
                                                       const Kernels<float>& kernels, Executor& executor) {
  const std::size_t count = rows.size() / dims;
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < clusters; ++i) std::swap(order[i], order[i + random() % (count - i)]);
  std::vector<float> centers(clusters * dims);
  for (std::size_t c = 0; c < clusters; ++c)
    std::copy_n(rows.data() + order[c] * dims, dims, centers.data() + c * dims);

  std::vector<std::uint32_t> nearest(count);
  for (std::size_t round = 0; round < rounds; ++round) {
    NearestCenter(centers, dims, kernels).find(rows.data(), count, nearest.data(), executor);
    std::vector<std::size_t> begin(clusters + 1);
    for (const std::uint32_t c : nearest) ++begin[c + 1];
    for (std::size_t c = 0; c < clusters; ++c)
      if (begin[c + 1] == 0) {
        const auto largest =
            static_cast<std::uint32_t>(std::max_element(begin.begin() + 1, begin.end()) - begin.begin() - 1);
        const auto one = std::find(nearest.begin(), nearest.end(), largest);
        *one = static_cast<std::uint32_t>(c);
        --begin[largest + 1];
        ++begin[c + 1];
      }
    for (std::size_t c = 0; c < clusters; ++c) begin[c + 1] += begin[c];
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < count; ++i) order[next[nearest[i]]++] = static_cast<std::uint32_t>(i);
    parallel_for(executor, clusters, [&](std::size_t c, std::size_t) {
      std::vector<double> sum(dims);
      for (std::size_t at = begin[c]; at < begin[c + 1]; ++at)
        for (std::size_t i = 0; i < dims; ++i) sum[i] += static_cast<double>(rows[order[at] * dims + i]);
      for (std::size_t i = 0; i < dims; ++i)
        centers[c * dims + i] = static_cast<float>(sum[i] / static_cast<double>(begin[c + 1] - begin[c]));
    });
  }
  return centers;
}

}  // namespace glossa::detail
