// Vectors and centres come in; they move until the ones are in the middle of those that are nearest to them.
#pragma once

#include <glossa/cluster/assignment.hpp>
#include <glossa/cluster/center_sums.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/label_changes.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/cluster/unit_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// When Lloyd's algorithm ends, and how it is computed.
struct LloydRules {
  std::size_t max_iterations = 0;
  double tolerance = 0;  ///< of Σ |way of a centre|²
  bool spherical = false;
  std::size_t bounds_bytes = 0;
};

/// A run of Lloyd's algorithm (1982).
template <class T>
class Lloyd {
 public:
  /// rough: the rows in bytes, or empty. centers: [clusters, dims].
  Lloyd(const MeasuredRows<T>& rows, const RoughRows& rough, std::vector<T> centers, const LloydRules& rules,
        const RunTools<T>& tools)
      : rows_(rows),
        points_(rows.points()),
        rules_(rules),
        tools_(tools),
        centers_(std::move(centers)),
        sums_(rows, centers_.size() / points_.dims()),
        shifts_(clusters()),
        assignment_(rows, rough, clusters(), rules.bounds_bytes, tools) {}

  /// after_iteration() is called with the number of iterations done.
  void run(const std::function<void(std::size_t)>& after_iteration) {
    while (iterations_ < rules_.max_iterations && !converged_) {
      const std::size_t changed = assignment_.assign(center_points(), shifts_);
      const auto [way, repaired] = move_centers(changed);
      after_iteration(++iterations_);
      if (changed == 0 && !repaired) {
        converged_ = true;
        return;  // the labels are already those of these centres
      }
      converged_ = way <= rules_.tolerance && !repaired;
    }
    assignment_.assign(center_points(), shifts_);
  }

  [[nodiscard]] std::size_t clusters() const noexcept { return sums_.clusters(); }
  [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }
  [[nodiscard]] bool converged() const noexcept { return converged_; }
  [[nodiscard]] std::vector<std::int32_t>& labels() noexcept { return assignment_.labels().labels(); }
  [[nodiscard]] std::vector<T>& centers() noexcept { return centers_; }

  /// Σ |row - its centre|².
  [[nodiscard]] double inertia() const {
    std::vector<double> sums(tools_.shares(points_.rows()));
    tools_.for_shares(points_.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t) {
      for (std::size_t row = first; row < first + count; ++row) sums[share] += distance(row);
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
  }

 private:
  [[nodiscard]] Points<T> center_points() const noexcept { return {centers_.data(), clusters(), points_.dims()}; }
  [[nodiscard]] std::span<T> center(std::size_t c) noexcept {
    return {centers_.data() + c * points_.dims(), points_.dims()};
  }
  [[nodiscard]] double distance(std::size_t row) const noexcept {
    return squared_distance(points_[row],
                            center_points()[static_cast<std::size_t>(assignment_.labels().labels()[row])]);
  }

  /// Puts the centres in the middle of their rows; returns Σ |way|², and whether a cluster was empty.
  std::pair<double, bool> move_centers(std::size_t changed) {
    std::vector<ClusterMove> moves;
    if (2 * changed >= points_.rows()) {  // it is less work to sum up anew
      sums_.clear();
      for (std::size_t row = 0; row < points_.rows(); ++row)
        moves.push_back({static_cast<std::uint32_t>(row), assignment_.labels().labels()[row], false});
    } else {
      for (const auto& share : assignment_.labels().changes())
        for (const Relabelled& one : share) {
          moves.push_back({one.row, one.from, true});
          moves.push_back({one.row, one.to, false});
        }
    }
    sums_.apply(moves, tools_);
    renew_worn({});
    const std::vector<ClusterMove> repairs = repair_empty();
    sums_.apply(repairs, tools_);
    renew_worn(repairs);
    std::vector<T> means = centers_;
    tools_.for_each(clusters(), [&](std::size_t c, std::size_t) {
      const std::span<T> mean(means.data() + c * points_.dims(), points_.dims());
      sums_.mean(c, mean);
      if (rules_.spherical && !scale_to_unit(mean)) std::copy_n(center(c).begin(), mean.size(), mean.begin());
      shifts_[c] = std::sqrt(squared_distance(std::span<const T>(mean), std::span<const T>(center(c))));
    });
    undo(repairs);
    centers_ = std::move(means);
    double way = 0;
    for (double& shift : shifts_) {
      way += shift * shift;
      shift *= 1 + 1e-12;  // a bound
    }
    return {way, !repairs.empty()};
  }

  /// Sums up anew what has lost digits beside rows that have left. repairs: what has moved in spite of its label.
  void renew_worn(const std::vector<ClusterMove>& repairs) {
    const std::vector<bool> worn = sums_.clear_worn();
    if (worn.empty()) return;
    std::vector<std::int32_t> labels = assignment_.labels().labels();
    for (const ClusterMove& move : repairs)
      if (!move.leaves) labels[move.row] = move.cluster;
    std::vector<ClusterMove> moves;
    for (std::size_t row = 0; row < labels.size(); ++row)
      if (worn[static_cast<std::size_t>(labels[row])])
        moves.push_back({static_cast<std::uint32_t>(row), labels[row], false});
    sums_.apply(moves, tools_);
  }

  /// Each empty cluster takes the row that is farthest from its centre, of several the first, for its mean. The row's
  /// label stays: the next assignment will change it.
  [[nodiscard]] std::vector<ClusterMove> repair_empty() const {
    std::vector<std::size_t> empty;
    for (std::size_t c = 0; c < clusters(); ++c)
      if (sums_.count(c) == 0) empty.push_back(c);
    if (empty.empty()) return {};
    std::vector<double> distances(points_.rows());
    tools_.for_shares(points_.rows(), [&](std::size_t, std::size_t first, std::size_t count, std::size_t) {
      for (std::size_t row = first; row < first + count; ++row) distances[row] = distance(row);
    });
    std::vector<std::uint32_t> farthest(points_.rows());
    std::iota(farthest.begin(), farthest.end(), 0U);
    const auto middle = farthest.begin() + static_cast<std::ptrdiff_t>(empty.size());
    std::partial_sort(farthest.begin(), middle, farthest.end(), [&](std::uint32_t a, std::uint32_t b) {
      return distances[a] != distances[b] ? distances[a] > distances[b] : a < b;
    });
    std::vector<ClusterMove> repairs;
    for (std::size_t i = 0; i < empty.size(); ++i) {
      const std::uint32_t row = farthest[i];
      if (distances[row] == 0) break;
      repairs.push_back({row, assignment_.labels().labels()[row], true});
      repairs.push_back({row, static_cast<std::int32_t>(empty[i]), false});
    }
    return repairs;
  }

  void undo(std::vector<ClusterMove> repairs) {
    for (ClusterMove& move : repairs) move.leaves = !move.leaves;
    sums_.apply(repairs, tools_);
  }

  const MeasuredRows<T>& rows_;
  Points<T> points_;
  LloydRules rules_;
  const RunTools<T>& tools_;
  std::vector<T> centers_;
  CenterSums<T> sums_;
  std::vector<double> shifts_;  // how far each centre moved in the last iteration
  Assignment<T> assignment_;
  std::size_t iterations_ = 0;
  bool converged_ = false;
};

}  // namespace glossa::detail
