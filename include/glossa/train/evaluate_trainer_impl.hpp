// Definition of evaluate() for trainers; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/distinct_texts.hpp>
#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/train/evaluate_trainer.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

GLOSSA_INLINE TaskScores evaluate(const TaskSpec& task, const Trainer& trainer, const EvaluateOptions& options) {
  EvaluateOptions own = options;
  if (!own.prompts.query) own.prompts.query = trainer.prompts().query;
  if (!own.prompts.passage) own.prompts.passage = trainer.prompts().passage;
  const TextEncoder encoder = [&](std::span<const std::string_view> texts, std::string_view prompt) {
    const detail::DistinctTexts each(texts);
    std::vector<std::string> prompted;
    for (const std::string_view text : each.texts()) prompted.push_back(detail::prompted_text(prompt, text));
    return each.of_all(trainer.embed(prompted));
  };
  return evaluate(task, encoder, own);
}

}  // namespace glossa
