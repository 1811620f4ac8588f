// Centres and batches of vectors come in; centres that have moved towards the vectors go out.
#pragma once

#include <glossa/cluster/center_sums.hpp>
#include <glossa/cluster/mini_batch_options.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/random_draws.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The centres of mini-batch k-means (Sculley 2010), each the mean of all vectors that it was the nearest to when they
/// came; those that see too few are set anew, as in scikit-learn.
template <class T>
class MiniBatchCenters {
 public:
  MiniBatchCenters(std::vector<T> centers, std::size_t dims, const MiniBatchOptions& options, RandomDraws random)
      : centers_(std::move(centers)),
        dims_(dims),
        weights_(centers_.size() / dims),
        ratio_(options.reassignment_ratio),
        random_(std::move(random)),
        tools_(options.run) {}

  [[nodiscard]] Points<T> centers() const noexcept { return {centers_.data(), weights_.size(), dims_}; }
  [[nodiscard]] std::size_t seen() const noexcept { return seen_; }
  [[nodiscard]] RandomDraws& random() noexcept { return random_; }
  [[nodiscard]] const RunTools<T>& tools() const noexcept { return tools_; }

  struct Step {
    double inertia = 0;  ///< of the batch, by the centres before
    double way = 0;      ///< Σ |way of a centre|²
  };

  Step step(const Points<T>& batch) {
    const MeasuredRows<T> rows(batch, middle(), tools_);
    std::vector<ClusterMove> moves(batch.rows());
    std::vector<double> squares(batch.rows());
    const Points<T> old = centers();
    for_each_nearest(rows, CenterScores<T>(old, rows.origin(), tools_.kernels()), old, tools_,
                     [&](std::size_t row, std::int32_t label) {
                       moves[row] = {static_cast<std::uint32_t>(row), label, false};
                       squares[row] = squared_distance(batch[row], old[static_cast<std::size_t>(label)]);
                     });
    CenterSums<T> sums(rows, weights_.size());
    sums.apply(moves, tools_);
    const std::vector<T> before = centers_;
    for (std::size_t c = 0; c < weights_.size(); ++c) {
      if (sums.count(c) == 0) continue;
      const double weight = weights_[c] + static_cast<double>(sums.count(c));
      T* center = centers_.data() + c * dims_;
      for (std::size_t i = 0; i < dims_; ++i)
        center[i] = static_cast<T>((static_cast<double>(center[i]) * weights_[c] + sums.sum(c)[i]) / weight);
      weights_[c] = weight;
    }
    seen_ += batch.rows();
    since_reassigned_ += batch.rows();
    reassign(batch);
    return {std::accumulate(squares.begin(), squares.end(), 0.0),
            squared_distance(std::span<const T>(before), std::span<const T>(centers_))};
  }

 private:
  /// Of the centres: near that of the vectors.
  [[nodiscard]] std::vector<T> middle() const {
    std::vector<double> sum(dims_);
    for (std::size_t at = 0; at < centers_.size(); ++at) sum[at % dims_] += static_cast<double>(centers_[at]);
    std::vector<T> middle(dims_);
    for (std::size_t i = 0; i < dims_; ++i) middle[i] = static_cast<T>(sum[i] / static_cast<double>(weights_.size()));
    return middle;
  }

  /// Centres that have seen little move to vectors of the batch, whenever ten vectors a cluster have come, or a centre
  /// has seen none. They then count as much as the least of the others, so as not to be moved again at once.
  void reassign(const Points<T>& batch) {
    const bool has_idle = std::find(weights_.begin(), weights_.end(), 0.0) != weights_.end();
    if (ratio_ <= 0 || (!has_idle && since_reassigned_ < 10 * weights_.size())) return;
    since_reassigned_ = 0;
    const double least = ratio_ * *std::max_element(weights_.begin(), weights_.end());
    std::vector<std::size_t> order(weights_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return weights_[a] < weights_[b]; });
    std::size_t count = 0;
    while (count < order.size() && weights_[order[count]] < least) ++count;
    count = std::min({count, order.size() - 1, batch.rows() / 2});  // with a ratio above 1 the busiest stays, too
    if (count == 0) return;
    const std::vector<std::uint32_t> rows = random_.sample(batch.rows(), count);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(batch[rows[i]].begin(), dims_, centers_.begin() + static_cast<std::ptrdiff_t>(order[i] * dims_));
      weights_[order[i]] = weights_[order[count]];
    }
  }

  std::vector<T> centers_;
  std::size_t dims_;
  std::vector<double> weights_;  // how many vectors each has seen
  double ratio_;
  RandomDraws random_;
  RunTools<T> tools_;
  std::size_t seen_ = 0;
  std::size_t since_reassigned_ = 0;
};

/// When mini-batch k-means ends: scikit-learn's rules.
class MiniBatchPatience {
 public:
  /// rows: of all data; tolerance: of Σ |way of a centre|².
  MiniBatchPatience(std::size_t rows, std::size_t batch, std::size_t patience, double tolerance)
      : share_(std::min(1.0, 2.0 * static_cast<double>(batch) / static_cast<double>(rows + 1))),
        patience_(patience),
        tolerance_(tolerance) {}

  /// inertia: the mean of the batch. The first step's is that of the start, and not looked at.
  [[nodiscard]] bool ends_after(double inertia, double way) {
    if (++steps_ == 1) return false;
    smoothed_ = steps_ == 2 ? inertia : smoothed_ * (1 - share_) + inertia * share_;
    if (tolerance_ > 0 && way <= tolerance_) return true;
    if (smoothed_ < least_) {
      least_ = smoothed_;
      without_ = 0;
    } else {
      ++without_;
    }
    return patience_ > 0 && without_ >= patience_;
  }

 private:
  double share_;
  std::size_t patience_;
  double tolerance_;
  std::size_t steps_ = 0;
  double smoothed_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
  std::size_t without_ = 0;
};

}  // namespace glossa::detail
