// A task and a model's encoder come in; what the model scores on the task goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate_options.hpp>
#include <glossa/eval/protocols/score_bitext.hpp>
#include <glossa/eval/protocols/score_classifier.hpp>
#include <glossa/eval/protocols/score_clusters.hpp>
#include <glossa/eval/protocols/score_pairs.hpp>
#include <glossa/eval/protocols/score_reranking.hpp>
#include <glossa/eval/protocols/score_retrieval.hpp>
#include <glossa/eval/protocols/score_sts.hpp>
#include <glossa/eval/protocols/score_summaries.hpp>
#include <glossa/eval/score_source.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

namespace glossa {

/// Evaluates a task as python mteb 2.26 does: of each subset reads the data, embeds it and scores it by the protocol of
/// the category, see protocols/. Errors: `invalid_argument` for a task without data (attach_data()), for a prompt that
/// neither task nor options tell, and for a main metric that the protocol does not have; `corrupt_file`, naming file
/// and field, for data that it cannot score; the readers' errors; the encoder's; `numeric` where it gives NaN or
/// infinity. Of several subsets each is read when its turn comes: check_data() looks at all of them before.
[[nodiscard]] TaskScores evaluate(const TaskSpec& task, const TextEncoder& encoder,
                                  const EvaluateOptions& options = {});

/// What evaluate() says of a subset's scores, TaskScores::Subset::source, of the files as they are; evaluate() tells it
/// of what it read of them. Scores that were kept are those of the same task where it is the same. Errors: `not_found`
/// and `io` for data files that cannot be read; `invalid_argument` for prompts that neither task nor options tell; what
/// options.watch throws.
[[nodiscard]] ScoreSource score_source(const TaskSpec& task, const TaskSubset& subset,
                                       const EvaluateOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/evaluate_impl.hpp>
#include <glossa/eval/score_source_impl.hpp>
#endif
