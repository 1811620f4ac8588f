// A query's vector and a corpus of vectors come in; the corpus rows that are most alike go out, best first.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// A row of a corpus and how well it matches.
struct Hit {
  std::size_t index = 0;
  float score = 0;
  friend bool operator==(const Hit&, const Hit&) = default;
};

/// The inner product, summed in double; for vectors of unit length it is their cosine.
/// Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float dot(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size())
    throw Error(ErrorKind::invalid_argument, {.field = "dot",
                                              .expected = "vectors of one length",
                                              .found = std::to_string(a.size()) + " and " + std::to_string(b.size())});
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return static_cast<float>(sum);
}

/// The k rows of `corpus` with the largest inner product with `query`: exact, best first, of equal scores the lower
/// index first. Fewer than k where the corpus is smaller; none for k = 0. A row whose score is NaN comes last.
/// Errors: `invalid_argument` where the lengths differ.
[[nodiscard]] inline std::vector<Hit> top_k(std::span<const float> query, const Embeddings& corpus, std::size_t k) {
  const auto is_better = [](const Hit& a, const Hit& b) {
    if (std::isnan(a.score) != std::isnan(b.score)) return std::isnan(b.score);
    if (a.score != b.score && !std::isnan(a.score)) return a.score > b.score;
    return a.index < b.index;
  };
  std::vector<Hit> heap;  // of the best so far, the worst of them in front
  if (k == 0) return heap;
  for (std::size_t i = 0; i < corpus.rows(); ++i) {
    const Hit hit{i, dot(query, corpus[i])};
    if (heap.size() == k) {
      if (!is_better(hit, heap.front())) continue;
      std::pop_heap(heap.begin(), heap.end(), is_better);
      heap.pop_back();
    }
    heap.push_back(hit);
    std::push_heap(heap.begin(), heap.end(), is_better);
  }
  std::sort_heap(heap.begin(), heap.end(), is_better);
  return heap;
}

/// The same for each row of `queries`.
[[nodiscard]] inline std::vector<std::vector<Hit>> top_k(const Embeddings& queries, const Embeddings& corpus,
                                                         std::size_t k) {
  std::vector<std::vector<Hit>> hits;
  hits.reserve(queries.rows());
  for (std::size_t i = 0; i < queries.rows(); ++i) hits.push_back(top_k(queries[i], corpus, k));
  return hits;
}

}  // namespace glossa
