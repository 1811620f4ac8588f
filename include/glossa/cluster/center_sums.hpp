// Which rows enter and leave which clusters comes in; the clusters' sums and means go out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa::detail {

/// A row that enters a cluster, or leaves it.
struct ClusterMove {
  std::uint32_t row = 0;
  std::int32_t cluster = 0;
  bool leaves = false;
};

/// The sum of each cluster's rows, kept up with those that move. Sums are in double and always made in the same order.
template <class T>
class CenterSums {
 public:
  CenterSums(const Points<T>& points, std::size_t clusters)
      : points_(points), sums_(clusters * points.dims()), counts_(clusters) {}

  [[nodiscard]] std::size_t count(std::size_t cluster) const noexcept { return counts_[cluster]; }
  [[nodiscard]] std::size_t clusters() const noexcept { return counts_.size(); }

  [[nodiscard]] std::span<const double> sum(std::size_t cluster) const noexcept {
    return {sums_.data() + cluster * points_.dims(), points_.dims()};
  }

  void clear() {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    std::fill(counts_.begin(), counts_.end(), std::size_t{0});
  }

  void apply(const std::vector<ClusterMove>& moves, const RunTools<T>& tools) {
    deal_out(moves);
    const std::size_t dims = points_.dims();
    std::vector<double> partial(parts_.size() * dims);
    tools.for_each(parts_.size(), [&](std::size_t p, std::size_t) {
      double* sum = partial.data() + p * dims;
      for (std::size_t at = parts_[p].begin; at < parts_[p].end; ++at) {
        const T* row = points_[ordered_[at].row].data();
        if (ordered_[at].leaves) {
          for (std::size_t i = 0; i < dims; ++i) sum[i] -= static_cast<double>(row[i]);
        } else {
          for (std::size_t i = 0; i < dims; ++i) sum[i] += static_cast<double>(row[i]);
        }
      }
    });
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      double* sum = sums_.data() + parts_[p].cluster * dims;
      for (std::size_t i = 0; i < dims; ++i) sum[i] += partial[p * dims + i];
    }
    for (const ClusterMove& move : moves) {
      std::size_t& count = counts_[static_cast<std::size_t>(move.cluster)];
      if (move.leaves) {
        --count;
      } else {
        ++count;
      }
    }
  }

  /// The mean of a cluster that has rows; `out` is left as it is for one that has none.
  void mean(std::size_t cluster, std::span<T> out) const noexcept {
    if (counts_[cluster] == 0) return;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<T>(sum(cluster)[i] / static_cast<double>(counts_[cluster]));
  }

 private:
  /// Moves [begin, end) of one cluster, which one thread adds up.
  struct Part {
    std::size_t cluster;
    std::size_t begin;
    std::size_t end;
  };
  static constexpr std::size_t kPart = 1024;

  /// Orders moves by cluster; those of a cluster stay in the order they came in.
  void deal_out(const std::vector<ClusterMove>& moves) {
    std::vector<std::size_t> begin(counts_.size() + 1);
    for (const ClusterMove& move : moves) ++begin[static_cast<std::size_t>(move.cluster) + 1];
    for (std::size_t c = 0; c < counts_.size(); ++c) begin[c + 1] += begin[c];
    parts_.clear();
    for (std::size_t c = 0; c < counts_.size(); ++c)
      for (std::size_t at = begin[c]; at < begin[c + 1]; at += kPart)
        parts_.push_back({c, at, std::min(at + kPart, begin[c + 1])});
    ordered_.resize(moves.size());
    for (const ClusterMove& move : moves) ordered_[begin[static_cast<std::size_t>(move.cluster)]++] = move;
  }

  Points<T> points_;
  std::vector<double> sums_;
  std::vector<std::size_t> counts_;
  std::vector<ClusterMove> ordered_;
  std::vector<Part> parts_;
};

}  // namespace glossa::detail
