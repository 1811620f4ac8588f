// Vectors and a number of clusters come in; centres for k-means to start from go out.
#pragma once

#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/random_draws.hpp>
#include <glossa/cluster/run_tools.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Called every now and then; what it throws ends the search for a start.
using StartPulse = std::function<void()>;

/// Rows chosen one after another, and how far each row is from the nearest of them.
template <class T>
class ChosenCenters {
 public:
  /// weights: how much each row counts, or empty: all the same.
  ChosenCenters(const Points<T>& points, std::vector<double> weights, const RunTools<T>& tools, const StartPulse& pulse)
      : points_(points),
        tools_(tools),
        pulse_(pulse),
        weights_(std::move(weights)),
        squares_(points.rows(), std::numeric_limits<T>::infinity()),
        potential_(points.rows()) {}

  [[nodiscard]] const std::vector<std::uint32_t>& chosen() const noexcept { return chosen_; }
  /// Each row's weight times the square of its distance to the nearest chosen one.
  [[nodiscard]] const std::vector<double>& potential() const noexcept { return potential_; }

  /// Takes the first row.
  void take(std::uint32_t row) { take_best(std::span(&row, 1)); }

  /// Takes the row that leaves the least potential, of several the first of them.
  void take_best(std::span<const std::uint32_t> rows) {
    pulse_();
    const std::size_t count = rows.size();
    distances_.resize(points_.rows() * count);
    std::vector<double> sums(tools_.shares(points_.rows()) * count);
    const auto room = [&](std::size_t row, std::size_t) { return distances_.data() + row * count; };
    for_distances(rows, room, [&](std::size_t share, std::size_t row, const T* distances) {
      for (std::size_t i = 0; i < count; ++i)
        sums[share * count + i] += weight(row) * static_cast<double>(std::min(squares_[row], distances[i]));
    });
    std::vector<double> totals(count);
    for (std::size_t at = 0; at < sums.size(); ++at) totals[at % count] += sums[at];
    const auto best = static_cast<std::size_t>(std::min_element(totals.begin(), totals.end()) - totals.begin());
    chosen_.push_back(rows[best]);
    for (std::size_t row = 0; row < points_.rows(); ++row) {
      squares_[row] = std::min(squares_[row], distances_[row * count + best]);
      potential_[row] = weight(row) * static_cast<double>(squares_[row]);
    }
  }

  /// Takes all of them.
  void take_all(std::span<const std::uint32_t> rows) {
    constexpr std::size_t kAtOnce = 64;
    std::vector<T> squares(tools_.workers() * kAtOnce);
    const auto room = [&](std::size_t, std::size_t worker) { return squares.data() + worker * kAtOnce; };
    for (std::size_t first = 0; first < rows.size(); first += kAtOnce) {
      pulse_();
      const auto some = rows.subspan(first, std::min(kAtOnce, rows.size() - first));
      for_distances(some, room, [&](std::size_t, std::size_t row, const T* distances) {
        for (std::size_t i = 0; i < some.size(); ++i) squares_[row] = std::min(squares_[row], distances[i]);
        potential_[row] = weight(row) * static_cast<double>(squares_[row]);
      });
    }
    chosen_.insert(chosen_.end(), rows.begin(), rows.end());
  }

 private:
  [[nodiscard]] double weight(std::size_t row) const noexcept { return weights_.empty() ? 1.0 : weights_[row]; }

  /// Calls body(share, row, squares of its distances to `others`), which are put into room(row, worker).
  template <class Room, class Body>
  void for_distances(std::span<const std::uint32_t> others, Room&& room, Body&& body) {
    tools_.for_shares(points_.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t worker) {
      for (std::size_t row = first; row < first + count; ++row) {
        T* distances = room(row, worker);
        tools_.kernels().centers.squared_distances({points_[row].data(), points_.data(), points_.dims(), points_.dims(),
                                                    others.data(), others.size(), distances});
        body(share, row, distances);
      }
    });
  }

  Points<T> points_;
  const RunTools<T>& tools_;
  const StartPulse& pulse_;
  std::vector<double> weights_;
  std::vector<T> squares_;         // of the distance to the nearest chosen row
  std::vector<double> potential_;  // that of each row
  std::vector<T> distances_;       // [rows, those that the best is taken of]
  std::vector<std::uint32_t> chosen_;
};

/// k-means++ (Arthur & Vassilvitskii 2007), greedy: at each step the best of 2 + log(clusters) rows drawn by the
/// squares of their distances to those chosen before. Returns rows' numbers.
template <class T>
[[nodiscard]] std::vector<std::uint32_t> plus_plus_rows(const Points<T>& points, const std::vector<double>& weights,
                                                        std::size_t clusters, RandomDraws& random,
                                                        const RunTools<T>& tools, const StartPulse& pulse) {
  const auto trials = 2 + static_cast<std::size_t>(std::log(static_cast<double>(clusters)));
  ChosenCenters<T> centers(points, weights, tools, pulse);
  centers.take(static_cast<std::uint32_t>(weights.empty() ? random.below(points.rows()) : random.by_weight(weights)));
  std::vector<std::uint32_t> drawn(trials);
  std::vector<double> sums(points.rows());
  while (centers.chosen().size() < clusters) {
    std::partial_sum(centers.potential().begin(), centers.potential().end(), sums.begin());
    for (std::uint32_t& row : drawn) {
      const auto at = std::upper_bound(sums.begin(), sums.end(), random.unit() * sums.back());
      // Where all rows are chosen ones' twins, any will do.
      row = static_cast<std::uint32_t>(at == sums.end() ? static_cast<std::ptrdiff_t>(random.below(points.rows()))
                                                        : at - sums.begin());
    }
    centers.take_best(drawn);
  }
  return centers.chosen();
}

/// k-means‖ (Bahmani et al. 2012, "Scalable k-means++"): rounds that each draw some 2·clusters rows at once; of what
/// they have drawn, k-means++ chooses, each counting as often as it is the nearest to a row.
template <class T>
[[nodiscard]] std::vector<std::uint32_t> parallel_rows(const Points<T>& points, std::size_t clusters,
                                                       RandomDraws& random, const RunTools<T>& tools,
                                                       const StartPulse& pulse) {
  constexpr int kRounds = 5;
  ChosenCenters<T> drawn(points, {}, tools, pulse);
  drawn.take(static_cast<std::uint32_t>(random.below(points.rows())));
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<double>& potential = drawn.potential();
    const double total = std::accumulate(potential.begin(), potential.end(), 0.0);
    if (total == 0) break;
    std::vector<std::uint32_t> rows;
    for (std::size_t row = 0; row < points.rows(); ++row)
      if (random.unit() * total < 2 * static_cast<double>(clusters) * potential[row])
        rows.push_back(static_cast<std::uint32_t>(row));
    drawn.take_all(rows);
  }
  std::vector<std::uint32_t> rows = drawn.chosen();
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  if (rows.size() <= clusters) {  // few different vectors, or few were drawn: the others may be any
    std::vector<bool> taken(points.rows());
    for (const std::uint32_t row : rows) taken[row] = true;
    for (std::uint32_t row = 0; rows.size() < clusters; ++row)
      if (!taken[row]) rows.push_back(row);
    return rows;
  }
  std::vector<T> values;
  for (const std::uint32_t row : rows) values.insert(values.end(), points[row].begin(), points[row].end());
  const Points<T> candidates(values.data(), rows.size(), points.dims());
  std::vector<double> weights(rows.size());
  for (const std::int32_t label : labels_of_nearest(points, candidates, tools))
    weights[static_cast<std::size_t>(label)] += 1;
  std::vector<std::uint32_t> chosen = plus_plus_rows(candidates, weights, clusters, random, tools, pulse);
  for (std::uint32_t& row : chosen) row = rows[row];
  return chosen;
}

}  // namespace glossa::detail
