// What a search found for a query, and which documents are relevant, come in; nDCG, MAP, recall and the like go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/judgements.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

/// A document that was found. The id is somebody else's, who keeps it as long as this is used. Scores are floats, as
/// pytrec_eval holds them: two that are equal as floats are a tie.
struct RankedDocument {
  std::string_view id;
  float score = 0;
};

/// The number of best documents that python mteb reports scores for.
inline constexpr std::size_t kRankingCutoffs[] = {1, 3, 5, 10, 20, 100, 1000};

/// Of the first `cutoff` documents; each from 0 to 1, and 0 where nothing is relevant.
struct ScoresAtCutoff {
  std::size_t cutoff = 0;
  double ndcg = 0;       ///< gain: the relevance; discount: log2(rank + 1); of the best order of all that is judged
  double map = 0;        ///< Σ of the precisions at relevant documents, by the number of all relevant ones
  double recall = 0;     ///< the share of the relevant ones that is among them
  double precision = 0;  ///< the share of `cutoff` that is relevant, however many were found
  double mrr = 0;        ///< 1 by the rank of the first relevant one
  double hit_rate = 0;   ///< 1 where any is relevant
};

struct RankingScores {
  std::vector<ScoresAtCutoff> cutoffs{};  ///< in the order in which they were asked for
  /// Errors: `not_found` for a cut-off that was not asked for.
  [[nodiscard]] const ScoresAtCutoff& at(std::size_t cutoff) const;
};

/// Puts documents in the order of pytrec_eval: by score, best first; equal ones by id, descending, byte by byte.
/// Errors: `numeric` for a score that is NaN; `invalid_argument` for a document that is there twice.
void rank_documents(std::span<RankedDocument> documents);

/// Scores of one query as pytrec_eval 0.5 and python mteb 2.26 have them. ranked: what was found, best first, see
/// rank_documents(). cutoffs: at least 1 each. A query without any judgement is to be left out, as both do; one whose
/// documents were judged but none relevant counts, as 0. Errors: `invalid_argument` for a cut-off of 0.
[[nodiscard]] RankingScores score_ranking(std::span<const RankedDocument> ranked, const Judgements& judgements,
                                          std::span<const std::size_t> cutoffs = kRankingCutoffs);

/// The same by numbers alone. relevance: of each document found, best first, 0 for one that was not judged. judged: of
/// each that was, in any order.
[[nodiscard]] RankingScores score_ranking(std::span<const int> relevance, std::span<const int> judged,
                                          std::span<const std::size_t> cutoffs = kRankingCutoffs);

/// The mean of each score over queries that were scored at the same cut-offs.
/// Errors: `invalid_argument` for no query, or different cut-offs.
[[nodiscard]] RankingScores mean_of(std::span<const RankingScores> queries);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/ranking_scores_impl.hpp>
#endif
