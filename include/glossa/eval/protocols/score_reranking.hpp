// Queries with candidates come in; how far in front a model puts those that answer goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Reranking as python mteb 2.26 has it: each query's candidates by cosine; of equal ones those that do not answer come
/// first, as the ids that mteb makes up have it. Queries that have none of either kind are left out. Candidates that
/// are judged by degrees count with these. Scores: those of score_retrieval(), of which "map_at_1000" is what was
/// "map", and "mrr_at_1000" what was "mrr". Where the metric that counts begins with "max_over_subqueries_", as that of
/// MindSmallReranking does, all are there once more by names that begin so: of queries whose ids differ only behind the
/// last "_" taken as one, for which each document has the best of its scores. items: the score that counts of each
/// query that is not left out. Errors: see score_sts(); `invalid_argument` also for queries without ids that are taken
/// as one.
[[nodiscard]] TaskScores::Subset score_reranking(const RerankingData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_reranking_impl.hpp>
#endif
