// Vectors come in; what is near to each of them, exactly or along a graph, goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/neighbor_graph.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/pair_scan.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/progress_stages.hpp>

#include <concepts>
#include <memory>

namespace glossa::detail {

/// Fills the lists of one set's vectors, and puts them in order.
template <std::floating_point T>
void find_neighbors(const Points<T>& points, NeighborSearch search, const NeighborGraphOptions& graph,
                    const ClusterRun& run, const std::shared_ptr<Executor>& executor, NeighborLists<T>& lists) {
  if (search == NeighborSearch::graph) {
    const ProgressStages stages(run, 2);  // of equal length, as far as one knows
    NeighborGraph<T>(points, graph, stages.run(0)).find(points, true, lists, stages.run(1), *executor);
  } else {
    PairScan<T>(run, executor).within(points, lists);
  }
  lists.finish();
}

/// The same between the vectors of two sets: along their graphs where there are any, or exactly.
template <std::floating_point T>
void find_neighbors(const Points<T>& a, const Points<T>& b, const NeighborGraph<T>* graph_of_a,
                    const NeighborGraph<T>* graph_of_b, const ClusterRun& run,
                    const std::shared_ptr<Executor>& executor, NeighborLists<T>& to_b, NeighborLists<T>& to_a) {
  if (graph_of_a != nullptr && graph_of_b != nullptr) {
    graph_of_b->find(a, false, to_b, run, *executor);
    graph_of_a->find(b, false, to_a, run, *executor);
  } else {
    PairScan<T>(run, executor).between(a, b, to_b, to_a);
  }
  to_b.finish();
  to_a.finish();
}

}  // namespace glossa::detail
