// Definition of score_reranking; see core/linkage.hpp.
#pragma once

#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/merged_queries.hpp>
#include <glossa/eval/protocols/ranked_queries.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_reranking.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

struct JudgedText {
  float score;
  int relevance;
  std::size_t place;  ///< in the list
};

/// A query's candidates in the order in which equally likely ones are ranked.
struct CandidateList {
  std::vector<std::string_view> texts{};
  std::vector<int> relevance{};
  std::vector<int> judged{};  ///< of all that was judged for the query
};

/// Of candidates that answer or not, those that do not come first, as the ids that mteb makes up have it.
[[nodiscard]] inline CandidateList candidates_of(const RerankingData::Query& query) {
  CandidateList list;
  if (!query.candidates.empty()) {
    list.texts.assign(query.candidates.begin(), query.candidates.end());
    list.relevance = query.relevance;
    list.judged = query.judged;
    return list;
  }
  list.texts.assign(query.negative.begin(), query.negative.end());
  list.texts.insert(list.texts.end(), query.positive.begin(), query.positive.end());
  list.relevance.assign(query.negative.size(), 0);
  list.relevance.resize(list.texts.size(), 1);
  list.judged.assign(query.positive.size(), 1);
  return list;
}

/// The best of a query's candidates, best first. first: the place of their vectors.
[[nodiscard]] inline std::vector<JudgedText> ranked_candidates(const CandidateList& list, std::span<const float> vector,
                                                               const TextVectors& candidates, std::size_t first) {
  std::vector<JudgedText> ranked;
  for (std::size_t i = 0; i < list.texts.size(); ++i)
    ranked.push_back({cosine(vector, candidates[first + i]), list.relevance[i], i});
  std::ranges::stable_sort(ranked, std::greater<>(), &JudgedText::score);
  ranked.resize(std::min(ranked.size(), kRankedDocuments));
  return ranked;
}

/// Adds what was found for a query to that of the others that it belongs to.
inline void add_merged(MergedQueries& merged, const RerankingData::Query& query, std::span<const JudgedText> ranked) {
  require_equal_sizes(query.candidates.size(), query.candidate_ids.size(), "candidate_ids");
  merged.add_judged(query.id, query.judged);
  for (const JudgedText& text : ranked)
    merged.add(query.id, query.candidate_ids[text.place], text.score, text.relevance);
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_reranking(const RerankingData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options) {
  detail::require_data(data, options);
  const std::string main = detail::main_metric(options, TaskCategory::reranking);
  const bool is_merged = main.starts_with(detail::kMergedPrefix);
  std::vector<detail::CandidateList> lists;
  std::vector<const RerankingData::Query*> queries;
  std::vector<std::string_view> texts;
  std::vector<std::string_view> candidates;
  for (const RerankingData::Query& query : data.queries) {
    if (!detail::is_ranked(query)) continue;
    lists.push_back(detail::candidates_of(query));
    queries.push_back(&query);
    texts.push_back(query.text);
    candidates.insert(candidates.end(), lists.back().texts.begin(), lists.back().texts.end());
  }
  detail::ProtocolEncoder embed(encoder, options, texts.size() + candidates.size());
  const detail::TextVectors vectors = embed(texts, options.query_prompt);
  const detail::TextVectors candidate_vectors = embed(candidates, options.passage_prompt);
  detail::RankedQueries ranked_queries;
  detail::MergedQueries merged;
  std::size_t first = 0;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    std::vector<float> scores;
    std::vector<int> relevance;
    const auto ranked = detail::ranked_candidates(lists[i], vectors[i], candidate_vectors, first);
    for (const detail::JudgedText& text : ranked) {
      scores.push_back(text.score);
      relevance.push_back(text.relevance);
    }
    if (is_merged) detail::add_merged(merged, *queries[i], ranked);
    first += lists[i].texts.size();
    ranked_queries.add(scores, score_ranking(relevance, lists[i].judged));
  }
  if (!is_merged) return ranked_queries.subset(main);
  TaskScores::Subset subset = merged.subset(main);
  subset.scores.merge(ranked_queries.subset(std::string(default_metric(TaskCategory::reranking))).scores);
  return subset;
}

}  // namespace glossa
