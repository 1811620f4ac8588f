// Which rows enter and leave which clusters comes in; the clusters' sums and means go out.
#pragma once

#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/nearest_center.hpp>
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
  CenterSums(const MeasuredRows<T>& rows, std::size_t clusters)
      : rows_(rows),
        points_(rows.points()),
        sums_(clusters * points_.dims()),
        counts_(clusters),
        there_(clusters),
        passed_(clusters) {}

  [[nodiscard]] std::size_t count(std::size_t cluster) const noexcept { return counts_[cluster]; }
  [[nodiscard]] std::size_t clusters() const noexcept { return counts_.size(); }

  [[nodiscard]] std::span<const double> sum(std::size_t cluster) const noexcept {
    return {sums_.data() + cluster * points_.dims(), points_.dims()};
  }

  void clear() {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    std::fill(counts_.begin(), counts_.end(), std::size_t{0});
    std::fill(there_.begin(), there_.end(), 0.0);
    std::fill(passed_.begin(), passed_.end(), 0.0);
  }

  /// Clears the sums that so much has passed through that what is left of it has lost digits, for good. Returns which
  /// these are, to be made anew; nothing where there are none.
  [[nodiscard]] std::vector<bool> clear_worn() {
    constexpr double kMost = 1024;  // times what is there
    std::vector<bool> worn;
    for (std::size_t c = 0; c < clusters(); ++c) {
      if (passed_[c] <= kMost * there_[c]) continue;
      worn.resize(clusters());
      worn[c] = true;
      std::fill_n(sums_.begin() + static_cast<std::ptrdiff_t>(c * points_.dims()), points_.dims(), 0.0);
      counts_[c] = 0;
      there_[c] = 0;
      passed_[c] = 0;
    }
    return worn;
  }

  /// Rows may be in any order; in that of memory they are read fastest.
  void apply(const std::vector<ClusterMove>& moves, const RunTools<T>& tools) {
    const std::size_t room = kRanges * sums_.size();
    if (moves.size() >= kRanges * clusters() && room <= kMostRoom) {
      add_in_order(moves, tools);
    } else {
      add_by_cluster(moves, tools);
    }
    for (const ClusterMove& move : moves) {
      const auto c = static_cast<std::size_t>(move.cluster);
      const auto length = static_cast<double>(rows_.length(move.row));
      passed_[c] += length;
      if (move.leaves) {
        --counts_[c];
        there_[c] -= length;
      } else {
        ++counts_[c];
        there_[c] += length;
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
  static constexpr std::size_t kRanges = 16;                      ///< of moves that are added up on their own
  static constexpr std::size_t kMostRoom = std::size_t{8} << 20;  ///< numbers in the sums of all of them

  void add(const ClusterMove& move, const RunTools<T>& tools, double* sum) const noexcept {
    tools.kernels().centers.add_to_sum({points_[move.row].data(), points_.dims(), move.leaves, sum});
  }

  /// Many moves: each range has sums of its own, of all clusters. Rows are read one after another, which for memory is
  /// five times less work than cluster by cluster.
  void add_in_order(const std::vector<ClusterMove>& moves, const RunTools<T>& tools) {
    const std::size_t dims = points_.dims();
    std::vector<double> partial(kRanges * sums_.size());
    tools.for_each(kRanges, [&](std::size_t range, std::size_t) {
      double* sums = partial.data() + range * sums_.size();
      for (std::size_t at = range * moves.size() / kRanges; at < (range + 1) * moves.size() / kRanges; ++at)
        add(moves[at], tools, sums + static_cast<std::size_t>(moves[at].cluster) * dims);
    });
    tools.for_each(clusters(), [&](std::size_t c, std::size_t) {
      for (std::size_t range = 0; range < kRanges; ++range)
        add_row(std::span<const double>(partial).subspan(range * sums_.size() + c * dims, dims),
                sums_.data() + c * dims);
    });
  }

  /// Few moves, or many clusters: only the sums of what is there.
  void add_by_cluster(const std::vector<ClusterMove>& moves, const RunTools<T>& tools) {
    const std::vector<Part> parts = deal_out(moves);
    const std::size_t dims = points_.dims();
    std::vector<double> partial(parts.size() * dims);
    tools.for_each(parts.size(), [&](std::size_t p, std::size_t) {
      for (std::size_t at = parts[p].begin; at < parts[p].end; ++at)
        add(ordered_[at], tools, partial.data() + p * dims);
    });
    for (std::size_t p = 0; p < parts.size(); ++p)
      add_row(std::span<const double>(partial).subspan(p * dims, dims), sums_.data() + parts[p].cluster * dims);
  }

  /// Orders moves by cluster; those of a cluster stay in the order they came in.
  [[nodiscard]] std::vector<Part> deal_out(const std::vector<ClusterMove>& moves) {
    std::vector<std::size_t> begin(clusters() + 1);
    for (const ClusterMove& move : moves) ++begin[static_cast<std::size_t>(move.cluster) + 1];
    for (std::size_t c = 0; c < clusters(); ++c) begin[c + 1] += begin[c];
    std::vector<Part> parts;
    for (std::size_t c = 0; c < clusters(); ++c)
      for (std::size_t at = begin[c]; at < begin[c + 1]; at += kPart)
        parts.push_back({c, at, std::min(at + kPart, begin[c + 1])});
    ordered_.resize(moves.size());
    for (const ClusterMove& move : moves) ordered_[begin[static_cast<std::size_t>(move.cluster)]++] = move;
    return parts;
  }

  const MeasuredRows<T>& rows_;
  Points<T> points_;
  std::vector<double> sums_;  // [clusters, dims]
  std::vector<std::size_t> counts_;
  std::vector<double> there_;   // lengths of the rows in each cluster, added up
  std::vector<double> passed_;  // of all that have entered and left
  std::vector<ClusterMove> ordered_;
};

}  // namespace glossa::detail
