// Rows and centres that move come in; the nearest centre of each row goes out, and which rows have another one than
// before.
#pragma once

#include <glossa/cluster/center_scores.hpp>
#include <glossa/cluster/elkan_bounds.hpp>
#include <glossa/cluster/label_changes.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/rough_assignment.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa::detail {

/// The assignment step of Lloyd's algorithm, of which only few centres are measured: those that products of bytes
/// leave, where the processor makes these several times as fast as others; else those that bounds leave. Where neither
/// leaves few, a tile of rows is scored with all centres. The labels are those of double precision in any case.
template <class T>
class Assignment {
 public:
  /// rough: the rows in bytes, or empty.
  Assignment(const MeasuredRows<T>& rows, const RoughRows& rough, std::size_t clusters, std::size_t bounds_bytes,
             const RunTools<T>& tools)
      : rows_(rows),
        points_(rows.points()),
        tools_(tools),
        labels_(points_.rows(), tools.shares(points_.rows())),
        rough_(rows, rough, labels_, tools),
        bounds_(rows, clusters),
        has_room_(
            ElkanBounds<T>::bytes(points_.rows(), clusters) +
                (rough.empty() ? 0 : rough.bytes(points_.rows(), points_.dims()) + rough_.bytes(points_.rows())) <=
            static_cast<double>(bounds_bytes)) {}

  Assignment(const Assignment&) = delete;
  Assignment& operator=(const Assignment&) = delete;

  /// Gives each row the label of its nearest centre; returns how many labels changed. shifts: how far each centre has
  /// moved since the last time.
  std::size_t assign(const Points<T>& centers, const std::vector<double>& shifts) {
    const CenterScores<T> scores(centers, rows_.origin(), tools_.kernels());
    const bool use_bounds = bounds_.are_set();
    const bool use_rough = !use_bounds && rough_.is_ready();
    // While many rows change, bounds would be known for nothing.
    const bool set_bounds =
        has_room_ && !use_bounds && !use_rough && last_changed_ * kSteady <= points_.rows() && bounds_.hold(scores);
    if (use_rough) rough_.begin(centers, shifts, tools_.workers());
    if (use_bounds) bounds_.move(shifts, scores.most_length());
    if (set_bounds) {
      bounds_.make();
      bounds_.move(std::vector<double>(centers.rows()), scores.most_length());
    }
    const Pass pass{centers, scores, use_bounds, set_bounds};
    std::vector<Worker> workers;
    for (std::size_t i = 0; i < tools_.workers(); ++i) workers.emplace_back(scores, use_bounds ? bounds_.stride() : 0);
    tools_.for_shares(points_.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t worker) {
      const auto assign_one = [&](std::size_t begin, std::size_t some) {
        assign_tile(pass, begin, some, share, workers[worker]);
      };
      labels_.begin(share);
      if (use_rough) {
        rough_.assign(share, first, count, worker, assign_one);
      } else {
        for (std::size_t begin = first; begin < first + count; begin += kRows)
          assign_one(begin, std::min(kRows, first + count - begin));
      }
      labels_.end(share);
    });
    if (use_rough) rough_.end();
    last_changed_ = labels_.count();
    return last_changed_;
  }

  [[nodiscard]] LabelChanges& labels() noexcept { return labels_; }
  [[nodiscard]] const LabelChanges& labels() const noexcept { return labels_; }

 private:
  static constexpr std::size_t kRows = CenterScores<T>::kRows;
  static constexpr std::size_t kSteady = 5;  ///< bounds are set once a fifth of the labels changes, or less
  static constexpr std::size_t kFew = 3;     ///< above a third of the centres, a tile is scored as a whole

  struct Pass {
    const Points<T>& centers;
    const CenterScores<T>& scores;
    bool use_bounds;
    bool set_bounds;
  };
  struct Worker {
    Worker(const CenterScores<T>& scores, std::size_t stride)
        : tile(scores), candidates(kRows * stride), distances(stride + 1) {}
    ScoredTile<T> tile;
    std::vector<std::uint32_t> candidates;
    std::vector<T> distances;
  };

  void assign_tile(const Pass& pass, std::size_t first, std::size_t count, std::size_t share, Worker& own) {
    if (pass.use_bounds && assign_by_bounds(pass, first, count, share, own)) return;
    own.tile.fill(pass.scores, points_[first].data(), count, tools_.kernels());
    for (std::size_t r = 0; r < count; ++r)
      labels_.set(share, first + r,
                  own.tile.nearest(r, points_[first + r], rows_.length(first + r), pass.scores, pass.centers));
    if (pass.use_bounds || pass.set_bounds)
      bounds_.set(first, count, own.tile, pass.scores, labels_.labels().data() + first, tools_.kernels());
  }

  /// By the centres that bounds leave; false where these are too many.
  bool assign_by_bounds(const Pass& pass, std::size_t first, std::size_t count, std::size_t share, Worker& own) {
    std::size_t ends[kRows];
    std::uint32_t* candidates = own.candidates.data();
    const std::vector<std::int32_t>& labels = labels_.labels();
    const std::size_t total =
        bounds_.candidates(first, count, labels.data() + first, tools_.kernels(), candidates, ends);
    if (total * kFew > count * pass.centers.rows()) return false;
    for (std::size_t r = 0, begin = 0; r < count; begin = ends[r++]) {
      if (begin == ends[r]) continue;
      const std::span<std::uint32_t> others(candidates + begin, ends[r] - begin);
      labels_.set(
          share, first + r,
          bounds_.nearest(first + r, labels[first + r], others, pass.centers, tools_.kernels(), own.distances.data()));
    }
    return true;
  }

  const MeasuredRows<T>& rows_;
  Points<T> points_;
  const RunTools<T>& tools_;
  LabelChanges labels_;
  RoughAssignment<T> rough_;
  ElkanBounds<T> bounds_;
  bool has_room_;
  std::size_t last_changed_ = static_cast<std::size_t>(-1) / kSteady;
};

}  // namespace glossa::detail
