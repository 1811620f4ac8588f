// What mini-batch k-means is asked for.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/kmeans.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa {

struct MiniBatchOptions {
  std::size_t clusters = 8;
  KMeansStart start = KMeansStart::plus_plus;
  /// The start is looked for among so many vectors, drawn at random; 0: three batches, or three vectors a cluster.
  std::size_t start_sample = 0;
  std::size_t batch = 1024;      ///< vectors that are looked at in a step
  std::size_t max_epochs = 100;  ///< as many steps as would look at all vectors so often
  std::size_t patience = 10;     ///< ends after so many steps without less inertia, smoothed; 0: never
  double tolerance = 0;          ///< see KMeansOptions; 0: the centres' ways end nothing
  /// Centres that have seen less than this part of what the busiest has, move; above 1, all but the busiest.
  double reassignment_ratio = 0.01;
  std::uint64_t seed = 42;
  ClusterRun run{};  ///< progress: steps; told, too, while the start is looked for
};

}  // namespace glossa
