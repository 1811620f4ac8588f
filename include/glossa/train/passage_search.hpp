// Vectors of passages come in; the nearest of them to queries go out, by comparing all or along a graph.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace glossa::detail {

class PassageSearch {
 public:
  /// Searches the first `count` of `passages`, which must outlive this. A graph is built by one thread, so that it is
  /// the same each time; `report` is called on the way.
  PassageSearch(const Embeddings& passages, std::size_t count, bool by_graph, const NeighborGraphOptions& graph,
                const ClusterRun& run, std::shared_ptr<Executor> executor, const std::function<void()>& report)
      : passages_(passages), count_(count), graph_(graph), run_(run), executor_(std::move(executor)) {
    if (!by_graph) return;
    index_.emplace(IndexOptions{.metric = Metric::cosine,
                                .vectors = graph.vectors,
                                .executor = std::make_shared<ThreadPool>(1),
                                .cpu_level = run.cpu_level},
                   graph.hnsw);
    for (std::size_t first = 0; first < count;) {
      report();
      // The mean that int8 is rounded about is that of the first vectors: so there should be many.
      const std::size_t some = std::min<std::size_t>(first == 0 ? 16384 : 1024, count - first);
      Embeddings part(some, passages.dims());
      std::copy_n(passages[first].data(), part.values().size(), part.values().data());
      std::vector<std::uint64_t> ids(some);
      std::iota(ids.begin(), ids.end(), std::uint64_t{first});
      index_->add(ids, part);
      first += some;
    }
  }

  /// For each query the k passages of the greatest cosines, best first, of equal ones the lower number first; of those
  /// that `filter` lets through, if there is one.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> find(const Embeddings& queries, std::size_t k,
                                                             const std::function<bool(std::size_t)>& filter) const {
    std::vector<std::vector<std::uint32_t>> found(queries.rows());
    if (!index_) {
      TopK best(queries, k,
                {.metric = Metric::cosine, .filter = filter, .executor = executor_, .cpu_level = run_.cpu_level});
      best.add(passages_.values().first(count_ * passages_.dims()), 0);
      for (std::size_t i = 0; i < found.size(); ++i)
        for (const Hit& hit : best.hits(i)) found[i].push_back(static_cast<std::uint32_t>(hit.index));
      return found;
    }
    IndexSearchOptions options{.candidates = std::max(graph_.candidates, 2 * k)};
    if (filter) options.filter = [&](std::uint64_t id) { return filter(static_cast<std::size_t>(id)); };
    for_shares(*executor_, found.size(), [&](std::size_t i) {
      // Scores of the graph are of rounded vectors.
      std::vector<ScoredRow> hits;
      for (const Neighbor& hit : index_->search(queries[i], k, options))
        hits.push_back({exact_cosine(queries[i], passages_[static_cast<std::size_t>(hit.id)]), hit.id});
      std::sort(hits.begin(), hits.end(), is_better<ScoredRow>);
      for (const ScoredRow& hit : hits) found[i].push_back(static_cast<std::uint32_t>(hit.index));
    });
    return found;
  }

 private:
  const Embeddings& passages_;
  std::size_t count_;
  NeighborGraphOptions graph_;
  ClusterRun run_;
  std::shared_ptr<Executor> executor_;
  std::optional<HnswIndex> index_;
};

}  // namespace glossa::detail
