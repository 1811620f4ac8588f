// Queries' vectors and a corpus of vectors come in; the corpus rows that are most alike go out, best first.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/search/best_hits.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/search_options.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace glossa {

namespace detail {
class ExactSearch;
}

/// The k best rows for each query, of a corpus that comes in pieces and need not fit into memory: exact, in the order
/// that double precision gives, of equal scores the lower index first. Floats sort out what cannot be among the best,
/// and a bound on their rounding tells what might. For one thread at a time, which shares the work with others. Memory:
/// the queries twice, and 16 bytes a hit, k of each query; for fewer than 512 queries or 2^20 hits, and for
/// Metric::manhattan, so much for each thread.
class TopK {
 public:
  /// Errors: `invalid_argument` for too many threads; `unsupported` for a level that the processor lacks.
  TopK(const Embeddings& queries, std::size_t k, const SearchOptions& options = {});
  TopK(std::span<const float> query, std::size_t k, const SearchOptions& options = {});
  TopK(TopK&&) noexcept;
  TopK& operator=(TopK&&) noexcept;
  ~TopK();

  /// Takes further rows, [count, dims] one after another, of which the first is number `first_index`.
  /// Errors: `invalid_argument` where the values are no whole number of rows.
  void add(std::span<const float> rows, std::size_t first_index);

  /// The same. Errors: `invalid_argument` where the queries have another length.
  void add(const Embeddings& rows, std::size_t first_index);

  /// For each query the best of the rows so far, best first: fewer than k where there are fewer; a score that is NaN
  /// comes last.
  [[nodiscard]] std::vector<std::vector<Hit>> hits() const;

  /// The same for one query, so that those of all need not be in memory twice. Errors: `invalid_argument` for a number
  /// that no query has.
  [[nodiscard]] std::vector<Hit> hits(std::size_t query) const;

 private:
  std::unique_ptr<detail::ExactSearch> search_;
};

/// The k rows of `corpus` that are most like `query`: exact, best first, of equal scores the lower index first. Fewer
/// than k where the corpus is smaller; none for k = 0. A row whose score is NaN comes last.
/// Errors: `invalid_argument` where the lengths differ.
[[nodiscard]] std::vector<Hit> top_k(std::span<const float> query, const Embeddings& corpus, std::size_t k,
                                     const SearchOptions& options = {});

/// The same for each row of `queries`.
[[nodiscard]] std::vector<std::vector<Hit>> top_k(const Embeddings& queries, const Embeddings& corpus, std::size_t k,
                                                  const SearchOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/search/top_k_impl.hpp>
#endif
