// Pairs of neighbours come in, in any order; clusters of core points go out, with the points on their borders.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/disjoint_sets.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace glossa::detail {

/// What DBSCAN makes of the graph of neighbours, without keeping the graph: a pair of core points is joined and
/// forgotten, one that may still become such a pair is kept. The latter is charged to an end with too few neighbours,
/// so that no point ever has min_points of them.
class DensityLinks {
 public:
  DensityLinks(std::size_t points, std::size_t min_points, std::size_t workers)
      : min_points_(min_points), neighbors_(points) {
    for (auto& count : neighbors_) count.store(1, std::memory_order_relaxed);  // itself
    for (std::size_t worker = 0; worker < workers; ++worker) crew_.emplace_back(points);
  }

  /// `count` more neighbours of a point. They are counted before their pairs are linked.
  void count(std::size_t point, std::size_t count) noexcept {
    neighbors_[point].fetch_add(count, std::memory_order_relaxed);
  }

  /// Two neighbours.
  void link(std::size_t a, std::size_t b, std::size_t worker) {
    Worker& own = crew_[worker];
    if (is_core(a) && is_core(b)) return own.sets.join(a, b);
    own.undecided.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
  }

  [[nodiscard]] bool is_core(std::size_t point) const noexcept {
    return neighbors_[point].load(std::memory_order_relaxed) >= min_points_;
  }

  /// The labels, and how many clusters there are. When all pairs have been linked.
  std::size_t label(Labels& labels) {
    DisjointSets& sets = crew_.front().sets;
    for (std::size_t worker = 1; worker < crew_.size(); ++worker)
      for (std::size_t i = 0; i < sets.size(); ++i) sets.join(i, crew_[worker].sets.find(i));
    for (const Worker& worker : crew_)
      for (const Pair& pair : worker.undecided)
        if (is_core(pair.a) && is_core(pair.b)) sets.join(pair.a, pair.b);

    labels.assign(sets.size(), kNoise);
    std::int32_t clusters = 0;
    for (std::size_t i = 0; i < sets.size(); ++i)  // a set is named by its first point, which so comes first
      if (is_core(i)) labels[i] = sets.find(i) == i ? clusters++ : labels[sets.find(i)];
    for (const Worker& worker : crew_)
      for (const Pair& pair : worker.undecided) {
        if (is_core(pair.a) && !is_core(pair.b)) put_on_border(labels[pair.b], labels[pair.a]);
        if (is_core(pair.b) && !is_core(pair.a)) put_on_border(labels[pair.a], labels[pair.b]);
      }
    return static_cast<std::size_t>(clusters);
  }

 private:
  struct Pair {
    std::uint32_t a;
    std::uint32_t b;
  };
  struct Worker {
    explicit Worker(std::size_t points) : sets(points) {}
    DisjointSets sets;
    std::deque<Pair> undecided;  // which does not grow by doubling
  };

  static void put_on_border(std::int32_t& label, std::int32_t cluster) noexcept {
    if (label == kNoise || cluster < label) label = cluster;
  }

  std::size_t min_points_;
  std::vector<std::atomic<std::size_t>> neighbors_;
  std::vector<Worker> crew_;
};

}  // namespace glossa::detail
