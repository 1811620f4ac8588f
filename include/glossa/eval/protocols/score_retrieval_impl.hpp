// Definition of score_retrieval; see core/linkage.hpp.
#pragma once

#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/ranked_queries.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_retrieval.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline std::string_view id_view(const NamedText* text) { return text->id; }

/// By id, descending: of equal scores the search takes the first, and that is how ties are to be broken.
[[nodiscard]] inline std::vector<const NamedText*> texts_in_order(const std::vector<NamedText>& texts) {
  std::vector<const NamedText*> ordered;
  for (const NamedText& text : texts) ordered.push_back(&text);
  std::ranges::sort(ordered, std::greater<>(), id_view);
  return ordered;
}

/// Embeds documents by the thousands and searches them, none of which is kept.
inline void search_documents(std::span<const NamedText* const> documents, ProtocolEncoder& embed,
                             const std::string& prompt, TopK& search) {
  for (std::size_t first = 0; first < documents.size(); first += kTextsAtOnce) {
    std::vector<std::string> passages;
    for (std::size_t i = first; i < std::min(first + kTextsAtOnce, documents.size()); ++i)
      passages.push_back(passage_of(*documents[i]));
    search.add(embed(passages, prompt).all(), first);
  }
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_retrieval(const RetrievalData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options) {
  detail::require_data(data, options);
  const std::vector<const NamedText*> documents = detail::texts_in_order(data.documents);
  const std::vector<const NamedText*> queries = detail::judged_queries(data);
  detail::ProtocolEncoder embed(encoder, options, documents.size() + queries.size());
  std::vector<std::string_view> texts;
  for (const NamedText* query : queries) texts.push_back(query->text);
  TopK search(embed(texts, options.query_prompt).all(), detail::kRankedDocuments, embed.cosine_search());
  detail::search_documents(documents, embed, options.passage_prompt, search);
  detail::RankedQueries ranked_queries;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    std::vector<RankedDocument> ranked;
    std::vector<float> scores;
    for (const Hit& hit : search.hits(i)) {
      const std::string& id = documents[hit.index]->id;
      if (options.ignore_identical_ids && id == queries[i]->id) continue;
      ranked.push_back({id, hit.score});
      scores.push_back(hit.score);
    }
    rank_documents(ranked);
    ranked_queries.add(scores, score_ranking(ranked, data.judgements.at(queries[i]->id)));
  }
  return ranked_queries.subset(detail::main_metric(options, TaskCategory::retrieval));
}

}  // namespace glossa
