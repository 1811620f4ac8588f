// Vectors come in; the merges of a hierarchical clustering go out, by the clusters' means and without a matrix.
#pragma once

#include <glossa/cluster/agglomerative_options.hpp>
#include <glossa/cluster/cluster_means.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/core/parallel_for.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace glossa::detail {

/// NeighborChain where a cluster's mean tells its distance from others: ward, and average of cosines.
template <std::floating_point T>
class MeanChain {
 public:
  MeanChain(const PairDistance<T>& distance, const ClusterRun& run)
      : run_(run), means_(distance, run), executor_(executor_of(run)) {}

  [[nodiscard]] std::vector<TreeEdge> merge_all() {
    constexpr std::size_t kStretch = 128;  // merges between two reports
    std::vector<TreeEdge> edges;
    const std::size_t count = means_.clusters() - 1;
    edges.reserve(count);
    while (edges.size() < count) {
      const std::size_t end = std::min(edges.size() + kStretch, count);
      const std::size_t workers = workers_for(*executor_, means_.shares());
      Crew crew(workers);
      parallel_for(*executor_, workers, workers, [&](std::size_t, std::size_t) {
        crew.lead_or_help([&] {
          while (edges.size() < end) edges.push_back(merge_next(crew));
        });
      });
      if (run_.progress) run_.progress({edges.size(), count, 0});
    }
    return edges;
  }

 private:
  [[nodiscard]] TreeEdge merge_next(Crew& crew) {
    if (chain_.empty()) chain_.push_back(means_.first());
    while (true) {
      const std::uint32_t tip = chain_.back();
      const NearMean nearest = means_.nearest(tip, chain_.size() > 1 ? chain_[chain_.size() - 2] : tip, crew);
      if (chain_.size() > 1 && nearest.cluster == chain_[chain_.size() - 2]) {
        chain_.resize(chain_.size() - 2);
        const std::uint32_t x = std::min(tip, nearest.cluster);
        const std::uint32_t y = std::max(tip, nearest.cluster);
        means_.merge(x, y);
        return {x, y, nearest.distance};
      }
      chain_.push_back(nearest.cluster);
    }
  }

  const ClusterRun& run_;
  ClusterMeans<T> means_;
  std::shared_ptr<Executor> executor_;
  std::vector<std::uint32_t> chain_;
};

}  // namespace glossa::detail
