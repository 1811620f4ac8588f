// Two sets of vectors come in; how alike each pair is goes out, tile by tile or as a matrix.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/search_options.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace glossa {

/// A part of a similarity matrix: rows [first_row, first_row + rows) of the one set against rows
/// [first_column, first_column + columns) of the other.
struct SimilarityTile {
  std::size_t first_row = 0;
  std::size_t rows = 0;
  std::size_t first_column = 0;
  std::size_t columns = 0;
  const float* values = nullptr;  ///< [rows, columns] with `stride`; valid during the call
  std::size_t stride = 0;

  [[nodiscard]] float operator()(std::size_t row, std::size_t column) const noexcept {
    return values[row * stride + column];
  }
};

/// Calls `body` with every tile of the similarity matrix of `a` and `b`, which never is in memory as a whole. Several
/// threads call it at once. Scores are of floats: a cosine is within (dims + 16) · 6e-8 of the one in double, other
/// scores within that part of the lengths' product or the distance. `options.filter` is not asked. Cosines are of
/// vectors of any length; those of a zero vector are 0.
/// Errors: `invalid_argument` where the vectors' lengths differ; what `body` throws.
void for_each_similarity_tile(const Embeddings& a, const Embeddings& b, Metric metric,
                              const std::function<void(const SimilarityTile&)>& body,
                              const SearchOptions& options = {});

/// How alike `query` is to each row of `corpus`; see for_each_similarity_tile(). `options.metric` counts.
[[nodiscard]] std::vector<float> similarities(std::span<const float> query, const Embeddings& corpus,
                                              const SearchOptions& options = {});

/// The whole matrix, [a.rows(), b.rows()]; see for_each_similarity_tile().
[[nodiscard]] Embeddings similarity_matrix(const Embeddings& a, const Embeddings& b, Metric metric = Metric::cosine,
                                           const SearchOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/similarity_impl.hpp>
#endif
