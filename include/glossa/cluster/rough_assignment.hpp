// Rows in bytes and centres that move come in; the nearest centre of each row goes out, most of the centres unmeasured.
#pragma once

#include <glossa/cluster/label_changes.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/nearest_chosen.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/rough_centers.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/cluster/steady_rows.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The assignment of rows to centres by products of bytes: these leave few centres of which one may be the nearest, and
/// only those are measured. Rows deep inside of a cluster are not looked at; those whose own centre has stayed where it
/// was are compared with the centres that have moved. Where bytes leave too many centres, they are not tried for a
/// while.
template <class T>
class RoughAssignment {
 public:
  struct Worker {
    typename RoughCenters<T>::Scratch scratch;
    std::vector<std::uint32_t> candidates;
    std::vector<std::uint32_t> chosen;
    std::vector<T> distances;
  };

  /// rough: the rows in bytes, or empty: then it is never ready.
  RoughAssignment(const MeasuredRows<T>& rows, const RoughRows& rough, LabelChanges& labels, const RunTools<T>& tools)
      : rows_(rows),
        points_(rows.points()),
        rough_rows_(rough),
        labels_(labels),
        tools_(tools),
        failed_(tools.shares(points_.rows())) {}

  /// Bytes that it takes, beside those of the rows.
  [[nodiscard]] static double bytes(std::size_t rows) noexcept { return SteadyRows::bytes(rows); }

  /// Whether the next assignment is to be made by it; to be asked once for each.
  [[nodiscard]] bool is_ready() noexcept {
    if (rough_rows_.empty()) return false;
    if (rest_ == 0) return true;
    --rest_;
    knows_ = false;
    return false;
  }

  /// shifts: how far each centre has moved since the last assignment.
  void begin(const Points<T>& centers, const std::vector<double>& shifts, std::size_t workers) {
    std::vector<std::uint32_t> all(centers.rows());
    std::iota(all.begin(), all.end(), 0U);
    std::vector<std::uint32_t> moved;
    std::copy_if(all.begin(), all.end(), std::back_inserter(moved), [&](std::uint32_t c) { return shifts[c] != 0; });
    if (!knows_) steady_.clear(points_.rows());
    steady_.move(shifts);
    moved_.reset();
    if (knows_ && !moved.empty() && 4 * moved.size() <= 3 * all.size())
      moved_.emplace(centers, std::move(moved), rows_.origin(), rough_rows_, tools_);
    centers_ = centers;
    rough_.emplace(centers, std::move(all), rows_.origin(), rough_rows_, tools_);
    workers_.resize(workers);
    for (Worker& worker : workers_) {
      worker.candidates.resize(kRows * rough_->stride());
      worker.distances.resize(rough_->stride() + 1);
    }
  }

  /// The rows of a share. assign_tile(first, count) labels at most kRows that lie one after another otherwise.
  template <class AssignTile>
  void assign(std::size_t share, std::size_t first, std::size_t count, std::size_t worker, AssignTile&& assign_tile) {
    failed_[share] = 0;
    Worker& own = workers_[worker];
    Batch all;
    Batch few;
    for (std::size_t row = first; row < first + count; ++row) {
      const std::int32_t label = labels_.labels()[row];
      if (label >= 0 && steady_.is_steady(row, label)) continue;
      if (moved_ && steady_.asks_only_moved(row, label)) {
        if (few.add(row)) compare_with_moved(few.take(), share, own);
      } else if (all.add(row)) {
        compare_with_all(all.take(), share, own, assign_tile);
      }
    }
    if (all.count > 0) compare_with_all(all.take(), share, own, assign_tile);
    if (few.count > 0) compare_with_moved(few.take(), share, own);
  }

  /// After all shares.
  void end() {
    knows_ = true;
    const std::size_t failed = std::accumulate(failed_.begin(), failed_.end(), std::size_t{0});
    if (2 * failed < points_.rows()) {
      failures_ = 0;
      return;
    }
    failures_ = std::min(failures_ + 1, kMostFailures);
    rest_ = (std::size_t{1} << failures_) - 1;
  }

 private:
  static constexpr std::size_t kRows = RoughCenters<T>::kRows;
  static constexpr std::size_t kFew = 12;  ///< above a twelfth of the centres, it is less work to score all of them
  static constexpr std::size_t kMostFailures = 6;
  static constexpr double kOff = 1e-6;  ///< more than rounding takes squares off, as a part of them

  struct Batch {
    std::array<std::uint32_t, kRows> rows;
    std::size_t count = 0;
    /// Whether it is full then.
    bool add(std::size_t row) noexcept {
      rows[count++] = static_cast<std::uint32_t>(row);
      return count == kRows;
    }
    [[nodiscard]] std::span<const std::uint32_t> take() noexcept { return {rows.data(), std::exchange(count, 0)}; }
  };

  template <class AssignTile>
  void compare_with_all(std::span<const std::uint32_t> rows, std::size_t share, Worker& own, AssignTile& assign_tile) {
    std::uint32_t* candidates = own.candidates.data();
    own.scratch.floors.fill(-std::numeric_limits<float>::infinity());
    const std::size_t total = rough_->candidates(rows, own.scratch, candidates);
    if ((total - rows.size()) * kFew > rows.size() * centers_.rows()) {
      failed_[share] += rows.size();
      for (const std::uint32_t row : rows) steady_.forget(row);
      if (rows.back() - rows.front() + 1 == rows.size()) return assign_tile(rows.front(), rows.size());
    }
    for (std::size_t r = 0, begin = 0; r < rows.size(); begin = own.scratch.ends[r++]) {
      const std::size_t row = rows[r];
      const std::span<const std::uint32_t> some(candidates + begin, own.scratch.ends[r] - begin);
      if (some.size() > 1) {
        labels_.set(share, row, nearest_of(row, some, own));
        steady_.forget(row);
        continue;
      }
      labels_.set(share, row, static_cast<std::int32_t>(some.front()));
      const double square = static_cast<double>(rows_.square(row)) * (1 + kOff);
      steady_.set(row, square - 2 * static_cast<double>(own.scratch.least[r]), others_square(row, own.scratch.next[r]));
    }
  }

  /// Rows whose own centres have not moved.
  void compare_with_moved(std::span<const std::uint32_t> rows, std::size_t share, Worker& own) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto square = static_cast<double>(rows_.square(rows[r]));
      const double own_square = steady_.own_square(rows[r]);
      own.scratch.floors[r] = narrowed<float>((square - own_square) / 2 - kOff * (square + own_square));
    }
    std::uint32_t* candidates = own.candidates.data();
    moved_->candidates(rows, own.scratch, candidates);
    for (std::size_t r = 0, begin = 0; r < rows.size(); begin = own.scratch.ends[r++]) {
      const std::size_t row = rows[r];
      if (begin == own.scratch.ends[r]) {
        steady_.lower(row, others_square(row, own.scratch.next[r]));
        continue;
      }
      own.chosen.assign(candidates + begin, candidates + own.scratch.ends[r]);
      own.chosen.push_back(static_cast<std::uint32_t>(labels_.labels()[row]));
      labels_.set(share, row, nearest_of(row, own.chosen, own));
      steady_.forget(row);
    }
  }

  [[nodiscard]] std::int32_t nearest_of(std::size_t row, std::span<const std::uint32_t> some, Worker& own) const {
    return nearest_chosen(points_[row], centers_, some, tools_.kernels(), own.distances.data());
  }

  /// The square of the distance to centres of such a score, at least: of a rounded square, of a rounded difference.
  [[nodiscard]] double others_square(std::size_t row, float score) const noexcept {
    return static_cast<double>(rows_.square(row)) * (1 - kOff) - 2 * static_cast<double>(score);
  }

  const MeasuredRows<T>& rows_;
  Points<T> points_;
  const RoughRows& rough_rows_;
  LabelChanges& labels_;
  const RunTools<T>& tools_;
  Points<T> centers_;
  std::optional<RoughCenters<T>> rough_;
  std::optional<RoughCenters<T>> moved_;  // those alone that have moved; only where these are not most
  std::vector<Worker> workers_;
  std::vector<std::size_t> failed_;  // rows of each share that bytes left too many centres for
  SteadyRows steady_;
  bool knows_ = false;  // steady_, of the labels and centres of the last assignment
  std::size_t failures_ = 0;
  std::size_t rest_ = 0;  // assignments for which bytes are not tried
};

}  // namespace glossa::detail
