// Definitions of translation mining's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/centred_rows.hpp>
#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/find_neighbors.hpp>
#include <glossa/cluster/language_finder.hpp>
#include <glossa/cluster/neighbor_graph.hpp>
#include <glossa/cluster/neighbor_lists.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/translation_links.hpp>
#include <glossa/cluster/translation_odds.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// See mine_translations().
template <std::floating_point T>
class TranslationMiner {
 public:
  TranslationMiner(const Points<T>& points, const TranslationOptions& options)
      : points_(points), options_(options), executor_(executor_of(options.run)) {}

  [[nodiscard]] std::vector<MinedPair> mine() {
    const std::vector<std::size_t> groups = groups_of_vectors();
    const std::size_t count = groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
    std::vector<std::size_t> rows(points_.rows());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const CentredRows<T> centred(points_, rows, groups, count);
    if (count == 1 || options_.matching == TranslationMatching::mutual_any) {
      within(centred);
    } else {
      if (options_.search == NeighborSearch::graph)
        for (std::size_t i = 0; i < count; ++i)
          graphs_.push_back(std::make_unique<NeighborGraph<T>>(centred.group(i), options_.graph, options_.run));
      for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = a + 1; b < count; ++b) between(centred, a, b);
    }
    for (MinedPair& pair : pairs_) {
      if (pair.a > pair.b) std::swap(pair.a, pair.b);
      pair.cosine = static_cast<float>(exact_cosine(points_[pair.a], points_[pair.b]));
    }
    std::sort(pairs_.begin(), pairs_.end(), is_better_pair);
    return std::move(pairs_);
  }

 private:
  static constexpr std::size_t kCandidates = 16;  ///< nearest of each that can be its partner

  /// Numbered in the order in which their languages appear.
  [[nodiscard]] std::vector<std::size_t> groups_of_vectors() const {
    std::vector<std::int32_t> found;
    if (options_.languages.empty() && options_.matching != TranslationMatching::mutual_any)
      found = LanguageFinder<T>(points_, options_.search, options_.graph, options_.run, executor_).find();
    if (options_.languages.empty() && found.empty()) found.assign(points_.rows(), 0);
    const std::span<const std::int32_t> languages = found.empty() ? options_.languages : found;
    std::vector<std::size_t> groups;
    std::vector<std::int32_t> known;
    for (const std::int32_t language : languages) {
      const auto place = std::find(known.begin(), known.end(), language);
      groups.push_back(static_cast<std::size_t>(place - known.begin()));
      if (place == known.end()) known.push_back(language);
    }
    return groups;
  }

  [[nodiscard]] NeighborLists<T> lists(std::size_t rows, std::size_t others) const {
    return {rows, std::min(std::max(kCandidates, options_.neighbors), others), T(-2)};
  }

  void within(const CentredRows<T>& centred) {
    const Points<T> all = centred.all();
    if (all.rows() < 2) return;
    NeighborLists<T> nearest = lists(all.rows(), all.rows() - 1);
    find_neighbors(all, options_.search, options_.graph, options_.run, executor_, nearest);
    take(
        nearest, nearest, all, all, [&](std::size_t i) { return centred.row_of(0, i); },
        [&](std::size_t i) { return centred.row_of(0, i); });
  }

  void between(const CentredRows<T>& centred, std::size_t one, std::size_t other) {
    const Points<T> a = centred.group(one);
    const Points<T> b = centred.group(other);
    NeighborLists<T> to_b = lists(a.rows(), b.rows());
    NeighborLists<T> to_a = lists(b.rows(), a.rows());
    find_neighbors(a, b, graphs_.empty() ? nullptr : graphs_[one].get(),
                   graphs_.empty() ? nullptr : graphs_[other].get(), options_.run, executor_, to_b, to_a);
    take(
        to_b, to_a, a, b, [&](std::size_t i) { return centred.row_of(one, i); },
        [&](std::size_t i) { return centred.row_of(other, i); });
  }

  template <class RowOfA, class RowOfB>
  void take(const NeighborLists<T>& to_b, const NeighborLists<T>& to_a, const Points<T>& a, const Points<T>& b,
            RowOfA&& row_of_a, RowOfB&& row_of_b) {
    const bool same = &to_b == &to_a;
    if (options_.matching != TranslationMatching::calibrated) {
      for (const TranslationLink& link : mutual_links(ranked_links(to_b, to_a, options_.neighbors, Margin::ratio)))
        if (!options_.threshold || link.margin >= *options_.threshold)
          pairs_.push_back({row_of_a(link.a), row_of_b(link.b), static_cast<float>(link.margin), 0});
      return;
    }
    const std::vector<TranslationLink> links = competitive_links(
        ranked_links(to_b, to_a, options_.neighbors, Margin::difference), a.rows(), same ? 0 : b.rows());
    const TranslationOdds odds(links, deviation(a, b, same));
    for (std::size_t i = 0; i < links.size(); ++i)
      if (odds.probabilities()[i] >= options_.threshold.value_or(0.5))
        pairs_.push_back({row_of_a(links[i].a), row_of_b(links[i].b), static_cast<float>(odds.probabilities()[i]), 0});
  }

  /// Standard deviation of the cosines between vectors of the two sets, from pairs drawn at random.
  [[nodiscard]] static double deviation(const Points<T>& a, const Points<T>& b, bool same) {
    const std::size_t pairs = std::min<std::size_t>(50'000, a.rows() * b.rows());
    std::mt19937_64 random(42);
    double sum = 0;
    double squares = 0;
    for (std::size_t n = 0; n < pairs; ++n) {
      const std::size_t i = random() % a.rows();
      const std::size_t j = same ? (i + 1 + random() % (a.rows() - 1)) % a.rows() : random() % b.rows();
      const double cosine = exact_cosine(a[i], b[j]);
      sum += cosine;
      squares += cosine * cosine;
    }
    const double mean = sum / static_cast<double>(pairs);
    return std::sqrt(std::max(0.0, squares / static_cast<double>(pairs) - mean * mean));
  }

  const Points<T>& points_;
  const TranslationOptions& options_;
  std::shared_ptr<Executor> executor_;
  std::vector<std::unique_ptr<NeighborGraph<T>>> graphs_;  ///< of each language, if any
  std::vector<MinedPair> pairs_;
};

}  // namespace detail

template <std::floating_point T>
std::vector<MinedPair> mine_translations(const Points<T>& points, const TranslationOptions& options) {
  detail::require_finite(points, "mine_translations");
  if (options.threshold && std::isnan(*options.threshold))
    throw Error(ErrorKind::invalid_argument,
                {.field = "TranslationOptions::threshold", .expected = "a number", .found = "NaN"});
  if (options.neighbors == 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = "TranslationOptions::neighbors", .expected = "1 or more", .found = "0"});
  if (!options.languages.empty() && options.languages.size() != points.rows())
    throw Error(ErrorKind::invalid_argument, {.field = "TranslationOptions::languages",
                                              .expected = "one a vector, " + std::to_string(points.rows()),
                                              .found = std::to_string(options.languages.size())});
  if (points.rows() < 2) return {};
  return detail::TranslationMiner<T>(points, options).mine();
}

template <std::floating_point T>
std::vector<std::int32_t> language_sides(const Points<T>& points, const ClusterRun& run) {
  detail::require_finite(points, "language_sides");
  return detail::LanguageFinder<T>(points, NeighborSearch::exact, {}, run, detail::executor_of(run)).find();
}

#if defined(GLOSSA_IMPLEMENTATION)
template std::vector<MinedPair> mine_translations(const Points<float>&, const TranslationOptions&);
template std::vector<MinedPair> mine_translations(const Points<double>&, const TranslationOptions&);
template std::vector<std::int32_t> language_sides(const Points<float>&, const ClusterRun&);
template std::vector<std::int32_t> language_sides(const Points<double>&, const ClusterRun&);
#endif

}  // namespace glossa
