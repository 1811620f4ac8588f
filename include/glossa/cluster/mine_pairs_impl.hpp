// Definitions of mine_pairs(); see core/linkage.hpp.
#pragma once

#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/find_neighbors.hpp>
#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/saturated.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa {
namespace detail {

/// Each pair that is in the list of one of its vectors at least, once; a pair that both have is taken from the lower
/// one.
template <std::floating_point T>
[[nodiscard]] std::vector<MinedPair> pairs_of(const NeighborLists<T>& lists) {
  std::vector<MinedPair> pairs;
  for (std::size_t row = 0; row < lists.rows(); ++row)
    for (const ScoredNeighbor<T>& entry : lists[row]) {
      const std::size_t other = entry.index;
      if (other > row) {
        pairs.push_back({row, other, static_cast<float>(entry.score), 0});
        continue;
      }
      const auto theirs = lists[other];
      const bool known = std::any_of(theirs.begin(), theirs.end(), [&](const auto& e) { return e.index == row; });
      if (!known) pairs.push_back({other, row, static_cast<float>(entry.score), 0});
    }
  return pairs;
}

}  // namespace detail

template <std::floating_point T>
std::vector<MinedPair> mine_pairs(const Points<T>& points, const PairMiningOptions& options) {
  detail::require_finite(points, "mine_pairs");
  if (std::isnan(options.threshold))
    throw Error(ErrorKind::invalid_argument,
                {.field = "PairMiningOptions::threshold", .expected = "a number", .found = "NaN"});
  if (options.neighbors == 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = "PairMiningOptions::neighbors", .expected = "1 or more", .found = "0"});
  if (points.rows() < 2) return {};
  // A pair stands in two lists at most, so the best 2·n entries hold n pairs.
  detail::NeighborLists<T> lists(points.rows(), std::min(options.neighbors, points.rows() - 1),
                                 detail::lenient<T>(options.threshold, points.dims()),
                                 detail::saturated_product(2, options.max_pairs),
                                 detail::cosine_error<T>(points.dims()));
  detail::find_neighbors(points, options.search, options.graph, options.run, detail::executor_of(options.run), lists);
  std::vector<MinedPair> pairs = detail::pairs_of(lists);
  for (MinedPair& pair : pairs)
    pair.score = pair.cosine = static_cast<float>(detail::exact_cosine(points[pair.a], points[pair.b]));
  std::erase_if(pairs, [&](const MinedPair& pair) { return pair.cosine < static_cast<float>(options.threshold); });
  std::sort(pairs.begin(), pairs.end(), detail::is_better_pair);
  if (options.max_pairs != 0 && pairs.size() > options.max_pairs) pairs.resize(options.max_pairs);
  return pairs;
}

#if defined(GLOSSA_IMPLEMENTATION)
template std::vector<MinedPair> mine_pairs(const Points<float>&, const PairMiningOptions&);
template std::vector<MinedPair> mine_pairs(const Points<double>&, const PairMiningOptions&);
#endif

}  // namespace glossa
