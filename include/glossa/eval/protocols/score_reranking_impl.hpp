// Definition of score_reranking; see core/linkage.hpp.
#pragma once

#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/ranked_queries.hpp>
#include <glossa/eval/protocols/score_reranking.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

struct JudgedText {
  float score;
  int relevance;
};

/// The best of a query's candidates, best first. first: the place of its candidates, the positive ones first.
[[nodiscard]] inline std::vector<JudgedText> ranked_candidates(const RerankingData::Query& query,
                                                               std::span<const float> vector,
                                                               const TextVectors& candidates, std::size_t first) {
  std::vector<JudgedText> ranked;
  for (std::size_t i = 0; i < query.positive.size() + query.negative.size(); ++i)
    ranked.push_back({cosine(vector, candidates[first + i]), i < query.positive.size() ? 1 : 0});
  std::ranges::sort(ranked, [](const JudgedText& a, const JudgedText& b) {
    return a.score != b.score ? a.score > b.score : a.relevance < b.relevance;
  });
  ranked.resize(std::min(ranked.size(), kRankedDocuments));
  return ranked;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_reranking(const RerankingData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options) {
  std::vector<const RerankingData::Query*> queries;
  std::vector<std::string_view> texts;
  std::vector<std::string_view> candidates;
  for (const RerankingData::Query& query : data.queries) {
    if (query.positive.empty() || query.negative.empty()) continue;
    queries.push_back(&query);
    texts.push_back(query.text);
    candidates.insert(candidates.end(), query.positive.begin(), query.positive.end());
    candidates.insert(candidates.end(), query.negative.begin(), query.negative.end());
  }
  detail::require_some(queries.size(), "queries");
  detail::ProtocolEncoder embed(encoder, options, texts.size() + candidates.size());
  const detail::TextVectors vectors = embed(texts, options.query_prompt);
  const detail::TextVectors candidate_vectors = embed(candidates, options.passage_prompt);
  detail::RankedQueries ranked_queries;
  std::size_t first = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const RerankingData::Query& query = *queries[i];
    std::vector<float> scores;
    std::vector<int> relevance;
    for (const auto& [score, relevant] : detail::ranked_candidates(query, vectors[i], candidate_vectors, first)) {
      scores.push_back(score);
      relevance.push_back(relevant);
    }
    first += query.positive.size() + query.negative.size();
    const std::vector<int> judged(query.positive.size(), 1);
    ranked_queries.add(scores, score_ranking(relevance, judged));
  }
  return ranked_queries.subset(detail::main_metric(options, TaskCategory::reranking));
}

}  // namespace glossa
