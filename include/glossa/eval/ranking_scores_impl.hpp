// Definitions of ranking_scores' functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/ranking_scores.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace glossa {
namespace detail {

/// Sums over the documents of a ranking, from the first to one further down.
class RankingSums {
 public:
  void add(int relevance) noexcept {
    ++rank_;
    if (relevance <= 0) return;
    ++relevant_;
    if (first_relevant_ == 0) first_relevant_ = rank_;
    gain_ += relevance / std::log2(static_cast<double>(rank_ + 1));
    precisions_ += static_cast<double>(relevant_) / static_cast<double>(rank_);
  }

  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] double gain() const noexcept { return gain_; }

  /// ideal: the gain of the best order; relevant: how many documents are.
  [[nodiscard]] ScoresAtCutoff scores(std::size_t cutoff, double ideal, std::size_t relevant) const noexcept {
    ScoresAtCutoff scores;
    scores.cutoff = cutoff;
    scores.precision = static_cast<double>(relevant_) / static_cast<double>(cutoff);
    if (relevant > 0) {
      scores.ndcg = gain_ / ideal;
      scores.map = precisions_ / static_cast<double>(relevant);
      scores.recall = static_cast<double>(relevant_) / static_cast<double>(relevant);
    }
    if (first_relevant_ > 0) scores.mrr = 1 / static_cast<double>(first_relevant_);
    scores.hit_rate = first_relevant_ > 0 ? 1 : 0;
    return scores;
  }

 private:
  std::size_t rank_ = 0;
  std::size_t relevant_ = 0;
  std::size_t first_relevant_ = 0;  // its rank; 0: none yet
  double gain_ = 0;
  double precisions_ = 0;
};

/// Takes the next documents until `cutoff` are taken, or all.
inline void add_until(RankingSums& sums, std::span<const int> relevance, std::size_t cutoff) noexcept {
  while (sums.rank() < std::min(cutoff, relevance.size())) sums.add(relevance[sums.rank()]);
}

/// Each score of a cut-off that queries have a mean of.
inline constexpr double ScoresAtCutoff::*kCutoffScores[] = {&ScoresAtCutoff::ndcg,   &ScoresAtCutoff::map,
                                                            &ScoresAtCutoff::recall, &ScoresAtCutoff::precision,
                                                            &ScoresAtCutoff::mrr,    &ScoresAtCutoff::hit_rate};

}  // namespace detail

GLOSSA_INLINE const ScoresAtCutoff& RankingScores::at(std::size_t cutoff) const {
  for (const ScoresAtCutoff& scores : cutoffs)
    if (scores.cutoff == cutoff) return scores;
  throw Error(ErrorKind::not_found, {.field = "cutoff",
                                     .problem = "there are no scores for so many documents",
                                     .found = std::to_string(cutoff),
                                     .remedy = "name it among the cut-offs of score_ranking()"});
}

GLOSSA_INLINE void rank_documents(std::span<RankedDocument> documents) {
  std::unordered_set<std::string_view> ids;
  ids.reserve(documents.size());
  for (const RankedDocument& document : documents) {
    if (std::isnan(document.score))
      throw Error(ErrorKind::numeric, {.field = "score",
                                       .problem = "a document's score is not a number",
                                       .found = std::string(document.id),
                                       .remedy = "look at its vector, and at the query's"});
    if (!ids.insert(document.id).second)
      throw Error(ErrorKind::invalid_argument, {.field = "documents",
                                                .problem = "a document was found twice",
                                                .found = std::string(document.id),
                                                .remedy = "give each document an id of its own"});
  }
  std::sort(documents.begin(), documents.end(), [](const RankedDocument& a, const RankedDocument& b) {
    return a.score != b.score ? a.score > b.score : a.id > b.id;
  });
}

GLOSSA_INLINE RankingScores score_ranking(std::span<const RankedDocument> ranked, const Judgements& judgements,
                                          std::span<const std::size_t> cutoffs) {
  std::vector<int> relevance;
  relevance.reserve(ranked.size());
  for (const RankedDocument& document : ranked) {
    const auto judged = judgements.find(document.id);
    relevance.push_back(judged == judgements.end() ? 0 : judged->second);
  }
  std::vector<int> all;
  all.reserve(judgements.size());
  for (const auto& [id, judged] : judgements) all.push_back(judged);
  return score_ranking(relevance, all, cutoffs);
}

GLOSSA_INLINE RankingScores score_ranking(std::span<const int> relevance, std::span<const int> judged,
                                          std::span<const std::size_t> cutoffs) {
  std::vector<int> best(judged.begin(), judged.end());
  std::sort(best.begin(), best.end(), std::greater<>());
  const auto relevant = static_cast<std::size_t>(
      std::find_if(best.begin(), best.end(), [](int value) { return value <= 0; }) - best.begin());
  std::vector<std::size_t> order(cutoffs.begin(), cutoffs.end());  // each document is added once
  std::sort(order.begin(), order.end());
  if (!order.empty() && order.front() == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "cutoffs", .expected = "at least 1", .found = "0"});
  RankingScores sorted;
  detail::RankingSums sums;
  detail::RankingSums ideal;
  for (const std::size_t cutoff : order) {
    detail::add_until(sums, relevance, cutoff);
    detail::add_until(ideal, best, cutoff);
    sorted.cutoffs.push_back(sums.scores(cutoff, ideal.gain(), relevant));
  }
  RankingScores scores;
  for (const std::size_t cutoff : cutoffs) scores.cutoffs.push_back(sorted.at(cutoff));
  return scores;
}

GLOSSA_INLINE RankingScores mean_of(std::span<const RankingScores> queries) {
  detail::require_some(queries.size(), "queries");
  RankingScores mean;
  for (const ScoresAtCutoff& scores : queries.front().cutoffs) mean.cutoffs.push_back({.cutoff = scores.cutoff});
  for (const RankingScores& query : queries) {
    if (!std::equal(query.cutoffs.begin(), query.cutoffs.end(), mean.cutoffs.begin(), mean.cutoffs.end(),
                    [](const auto& a, const auto& b) { return a.cutoff == b.cutoff; }))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "queries", .problem = "the queries were not scored at the same cut-offs"});
    for (std::size_t i = 0; i < mean.cutoffs.size(); ++i)
      for (const auto score : detail::kCutoffScores) mean.cutoffs[i].*score += query.cutoffs[i].*score;
  }
  for (ScoresAtCutoff& scores : mean.cutoffs)
    for (const auto score : detail::kCutoffScores) scores.*score /= static_cast<double>(queries.size());
  return mean;
}

}  // namespace glossa
