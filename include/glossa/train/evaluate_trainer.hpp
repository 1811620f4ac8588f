// A task and a model in training come in; what the model scores by now goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/evaluate_options.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_scores.hpp>
#include <glossa/train/trainer.hpp>

namespace glossa {

/// evaluate() with the vectors of Trainer::embed(): for TrainingRun::evaluate. Prompts that the options do not tell are
/// the model's own. Errors: those of both.
[[nodiscard]] TaskScores evaluate(const TaskSpec& task, const Trainer& trainer, const EvaluateOptions& options = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/evaluate_trainer_impl.hpp>
#endif
