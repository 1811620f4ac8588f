// What was found for each of several queries of one searcher comes in; how good it is taken together goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/protocols/ranked_queries.hpp>
#include <glossa/eval/ranking_scores.hpp>
#include <glossa/eval/task_scores.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What mteb puts before the names of these scores.
inline constexpr std::string_view kMergedPrefix = "max_over_subqueries_";

/// Queries whose ids differ only behind the last "_" are one: of each document counts its best score for any of them,
/// and the judgements are those of any, for all are judged alike.
class MergedQueries {
 public:
  /// A document that was found for a query. The ids are the caller's, who keeps them. Errors: `invalid_argument` for a
  /// query without an id.
  void add(std::string_view query, std::string_view document, float score, int relevance) {
    std::map<std::string_view, Found>& found = merged_query(query).found;
    const auto [it, is_new] = found.emplace(document, Found{score, relevance});
    if (!is_new) it->second.score = std::max(it->second.score, score);
  }
  /// The relevance of all that was judged for a query.
  void add_judged(std::string_view query, std::vector<int> judged) { merged_query(query).judged = std::move(judged); }

  /// The scores, by names with kMergedPrefix. main: one of these, which counts and whose items are told.
  [[nodiscard]] TaskScores::Subset subset(std::string_view main) const {
    RankedQueries all;
    for (const Merged& query : queries_) {
      std::vector<RankedDocument> ranked;
      for (const auto& [id, found] : query.found) ranked.push_back({id, found.score});
      rank_documents(ranked);
      std::vector<float> scores;
      std::vector<int> relevance;
      for (const RankedDocument& document : ranked) {
        scores.push_back(document.score);
        relevance.push_back(query.found.at(document.id).relevance);
      }
      all.add(scores, score_ranking(relevance, query.judged));
    }
    TaskScores::Subset subset = all.subset(std::string(main.substr(kMergedPrefix.size())));
    std::map<std::string, double> scores;
    for (const auto& [name, score] : subset.scores) scores.emplace(std::string(kMergedPrefix) + name, score);
    subset.scores = std::move(scores);
    return subset;
  }

 private:
  struct Found {
    float score;
    int relevance;
  };
  struct Merged {
    std::map<std::string_view, Found> found{};
    std::vector<int> judged{};
  };

  [[nodiscard]] Merged& merged_query(std::string_view query) {
    if (query.empty())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "main_metric",
                   .problem = "queries are merged by their ids, and have none",
                   .expected = "a folder with queries and candidates by ids, or a score of single queries",
                   .found = std::string(kMergedPrefix) + "…"});
    const std::size_t end = query.rfind('_');
    const std::string_view base = query.substr(0, end == std::string_view::npos ? 0 : end);
    const auto [it, is_new] = places_.emplace(base, queries_.size());
    if (is_new) queries_.emplace_back();
    return queries_[it->second];
  }

  std::unordered_map<std::string_view, std::size_t> places_;
  std::vector<Merged> queries_;
};

}  // namespace glossa::detail
