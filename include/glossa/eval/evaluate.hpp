// A task and a model's encoder come in; what the model scores on the task goes out.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/progress.hpp>
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
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>
#include <glossa/kernels/cpu_level.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace glossa {

/// A snapshot of an evaluation.
struct EvaluateProgress {
  std::string_view subset{};  ///< the name of the one that is evaluated
  std::size_t done = 0;       ///< subsets before it
  std::size_t subsets = 0;    ///< in all
  Progress texts{};           ///< of this subset: how many are embedded
};

struct EvaluateOptions {
  /// The model's prompts: Embedder::info().prompts. They stand before the texts of tasks with roles (uses_prompts()),
  /// where neither the task nor its category says otherwise.
  TaskPrompts prompts{};
  /// Prompts of categories, with or without roles: each that is told stands before the texts of the category's tasks
  /// that do not tell their own.
  std::map<TaskCategory, TaskPrompts> category_prompts{};
  std::uint32_t seed = 42;
  std::size_t threads = 0;               ///< of what comes after the embedding; 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< runs that in place of threads of its own
  std::optional<CpuLevel> cpu_level{};   ///< instructions for it; by default default_level()
  /// Called now and then, by one thread at a time. What it throws ends the call: that is how one cancels.
  std::function<void(const EvaluateProgress&)> progress{};
};

/// Evaluates a task as python mteb 2.26 does: of each subset reads the data, embeds it and scores it by the protocol of
/// the category, see protocols/. Errors: `invalid_argument` for a task without data (attach_data()), for a prompt that
/// neither task nor options tell, for a main metric that the protocol does not have, and, naming file and field, for
/// data that it cannot score; the readers' errors; the encoder's; `numeric` where it gives NaN or infinity. Of several
/// subsets each is read when its turn comes: check_data() looks at all of them before.
[[nodiscard]] TaskScores evaluate(const TaskSpec& task, const TextEncoder& encoder,
                                  const EvaluateOptions& options = {});

/// What evaluate() says of a subset's scores: TaskScores::Subset::source, of the files as they are before it reads
/// them. Scores that were kept are those of the same task where it is the same. Errors: `not_found` and `io` for data
/// files that cannot be read; `invalid_argument` for prompts that neither task nor options tell.
[[nodiscard]] ScoreSource score_source(const TaskSpec& task, const TaskSubset& subset,
                                       const EvaluateOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/evaluate_impl.hpp>
#include <glossa/eval/score_source_impl.hpp>
#endif
