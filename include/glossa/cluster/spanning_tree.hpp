// Vectors come in, with core distances or without; a minimum spanning tree of their distances goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/frontier.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/core/parallel_for.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace glossa::detail {

/// Prim's algorithm (1957; Jarník 1930) from vector 0, in time O(n²). The distance of two vectors is that between them
/// or, where it is larger, one of their core distances; `core` may be empty. Edges are in the order in which the tree
/// grew: of vectors that are equally near to it the lowest number comes next, from the one of the tree that came first.
/// These are the edges that scikit-learn takes.
template <std::floating_point T>
[[nodiscard]] std::vector<TreeEdge> minimum_spanning_tree(const PairDistance<T>& distance, std::span<const double> core,
                                                          const ClusterRun& run, std::size_t steps_before = 0) {
  constexpr std::size_t kStretch = 512;  // vectors that are taken up between two reports
  std::vector<TreeEdge> edges;
  if (distance.rows() < 2) return edges;
  const std::size_t count = distance.rows() - 1;
  edges.reserve(count);
  const auto executor = executor_of(run);
  Frontier<T> frontier(distance, core, run);
  std::uint32_t last = 0;
  while (edges.size() < count) {
    const std::size_t end = std::min(edges.size() + kStretch, count);
    const std::size_t workers = std::max<std::size_t>(workers_for(*executor, frontier.shares()), 1);
    Crew crew(workers);
    parallel_for(*executor, workers, workers, [&](std::size_t, std::size_t) {
      crew.lead_or_help([&] {
        while (edges.size() < end) {
          edges.push_back(frontier.advance(last, crew));
          last = edges.back().to;
        }
      });
    });
    if (run.progress) run.progress({steps_before + edges.size(), steps_before + count, 0});
  }
  return edges;
}

}  // namespace glossa::detail
