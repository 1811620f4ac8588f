// Definition of evaluate with an Embedder; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate_embedder.hpp>

#include <functional>

namespace glossa {
namespace detail {

/// The options, with the model's prompts for roles where they tell none.
[[nodiscard]] inline EvaluateOptions with_prompts_of(const Embedder& embedder, EvaluateOptions options) {
  const Prompts& own = embedder.info().prompts;
  if (!options.prompts.query) options.prompts.query = own.query;
  if (!options.prompts.passage) options.prompts.passage = own.passage;
  return options;
}

}  // namespace detail

GLOSSA_INLINE TaskScores evaluate(const TaskSpec& task, const Embedder& embedder,
                                  const EmbedderEvaluateOptions& options) {
  EmbedderEncoder encoder(embedder, options.encoder);
  return evaluate(task, std::ref(encoder), detail::with_prompts_of(embedder, options.evaluate));
}

}  // namespace glossa
