// What was found for each query comes in; the scores of all, by mteb's names, go out.
#pragma once

#include <glossa/eval/abstention.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/ranking_scores.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// As many documents as are ranked.
inline constexpr std::size_t kRankedDocuments = 1000;

struct RankingName {
  std::string_view name;
  double ScoresAtCutoff::*score;
  bool has_area;  ///< whether mteb asks how well it is told by the search's confidence
};
inline constexpr RankingName kRankingNames[] = {
    {"ndcg", &ScoresAtCutoff::ndcg, true},     {"map", &ScoresAtCutoff::map, true},
    {"recall", &ScoresAtCutoff::recall, true}, {"precision", &ScoresAtCutoff::precision, true},
    {"mrr", &ScoresAtCutoff::mrr, true},       {"hit_rate", &ScoresAtCutoff::hit_rate, false}};

/// The scores of queries, one after another.
class RankedQueries {
 public:
  /// scores: of all documents that were found.
  void add(std::span<const float> scores, RankingScores query) {
    const Confidence confidence = confidence_of(scores);
    max_.push_back(confidence.max);
    std_.push_back(confidence.std);
    diff1_.push_back(confidence.diff1);
    queries_.push_back(std::move(query));
  }

  /// "ndcg_at_10", "nauc_ndcg_at_10_max" and so on; items: each query's score of the name that counts.
  [[nodiscard]] TaskScores::Subset subset(const std::string& main) const {
    TaskScores::Subset subset;
    const RankingScores mean = mean_of(queries_);
    for (const RankingName& ranking : kRankingNames)
      for (std::size_t i = 0; i < mean.cutoffs.size(); ++i) {
        const std::string name = std::string(ranking.name) + "_at_" + std::to_string(mean.cutoffs[i].cutoff);
        subset.scores[name] = mean.cutoffs[i].*ranking.score;
        std::vector<double> items;
        for (const RankingScores& query : queries_) items.push_back(query.cutoffs[i].*ranking.score);
        if (ranking.has_area) {
          subset.scores["nauc_" + name + "_max"] = abstention_area(max_, items);
          subset.scores["nauc_" + name + "_std"] = abstention_area(std_, items);
          subset.scores["nauc_" + name + "_diff1"] = abstention_area(diff1_, items);
        }
        if (name == main) subset.items = std::move(items);
      }
    subset.scores["accuracy"] = subset.scores.at("recall_at_1");
    set_main_score(subset, main);
    return subset;
  }

 private:
  std::vector<RankingScores> queries_;
  std::vector<double> max_;
  std::vector<double> std_;
  std::vector<double> diff1_;
};

}  // namespace glossa::detail
