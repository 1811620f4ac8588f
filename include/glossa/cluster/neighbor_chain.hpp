// Distances of all pairs come in; the merges of a hierarchical clustering go out.
#pragma once

#include <glossa/cluster/agglomerative_options.hpp>
#include <glossa/cluster/distance_matrix.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/progress.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace glossa::detail {

/// Goes from a cluster to its nearest, and on from there, until two are each other's nearest: these are merged, and the
/// chain goes on from where it was before them (Müllner 2011, NN-chain). Where another cluster is as near as the one
/// before in the chain, that one counts as nearest, else the first: as SciPy has it.
template <std::floating_point T>
class NeighborChain {
 public:
  /// matrix: is overwritten. T holds the sum of as many of its numbers as there are vectors.
  NeighborChain(DistanceMatrix<T>& matrix, Linkage linkage)
      : matrix_(matrix), linkage_(linkage), sizes_(matrix.rows(), 1), clusters_(matrix.rows()) {
    std::iota(clusters_.begin(), clusters_.end(), 0U);
  }

  /// Tells the progress of merges, `before` and `total` in steps.
  [[nodiscard]] std::vector<TreeEdge> merge_all(const ProgressCallback& progress, std::size_t before,
                                                std::size_t total) {
    constexpr std::size_t kStretch = 256;  // merges between two reports
    std::vector<TreeEdge> edges;
    edges.reserve(matrix_.rows());
    while (clusters_.size() > 1) {
      edges.push_back(merge_next());
      if (progress && edges.size() % kStretch == 0) progress({before + edges.size(), total, 0});
    }
    if (progress) progress({total, total, 0});
    return edges;
  }

 private:
  struct Nearest {
    std::size_t cluster;
    T distance;
  };

  [[nodiscard]] TreeEdge merge_next() {
    if (chain_.empty()) chain_.push_back(clusters_.front());
    while (true) {
      const std::size_t tip = chain_.back();
      const bool has_last = chain_.size() > 1;
      const std::size_t last = has_last ? chain_[chain_.size() - 2] : tip;
      const Nearest nearest = find_nearest(tip, has_last ? last : other_than(tip));
      if (has_last && nearest.cluster == last) {
        chain_.resize(chain_.size() - 2);
        return merge(std::min(tip, last), std::max(tip, last), nearest.distance);
      }
      chain_.push_back(nearest.cluster);
    }
  }

  /// The first cluster that is not this one; there are others.
  [[nodiscard]] std::size_t other_than(std::size_t tip) const noexcept {
    return clusters_.front() != tip ? clusters_.front() : clusters_[1];
  }

  /// The cluster nearest to `tip`: of several `first`, which is another one, else the first.
  [[nodiscard]] Nearest find_nearest(std::size_t tip, std::size_t first) {
    Nearest best{first, matrix_(tip, first)};
    const auto middle = std::lower_bound(clusters_.begin(), clusters_.end(), static_cast<std::uint32_t>(tip));
    for (auto at = clusters_.begin(); at != middle; ++at) {
      const T distance = *matrix_.at(*at, tip);
      if (distance < best.distance) best = {*at, distance};
    }
    if (middle + 1 == clusters_.end()) return best;
    const T* row = matrix_.at(tip, tip + 1);
    for (auto at = middle + 1; at != clusters_.end(); ++at)
      if (const T distance = row[*at - tip - 1]; distance < best.distance) best = {*at, distance};
    return best;
  }

  /// x becomes part of y.
  [[nodiscard]] TreeEdge merge(std::size_t x, std::size_t y, T distance) {
    const double size_x = static_cast<double>(sizes_[x]);
    const double size_y = static_cast<double>(sizes_[y]);
    clusters_.erase(std::lower_bound(clusters_.begin(), clusters_.end(), static_cast<std::uint32_t>(x)));
    for (const std::size_t other : clusters_) {
      if (other == y) continue;
      T& value = matrix_(other, y);
      value = updated(matrix_(other, x), value, distance, size_x, size_y, static_cast<double>(sizes_[other]));
    }
    sizes_[y] += sizes_[x];
    const double shown = static_cast<double>(distance);
    return {static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), is_squared() ? std::sqrt(shown) : shown};
  }

  [[nodiscard]] bool is_squared() const noexcept { return linkage_ == Linkage::ward; }

  /// The distance of a third cluster from x and y together (Lance & Williams 1967).
  [[nodiscard]] T updated(T from_x, T from_y, T between, double size_x, double size_y, double size) const noexcept {
    if (linkage_ == Linkage::complete) return std::max(from_x, from_y);
    const auto x = static_cast<double>(from_x);
    const auto y = static_cast<double>(from_y);
    if (linkage_ == Linkage::average) return static_cast<T>((size_x * x + size_y * y) / (size_x + size_y));
    return static_cast<T>(((size + size_x) * x + (size + size_y) * y - size * static_cast<double>(between)) /
                          (size + size_x + size_y));
  }

  DistanceMatrix<T>& matrix_;
  Linkage linkage_;
  std::vector<std::size_t> sizes_;       // vectors of each cluster
  std::vector<std::uint32_t> clusters_;  // those that are left, in order
  std::vector<std::size_t> chain_;
};

}  // namespace glossa::detail
