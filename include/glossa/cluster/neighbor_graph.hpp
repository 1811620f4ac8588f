// Vectors come in; what is near to others of them is found along the edges of a graph.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder/progress_reporter.hpp>
#include <glossa/search/hnsw_index.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

namespace glossa::detail {

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
      for (std::size_t i = 0; i < count; ++i) copy(points[first + i], part[i]);
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
        copy(row, query);
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
  /// As floats; with a largest element of about 1 where these would not hold them.
  static void copy(std::span<const T> from, std::span<float> to) {
    double most = 0;
    for (const T value : from) most = std::max(most, std::abs(static_cast<double>(value)));
    const int power = most == 0 || (most > 1e-12 && most < 1e12) ? 0 : -std::ilogb(most);
    for (std::size_t d = 0; d < to.size(); ++d)
      to[d] = static_cast<float>(power == 0 ? static_cast<double>(from[d])
                                            : std::ldexp(static_cast<double>(from[d]), power));
  }

  Points<T> points_;
  const NeighborGraphOptions& options_;
  HnswIndex index_;
};

}  // namespace glossa::detail
