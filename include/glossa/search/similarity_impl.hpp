// Definitions of similarity's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/search/similarity.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace glossa {
namespace detail {

/// One set of vectors against tiles of another.
class SimilarityTiles {
 public:
  static constexpr std::size_t kRows = 256;
  static constexpr std::size_t kColumns = 256;

  SimilarityTiles(std::span<const float> a, std::size_t a_rows, const Embeddings& b, Metric metric,
                  const SearchOptions& options)
      : a_(a),
        a_rows_(a_rows),
        b_(b),
        metric_(metric),
        kernels_(kernels_of<float>(choose_level(options.cpu_level))),
        executor_(options.executor ? options.executor : std::make_shared<ThreadPool>(options.threads)) {
    if (metric == Metric::cosine) a_scales_ = scales(a_, a_rows_);
  }

  void for_each(const std::function<void(const SimilarityTile&)>& body) {
    const std::size_t tiles = (b_.rows() + kColumns - 1) / kColumns;
    if (a_rows_ == 0 || tiles == 0) return;
    const std::size_t workers = workers_for(*executor_, tiles);
    std::vector<AlignedBuffer<float>> values(workers);
    parallel_for(*executor_, tiles, workers, [&](std::size_t tile, std::size_t worker) {
      const std::size_t first = tile * kColumns;
      column_of_tiles(first, std::min(kColumns, b_.rows() - first),
                      values[worker].ensure(kRows * round_up(kColumns, kernels_.panel)), body);
    });
  }

 private:
  [[nodiscard]] std::size_t dims() const noexcept { return b_.dims(); }

  /// 1 / length of each row; 0 of a zero vector.
  [[nodiscard]] std::vector<float> scales(std::span<const float> rows, std::size_t count) const {
    std::vector<float> scales(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = rows.subspan(i * dims(), dims());
      const double length = std::sqrt(exact_dot(row, row));
      scales[i] = length == 0 ? 0.0F : static_cast<float>(1 / length);
    }
    return scales;
  }

  void column_of_tiles(std::size_t first, std::size_t columns, float* values,
                       const std::function<void(const SimilarityTile&)>& body) const {
    const float* others = b_.values().data() + first * dims();
    const bool multiplies = (metric_ == Metric::cosine || metric_ == Metric::dot) && a_rows_ > 1;
    PackedMatrix<float> packed;
    if (multiplies) {
      packed = PackedMatrix<float>(dims(), round_up(columns, kernels_.panel), kernels_.panel);
      packed.set_columns_from_rows(0, columns, others, dims());
    }
    const std::size_t stride = multiplies ? packed.columns() : columns;
    std::vector<float> column_scales;
    if (metric_ == Metric::cosine) column_scales = scales(b_.values().subspan(first * dims()), columns);
    for (std::size_t row = 0; row < a_rows_; row += kRows) {
      const std::size_t rows = std::min(kRows, a_rows_ - row);
      const float* own = a_.data() + row * dims();
      if (multiplies)
        kernels_.multiply({own, dims(), rows, packed.panel(0), dims(), stride, values, stride});
      else
        for (std::size_t r = 0; r < rows; ++r)
          row_kernel()({own + r * dims(), others, dims(), columns, dims(), values + r * stride});
      for (std::size_t r = 0; r < rows; ++r) finish(row + r, column_scales, columns, values + r * stride);
      body({row, rows, first, columns, values, stride});
    }
  }

  [[nodiscard]] auto row_kernel() const noexcept -> void (*)(const RowSums&) {
    switch (metric_) {
      case Metric::euclidean: return kernels_.row_sums.squared_differences;
      case Metric::manhattan: return kernels_.row_sums.absolute_differences;
      default: return kernels_.row_sums.products;
    }
  }

  void finish(std::size_t row, const std::vector<float>& column_scales, std::size_t columns, float* values) const {
    switch (metric_) {
      case Metric::dot: return;
      case Metric::euclidean:
        for (std::size_t j = 0; j < columns; ++j) values[j] = -std::sqrt(values[j]);
        return;
      case Metric::manhattan:
        for (std::size_t j = 0; j < columns; ++j) values[j] = -values[j];
        return;
      default:
        for (std::size_t j = 0; j < columns; ++j) values[j] *= a_scales_[row] * column_scales[j];
    }
  }

  std::span<const float> a_;
  std::size_t a_rows_;
  const Embeddings& b_;
  Metric metric_;
  Kernels<float> kernels_;
  std::shared_ptr<Executor> executor_;
  std::vector<float> a_scales_;
};

}  // namespace detail

GLOSSA_INLINE void for_each_similarity_tile(const Embeddings& a, const Embeddings& b, Metric metric,
                                            const std::function<void(const SimilarityTile&)>& body,
                                            const SearchOptions& options) {
  if (!a.empty() && !b.empty()) detail::require_same_size("for_each_similarity_tile", a.dims(), b.dims());
  detail::SimilarityTiles(a.values(), a.rows(), b, metric, options).for_each(body);
}

GLOSSA_INLINE std::vector<float> similarities(std::span<const float> query, const Embeddings& corpus,
                                              const SearchOptions& options) {
  if (!corpus.empty()) detail::require_same_size("similarities", query.size(), corpus.dims());
  std::vector<float> scores(corpus.rows());
  detail::SimilarityTiles(query, 1, corpus, options.metric, options).for_each([&](const SimilarityTile& tile) {
    std::copy_n(tile.values, tile.columns, scores.begin() + static_cast<std::ptrdiff_t>(tile.first_column));
  });
  return scores;
}

GLOSSA_INLINE Embeddings similarity_matrix(const Embeddings& a, const Embeddings& b, Metric metric,
                                           const SearchOptions& options) {
  Embeddings matrix(a.rows(), b.rows());
  for_each_similarity_tile(
      a, b, metric,
      [&](const SimilarityTile& tile) {
        for (std::size_t r = 0; r < tile.rows; ++r)
          std::copy_n(tile.values + r * tile.stride, tile.columns,
                      matrix[tile.first_row + r].begin() + static_cast<std::ptrdiff_t>(tile.first_column));
      },
      options);
  return matrix;
}

}  // namespace glossa
