// Definitions of communities' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/centers_in_reach.hpp>
#include <glossa/cluster/communities.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pairs_within.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// One run of detect_communities(): all pairs are counted first, and only the vectors around those centres that may
/// become one are listed then.
template <std::floating_point T>
class CommunitySearch {
 public:
  CommunitySearch(const PairDistance<T>& distance, const CommunityOptions& options)
      : distance_(distance), options_(options), limit_(1 - options.threshold), is_taken_(distance.rows()) {}

  [[nodiscard]] std::vector<std::vector<std::size_t>> find() {
    const std::vector<std::size_t> candidates = ordered_candidates();
    CentersInReach<T> reach(distance_, limit_, options_.run);
    for (std::size_t next = 0; next < candidates.size();) {
      next = try_some(candidates, next, reach);
      if (options_.run.progress)
        options_.run.progress({steps_ + distance_.rows() - (candidates.size() - next), steps_ + distance_.rows(), 0});
    }
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kMostPassed = 4096;  ///< candidates passed over for one try

  /// Vectors with enough others in reach, those with the most first.
  [[nodiscard]] std::vector<std::size_t> ordered_candidates() {
    std::vector<std::atomic<std::uint32_t>> counts(distance_.rows());
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i].store(distance_(i, i) <= limit_ ? 1 : 0);
    ClusterRun run = options_.run;
    if (run.progress)
      run.progress = [this](const Progress& tiles) {
        steps_ = tiles.total;
        options_.run.progress({tiles.done, tiles.total + distance_.rows(), 0});
      };
    PairsWithin<T>(distance_, limit_, run).for_each([&](const PairsOfTile& tile, std::size_t) {
      for (std::size_t r = 0; r < tile.rows; ++r)
        counts[tile.first_row + r].fetch_add(tile.row_counts[r], std::memory_order_relaxed);
      for (std::size_t c = 0; c < tile.columns; ++c)
        counts[tile.first_column + c].fetch_add(tile.column_counts[c], std::memory_order_relaxed);
    });
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i].load() >= options_.min_size) candidates.push_back(i);
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a].load() > counts[b].load(); });
    return candidates;
  }

  /// Decides on candidates from `first` on, and returns the first one that is left.
  [[nodiscard]] std::size_t try_some(const std::vector<std::size_t>& candidates, std::size_t first,
                                     CentersInReach<T>& reach) {
    const std::size_t end = gather(candidates, first, reach);
    if (reach.news() > 0) reach.find();
    std::size_t at = first;
    std::size_t tried = 0;
    for (; at < end; ++at) {
      const std::size_t center = candidates[at];
      const bool is_listed = tried < reach.centers().size() && reach.centers()[tried] == center;
      if (is_listed) ++tried;
      if (is_taken_[center] != 0) continue;
      if (!is_listed) break;  // it was not taken after all
      take(center, reach.members(tried - 1));
    }
    for (; tried < reach.centers().size(); ++tried)
      if (const std::size_t center = reach.centers()[tried]; is_taken_[center] == 0)
        known_.emplace(center, std::move(reach.members(tried)));
    return at;
  }

  /// The next centres that are worth a column: a candidate near to an earlier one will probably be taken by it. Returns
  /// the first candidate that was not looked at.
  [[nodiscard]] std::size_t gather(const std::vector<std::size_t>& candidates, std::size_t first,
                                   CentersInReach<T>& reach) {
    reach.clear();
    std::size_t end = first;
    for (std::size_t passed = 0; end < candidates.size() && passed < kMostPassed; ++end) {
      const std::size_t center = candidates[end];
      if (auto known = known_.extract(center); !known.empty()) {
        if (is_taken_[center] == 0) reach.add(center, std::move(known.mapped()));
      } else if (is_taken_[center] != 0) {
        continue;
      } else if (reach.is_near(center)) {
        ++passed;
      } else if (reach.news() < reach.kMostNew && reach.centers().size() + known_.size() < reach.kMost) {
        reach.add(center);
      } else {
        break;
      }
    }
    return end;
  }

  void take(std::size_t center, const std::vector<std::uint32_t>& members) {
    std::vector<std::pair<double, std::size_t>> left;  // minus the cosine with the centre, number
    for (const std::uint32_t i : members)
      if (is_taken_[i] == 0) left.emplace_back(-distance_.cosine(center, i), i);
    if (left.size() < options_.min_size) return;
    std::sort(left.begin(), left.end());
    std::vector<std::size_t> community{center};
    for (const auto& [score, i] : left)
      if (i != center) community.push_back(i);
    for (const std::size_t i : community) is_taken_[i] = 1;
    found_.push_back(std::move(community));
  }

  const PairDistance<T>& distance_;
  const CommunityOptions& options_;
  double limit_;
  std::vector<char> is_taken_;
  std::vector<std::vector<std::size_t>> found_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> known_;  // vectors around centres that were not reached
  std::size_t steps_ = 0;                                              // of counting
};

}  // namespace detail

template <std::floating_point T>
Communities detect_communities(const Points<T>& points, const CommunityOptions& options) {
  if (!(options.threshold >= -1 && options.threshold <= 1))
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "CommunityOptions::threshold", .expected = "a cosine", .found = std::to_string(options.threshold)});
  if (options.min_size == 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = "CommunityOptions::min_size", .expected = "at least 1", .found = "0"});
  const detail::PairDistance<T> distance(points, Metric::cosine, "detect_communities");
  Communities result;
  result.labels.assign(points.rows(), kNoise);
  if (points.rows() < options.min_size || points.empty()) return result;
  result.communities = detail::CommunitySearch<T>(distance, options).find();
  for (std::size_t c = 0; c < result.communities.size(); ++c)
    for (const std::size_t i : result.communities[c]) result.labels[i] = static_cast<std::int32_t>(c);
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template Communities detect_communities<float>(const Points<float>&, const CommunityOptions&);
template Communities detect_communities<double>(const Points<double>&, const CommunityOptions&);
#endif

}  // namespace glossa
