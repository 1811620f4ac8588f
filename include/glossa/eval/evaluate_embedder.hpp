// A task and a model come in; what the model scores on the task goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_scores.hpp>

namespace glossa {

struct EmbedderEvaluateOptions {
  EvaluateOptions evaluate{};        ///< prompts that are not told are the model's own: Embedder::info().prompts
  EmbedderEncoderOptions encoder{};  ///< such as a cache of vectors; its progress is of texts, beside that of subsets
};

/// Evaluates a model as the evaluate() with an encoder does, by an EmbedderEncoder. Errors: those of both, and of the
/// Embedder; `cancelled` where encoder.stop asks for it while texts are embedded.
[[nodiscard]] TaskScores evaluate(const TaskSpec& task, const Embedder& embedder,
                                  const EmbedderEvaluateOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/evaluate_embedder_impl.hpp>
#endif
