// How near-duplicates are looked for, and which of them stay.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/neighbor_search.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace glossa {

struct NearDuplicateOptions {
  /// Least MinedPair::score. By default 0.77 for texts: a quarter of the letters changed, or one word of four or of
  /// three long ones, see text_similarity(). For vectors alone: 7.5 standard deviations of the cosines of the corpus,
  /// once its mean is gone, but 0.95 at most.
  std::optional<double> threshold{};
  std::size_t neighbors = 10;  ///< nearest vectors of each that are compared as texts
  Keep keep = Keep::first;
  /// In place of `keep`: returns one of the members of a group.
  std::function<std::size_t(std::span<const std::size_t> members)> choose{};
  NeighborSearch search = NeighborSearch::exact;
  NeighborGraphOptions graph{};
  ClusterRun run{};
};

}  // namespace glossa
