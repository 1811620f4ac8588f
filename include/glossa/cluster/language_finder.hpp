// Vectors of texts and their translations come in; groups of one language each go out.
#pragma once

#include <glossa/cluster/centred_rows.hpp>
#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/find_neighbors.hpp>
#include <glossa/cluster/neighbor_graph.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/pair_scan.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/scale_to_unit.hpp>
#include <glossa/cluster/top_direction.hpp>
#include <glossa/cluster/translation_links.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// See language_sides().
template <std::floating_point T>
class LanguageFinder {
 public:
  LanguageFinder(const Points<T>& points, NeighborSearch search, const NeighborGraphOptions& graph,
                 const ClusterRun& run, std::shared_ptr<Executor> executor)
      : points_(points),
        search_(search),
        graph_(graph),
        run_(run),
        executor_(std::move(executor)),
        units_(points.values().begin(), points.values().end()),
        sides_(points.rows()) {
    for (std::size_t i = 0; i < points.rows(); ++i)
      scale_to_unit(std::span<T>(units_).subspan(i * points.dims(), points.dims()));
  }

  [[nodiscard]] std::vector<std::int32_t> find() {
    std::vector<std::size_t> rows(points_.rows());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    split(rows, 0);
    return std::move(sides_);
  }

 private:
  using Rows = std::vector<std::size_t>;
  using RowPairs = std::vector<std::pair<std::size_t, std::size_t>>;

  static constexpr std::size_t kFewest = 80;  ///< texts in which two languages are looked for
  static constexpr std::size_t kDeepest = 8;  ///< splits of splits
  static constexpr int kRounds = 4;
  static constexpr std::size_t kNeighbors = 8;    ///< of a margin
  static constexpr std::size_t kSample = 20'000;  ///< vectors, and pairs, that matrices are made of
  /// Added to the covariance: so many times its mean eigenvalue. It keeps to directions in which much differs: a
  /// language is one of them, and those with little are those in which few pairs differ by chance.
  static constexpr double kRidge = 10;
  /// What two sides have to show: of the surest pairs between vectors of any sides, so many are across. Where that is
  /// less, because few texts have a translation, the direction has to tell: translations differ this many times as much
  /// along it as two vectors do, the ridge counted. A thousand texts of one language had at most .44 across, and 1.02
  /// times (fifteen corpora); two languages with a tenth of the texts translated at least .40 and 1.06. In a few
  /// hundred texts chance does more.
  static constexpr double kCrossing = 0.7;  ///< and three standard deviations more than half
  static constexpr double kLeastCrossing = 0.35;
  static constexpr double kLeastRatio = 1.04;
  static constexpr std::size_t kMany = 600;

  void split(const Rows& rows, std::size_t depth) {
    std::vector<bool> side;
    if (rows.size() < kFewest || depth == kDeepest || !find_sides(rows, side)) {
      for (const std::size_t row : rows) sides_[row] = next_side_;
      ++next_side_;
      return;
    }
    for (const bool which : {false, true}) {
      Rows part;
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (side[i] == which) part.push_back(rows[i]);
      split(part, depth + 1);
    }
  }

  bool find_sides(const Rows& rows, std::vector<bool>& side) {
    side.assign(rows.size(), false);
    RowPairs pairs = mutual_pairs(rows, side, false);
    double ratio = 0;
    for (int round = 0; round < kRounds; ++round) {
      if (pairs.size() < 4) return false;
      const std::vector<bool> before = side;
      ratio = split_by(rows, pairs, side);
      if (std::none_of(side.begin(), side.end(), [](bool is) { return is; })) return false;
      std::size_t changed = 0;
      for (std::size_t i = 0; i < side.size(); ++i) changed += side[i] != before[i] ? 1 : 0;
      changed = std::min(changed, side.size() - changed);
      if (round > 0 && changed * 200 < side.size()) break;
      if (round + 1 < kRounds) pairs = mutual_pairs(rows, side, true);
    }
    pairs = mutual_pairs(rows, side, false);
    pairs.resize((pairs.size() + 1) / 2);  // best first
    std::size_t crossing = 0;
    std::vector<bool> side_of(points_.rows());
    for (std::size_t i = 0; i < rows.size(); ++i) side_of[rows[i]] = side[i];
    for (const auto& [a, b] : pairs) crossing += side_of[a] != side_of[b] ? 1 : 0;
    const double share = static_cast<double>(crossing) / static_cast<double>(pairs.size());
    const bool by_chance = static_cast<double>(crossing) <
                           static_cast<double>(pairs.size()) / 2 + 1.5 * std::sqrt(static_cast<double>(pairs.size()));
    return (share >= kCrossing && !by_chance) ||
           (rows.size() >= kMany && share >= kLeastCrossing && ratio >= kLeastRatio);
  }

  /// Mutual nearest neighbours by margin, best first, of vectors without their side's mean; across: only between sides.
  RowPairs mutual_pairs(const Rows& rows, const std::vector<bool>& side, bool across) {
    const std::vector<std::size_t> groups(side.begin(), side.end());
    const CentredRows<T> centred(points_, rows, groups, 2);
    RowPairs pairs;
    if (across) {
      NeighborLists<T> to_b(centred.group(0).rows(), kNeighbors, T(-2));
      NeighborLists<T> to_a(centred.group(1).rows(), kNeighbors, T(-2));
      const Points<T> a = centred.group(0);
      const Points<T> b = centred.group(1);
      std::optional<NeighborGraph<T>> graph_of_a;
      std::optional<NeighborGraph<T>> graph_of_b;
      if (search_ == NeighborSearch::graph) {
        graph_of_a.emplace(a, graph_, run_);
        graph_of_b.emplace(b, graph_, run_);
      }
      find_neighbors(a, b, graph_of_a ? &*graph_of_a : nullptr, graph_of_b ? &*graph_of_b : nullptr, run_, executor_,
                     to_b, to_a);
      for (const TranslationLink& link : mutual_links(ranked_links(to_b, to_a, kNeighbors, Margin::difference)))
        pairs.emplace_back(centred.row_of(0, link.a), centred.row_of(1, link.b));
    } else {
      NeighborLists<T> lists(rows.size(), kNeighbors, T(-2));
      find_neighbors(centred.all(), search_, graph_, run_, executor_, lists);
      for (const TranslationLink& link : mutual_links(ranked_links(lists, lists, kNeighbors, Margin::difference)))
        pairs.emplace_back(centred.row_of(0, link.a), centred.row_of(0, link.b));
    }
    return pairs;
  }

  /// Two sides along the direction in which the pairs differ most beside the vectors; how much that is goes back.
  double split_by(const Rows& rows, const RowPairs& pairs, std::vector<bool>& side) const {
    const std::size_t dims = points_.dims();
    std::vector<double> mean(dims);
    for (const std::size_t row : rows)
      for (std::size_t d = 0; d < dims; ++d) mean[d] += value(row, d) / static_cast<double>(rows.size());
    std::vector<double> x(dims);
    SymmetricMatrix all(dims);
    const std::size_t row_step = (rows.size() + kSample - 1) / kSample;
    const std::size_t row_count = (rows.size() + row_step - 1) / row_step;
    for (std::size_t i = 0; i < rows.size(); i += row_step) {
      for (std::size_t d = 0; d < dims; ++d) x[d] = value(rows[i], d) - mean[d];
      all.add_square(x, 1 / static_cast<double>(row_count));
    }
    SymmetricMatrix differences(dims);
    const std::size_t step = (pairs.size() + kSample - 1) / kSample;
    const std::size_t count = (pairs.size() + step - 1) / step;
    for (std::size_t i = 0; i < pairs.size(); i += step) {
      for (std::size_t d = 0; d < dims; ++d) x[d] = value(pairs[i].first, d) - value(pairs[i].second, d);
      differences.add_square(x, 0.5 / static_cast<double>(count));
    }
    all.mirror();
    differences.mirror();
    const double ridge = kRidge * all.trace() / static_cast<double>(dims);
    for (std::size_t d = 0; d < dims; ++d) all(d, d) += ridge;
    if (!(ridge > 0)) return 0;
    const TopDirection top = top_direction(differences, std::move(all));

    std::vector<double> places(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t d = 0; d < dims; ++d) places[i] += (value(rows[i], d) - mean[d]) * top.direction[d];
    const double cut = cut_of(places);
    for (std::size_t i = 0; i < rows.size(); ++i) side[i] = places[i] > cut;
    return top.ratio;
  }

  /// Where a line of places is cut in two: where the fewest are, between the means of the two groups that Lloyd's
  /// algorithm finds from the median. The middle of these alone would cut through a third group that lies there.
  static double cut_of(std::vector<double> places) {
    std::sort(places.begin(), places.end());
    std::vector<double> sums(places.size() + 1);
    std::partial_sum(places.begin(), places.end(), sums.begin() + 1);
    const auto below = [&](double place) {
      return static_cast<std::size_t>(std::upper_bound(places.begin(), places.end(), place) - places.begin());
    };
    double cut = places[places.size() / 2];
    double low = cut;
    double high = cut;
    for (int round = 0; round < 100; ++round) {
      const std::size_t count = below(cut);
      if (count == 0 || count == places.size()) break;
      low = sums[count] / static_cast<double>(count);
      high = (sums.back() - sums[count]) / static_cast<double>(places.size() - count);
      if (cut == (low + high) / 2) break;
      cut = (low + high) / 2;
    }
    constexpr int kSteps = 40;
    const double window = (high - low) / 10;
    std::size_t fewest = below(cut + window) - below(cut - window);
    const double middle = cut;
    for (int step = 1; step < kSteps; ++step)  // outwards from the middle
      for (const double place :
           {middle - (high - low) * step / (2 * kSteps), middle + (high - low) * step / (2 * kSteps)})
        if (const std::size_t count = below(place + window) - below(place - window); count < fewest) {
          fewest = count;
          cut = place;
        }
    return cut;
  }

  /// Of the vector at unit length.
  [[nodiscard]] double value(std::size_t row, std::size_t d) const noexcept {
    return static_cast<double>(units_[row * points_.dims() + d]);
  }

  const Points<T>& points_;
  NeighborSearch search_;
  NeighborGraphOptions graph_;
  const ClusterRun& run_;
  std::shared_ptr<Executor> executor_;
  std::vector<T> units_;  ///< the vectors at unit length
  std::vector<std::int32_t> sides_;
  std::int32_t next_side_ = 0;
};

}  // namespace glossa::detail
