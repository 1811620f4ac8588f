// Documents, queries and judgements come in; how well a search by vectors finds what was judged relevant goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Retrieval as python mteb 2.26 has it: of each query with judgements the 1000 documents (passage_of()) of the highest
/// cosines, exactly, in the order of rank_documents(); "ndcg", "map", "recall", "precision", "mrr" and "hit_rate"
/// "_at_" 1, 3, 5, 10, 20, 100 and 1000; "accuracy", the recall at 1; and "nauc_ndcg_at_10_max" and so on
/// (abstention_area()), also by "_std" and "_diff1". Means are not rounded to five digits as there. items: the score
/// that counts of each query with judgements. Documents are embedded by the thousands and not kept: beside
/// the data, memory goes to their ids' order, the queries' vectors, twice, and 16 KB a query for what was found (below
/// some 1,000 queries, for each thread). Errors: see
/// score_sts(); `invalid_argument` also for ids that are there twice.
[[nodiscard]] TaskScores::Subset score_retrieval(const RetrievalData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_retrieval_impl.hpp>
#endif
