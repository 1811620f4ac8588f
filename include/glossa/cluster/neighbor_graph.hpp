// Vectors come in; what is near to others of them is found along the edges of a graph.
#pragma once

#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/pair_scan.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/search/hnsw_index.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

namespace glossa::detail {

/// The cosine in double.
template <std::floating_point T>
[[nodiscard]] double exact_cosine(std::span<const T> a, std::span<const T> b) noexcept {
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    product += x * y;
    a_square += x * x;
    b_square += y * y;
  }
  const double lengths = std::sqrt(a_square) * std::sqrt(b_square);
  return lengths == 0 ? 0 : product / lengths;
}

/// An HnswIndex over vectors, asked by others. Its scores are of rounded vectors: exact ones take their place.
template <std::floating_point T>
class NeighborGraph {
 public:
  NeighborGraph(const Points<T>& points, const NeighborGraphOptions& options, const ClusterRun& run)
      : points_(points),
        options_(options),
        index_({.metric = Metric::cosine,
                .vectors = options.vectors,
                .executor = std::make_shared<ThreadPool>(1),
                .cpu_level = run.cpu_level},
               options.hnsw) {
    ProgressReporter progress(run.progress, points.rows());
    for (std::size_t first = 0; first < points.rows();) {
      // The mean that int8 is rounded about is that of the first vectors: so there should be many.
      const std::size_t count = std::min<std::size_t>(first == 0 ? 16384 : 1024, points.rows() - first);
      Embeddings part(count, points.dims());
      for (std::size_t i = 0; i < count * points.dims(); ++i)
        part.values()[i] = static_cast<float>(points[first].data()[i]);
      std::vector<std::uint64_t> ids(count);
      std::iota(ids.begin(), ids.end(), std::uint64_t{first});
      index_.add(ids, part);
      first += count;
      progress.add([&](Progress& all) { all.done += count; });
    }
  }

  /// Offers to each list what is near to its row of `queries`; where these are the graph's own vectors, not itself.
  void find(const Points<T>& queries, bool same, NeighborLists<T>& lists, const ClusterRun& run,
            Executor& executor) const {
    ProgressReporter progress(run.progress, queries.rows());
    const std::size_t blocks = (queries.rows() + NeighborLists<T>::kBlock - 1) / NeighborLists<T>::kBlock;
    parallel_for(executor, blocks, [&](std::size_t block, std::size_t) {
      const std::size_t first = block * NeighborLists<T>::kBlock;
      const std::size_t count = std::min(NeighborLists<T>::kBlock, queries.rows() - first);
      std::vector<float> query(queries.dims());
      std::vector<std::vector<ScoredNeighbor<T>>> found(count);
      const IndexSearchOptions search{.candidates = std::max(options_.candidates, lists.k() + 1)};
      for (std::size_t i = 0; i < count; ++i) {
        const std::span<const T> row = queries[first + i];
        for (std::size_t d = 0; d < query.size(); ++d) query[d] = static_cast<float>(row[d]);
        for (const Neighbor& hit : index_.search(query, lists.k() + (same ? 1 : 0), search)) {
          const auto index = static_cast<std::size_t>(hit.id);
          if (same && index == first + i) continue;
          found[i].push_back({static_cast<T>(exact_cosine(row, points_[index])), static_cast<std::uint32_t>(index)});
        }
      }
      lists.add(first, [&](auto&& offer) {
        for (std::size_t i = 0; i < count; ++i)
          for (const ScoredNeighbor<T>& entry : found[i]) offer(first + i, entry);
      });
      progress.add([&](Progress& all) { all.done += count; });
    });
  }

 private:
  const Points<T>& points_;
  const NeighborGraphOptions& options_;
  HnswIndex index_;
};

}  // namespace glossa::detail
