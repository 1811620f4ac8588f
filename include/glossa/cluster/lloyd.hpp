// Vectors and centres come in; they move until the ones are in the middle of those that are nearest to them.
#pragma once

#include <glossa/cluster/center_sums.hpp>
#include <glossa/cluster/elkan_bounds.hpp>
#include <glossa/cluster/nearest_center.hpp>
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
  /// centers: [clusters, dims].
  Lloyd(const MeasuredRows<T>& rows, std::vector<T> centers, const LloydRules& rules, const RunTools<T>& tools)
      : rows_(rows),
        points_(rows.points()),
        rules_(rules),
        tools_(tools),
        centers_(std::move(centers)),
        sums_(rows, centers_.size() / points_.dims()),
        labels_(points_.rows(), -1),
        moved_(tools.shares(points_.rows())),
        shifts_(clusters()),
        bounds_(rows, clusters()),
        has_room_(ElkanBounds<T>::bytes(points_.rows(), clusters()) <= static_cast<double>(rules.bounds_bytes)) {}

  /// after_iteration() is called with the number of iterations done.
  void run(const std::function<void(std::size_t)>& after_iteration) {
    while (iterations_ < rules_.max_iterations && !converged_) {
      const std::size_t changed = assign();
      const auto [way, repaired] = move_centers(changed);
      after_iteration(++iterations_);
      if (changed == 0 && !repaired) {
        converged_ = true;
        return;  // the labels are already those of these centres
      }
      converged_ = way <= rules_.tolerance && !repaired;
    }
    assign();
  }

  [[nodiscard]] std::size_t clusters() const noexcept { return sums_.clusters(); }
  [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }
  [[nodiscard]] bool converged() const noexcept { return converged_; }
  [[nodiscard]] std::vector<std::int32_t>& labels() noexcept { return labels_; }
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
  static constexpr std::size_t kRows = CenterScores<T>::kRows;
  static constexpr std::size_t kSteady = 5;         ///< bounds are set once a fifth of the labels changes, or less
  static constexpr std::size_t kFewCandidates = 3;  ///< above a third of the centres, a tile is scored as a whole

  struct Relabelled {
    std::uint32_t row;
    std::int32_t from;
    std::int32_t to;
  };
  struct Worker {
    Worker(const CenterScores<T>& scores, std::size_t stride)
        : tile(scores), candidates(kRows * stride), distances(stride + 1) {}
    ScoredTile<T> tile;
    std::vector<std::uint32_t> candidates;
    std::vector<T> distances;
  };

  [[nodiscard]] Points<T> center_points() const noexcept { return {centers_.data(), clusters(), points_.dims()}; }
  [[nodiscard]] std::span<T> center(std::size_t c) noexcept {
    return {centers_.data() + c * points_.dims(), points_.dims()};
  }
  [[nodiscard]] double distance(std::size_t row) const noexcept {
    return squared_distance(points_[row], center_points()[static_cast<std::size_t>(labels_[row])]);
  }

  /// Gives each row the label of its nearest centre; returns how many labels changed.
  std::size_t assign() {
    const CenterScores<T> scores(center_points(), rows_.origin(), tools_.kernels());
    // While many rows change, bounds would be known for nothing.
    const bool set_bounds =
        has_room_ && !bounds_.are_set() && last_changed_ * kSteady <= points_.rows() && bounds_.hold(scores);
    const bool use_bounds = bounds_.are_set();
    if (use_bounds) bounds_.move(shifts_, scores.most_length());
    if (set_bounds) {
      bounds_.make();
      bounds_.move(std::vector<double>(clusters()), scores.most_length());
    }
    std::vector<Worker> workers;
    for (std::size_t i = 0; i < tools_.workers(); ++i) workers.emplace_back(scores, use_bounds ? bounds_.stride() : 0);
    tools_.for_shares(points_.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t worker) {
      moved_[share].clear();
      Worker& own = workers[worker];
      for (std::size_t begin = first; begin < first + count; begin += kRows) {
        const std::size_t some = std::min(kRows, first + count - begin);
        if (use_bounds && assign_near(begin, some, share, own)) continue;
        own.tile.fill(scores, points_[begin].data(), some, tools_.kernels());
        for (std::size_t r = 0; r < some; ++r)
          relabel(begin + r, own.tile.nearest(r, points_[begin + r], rows_.length(begin + r), scores, center_points()),
                  share);
        if (use_bounds || set_bounds)
          bounds_.set(begin, some, own.tile, scores, labels_.data() + begin, tools_.kernels());
      }
    });
    std::size_t changed = 0;
    for (const auto& moves : moved_) changed += moves.size();
    last_changed_ = changed;
    return changed;
  }

  /// The rows of a tile by their bounds alone; false where too many centres would have to be measured.
  bool assign_near(std::size_t first, std::size_t count, std::size_t share, Worker& worker) {
    std::size_t ends[kRows];
    const std::size_t candidates =
        bounds_.candidates(first, count, labels_.data() + first, tools_.kernels(), worker.candidates.data(), ends);
    if (candidates * kFewCandidates > count * clusters()) return false;
    for (std::size_t r = 0, begin = 0; r < count; begin = ends[r++]) {
      if (begin == ends[r]) continue;
      const std::span<std::uint32_t> others(worker.candidates.data() + begin, ends[r] - begin);
      relabel(first + r,
              bounds_.nearest(first + r, labels_[first + r], others, center_points(), tools_.kernels(),
                              worker.distances.data()),
              share);
    }
    return true;
  }

  void relabel(std::size_t row, std::int32_t label, std::size_t share) {
    if (labels_[row] == label) return;
    moved_[share].push_back({static_cast<std::uint32_t>(row), labels_[row], label});
    labels_[row] = label;
  }

  /// Puts the centres in the middle of their rows; returns Σ |way|², and whether a cluster was empty.
  std::pair<double, bool> move_centers(std::size_t changed) {
    std::vector<ClusterMove> moves;
    if (2 * changed >= points_.rows()) {  // it is less work to sum up anew
      sums_.clear();
      for (std::size_t row = 0; row < points_.rows(); ++row)
        moves.push_back({static_cast<std::uint32_t>(row), labels_[row], false});
    } else {
      for (const auto& share : moved_)
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
    std::vector<std::int32_t> labels = labels_;
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
      repairs.push_back({row, labels_[row], true});
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
  std::vector<std::int32_t> labels_;
  std::vector<std::vector<Relabelled>> moved_;  // of each share
  std::vector<double> shifts_;                  // how far each centre moved in the last iteration
  ElkanBounds<T> bounds_;
  bool has_room_;
  std::size_t last_changed_ = static_cast<std::size_t>(-1) / kSteady;
  std::size_t iterations_ = 0;
  bool converged_ = false;
};

}  // namespace glossa::detail
