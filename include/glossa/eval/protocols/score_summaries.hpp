// Summaries by people and by machines come in; how well a model's likeness of them tells the good ones goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_data.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Summarization as python mteb 2.26 has it: a machine's summary scores its greatest likeness to one of people's, by
/// cosine and by dot product; Spearman's and Pearson's correlations of these with people's scores, of each text, and
/// their mean. "spearman" and "pearson" are those of cosines. A text whose summaries people, or either likeness, find
/// all the same is left out. Of the first version of the task, which mteb keeps (options.averages_p_values), each text
/// counts as the mean of its correlation and the p-value of that. items: of each text that is not left out.
/// Errors: see score_sts(); `invalid_argument` also for a text without summaries by people, or another number of
/// scores than of summaries. Scores are NaN where all texts are left out.
[[nodiscard]] TaskScores::Subset score_summaries(const SummarizationData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/protocols/score_summaries_impl.hpp>
#endif
