// Definition of evaluate() for trainers; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/train/evaluate_trainer.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {

GLOSSA_INLINE TaskScores evaluate(const TaskSpec& task, const Trainer& trainer, const EvaluateOptions& options) {
  EvaluateOptions own = options;
  if (!own.prompts.query) own.prompts.query = trainer.prompts().query;
  if (!own.prompts.passage) own.prompts.passage = trainer.prompts().passage;
  const TextEncoder encoder = [&](std::span<const std::string_view> texts, std::string_view prompt) {
    std::vector<std::string> distinct;
    std::vector<std::size_t> rows;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const std::string_view text : texts) {
      const auto [place, is_new] = places.emplace(text, distinct.size());
      if (is_new) distinct.push_back(detail::prompted_text(prompt, text));
      rows.push_back(place->second);
    }
    const Embeddings found = trainer.embed(distinct);
    Embeddings out(texts.size(), found.dims());
    for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(found[rows[i]].begin(), found.dims(), out[i].begin());
    return out;
  };
  return evaluate(task, encoder, own);
}

}  // namespace glossa
