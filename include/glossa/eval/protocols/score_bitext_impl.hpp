// Definition of score_bitext; see core/linkage.hpp.
#pragma once

#include <glossa/eval/classification_scores.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_bitext.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/top_k.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// What each sentence gives to the score of this name; nothing for scores that are no mean of sentences.
[[nodiscard]] inline std::vector<double> bitext_items(const std::vector<std::int32_t>& taken, const std::string& name) {
  if (name != "f1" && name != "accuracy" && name != "recall") return {};
  std::vector<std::size_t> counts(taken.size());
  for (const std::int32_t one : taken) ++counts[static_cast<std::size_t>(one)];
  std::vector<double> items(taken.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (static_cast<std::size_t>(taken[i]) != i) continue;
    items[i] = name == "f1" ? 2 / (1 + static_cast<double>(counts[i])) : 1;
  }
  return items;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_bitext(const BitextData& data, const TextEncoder& encoder,
                                              const ProtocolOptions& options) {
  detail::require_data(data, options);
  detail::ProtocolEncoder embed(encoder, options, 2 * data.sentence1.size());
  const Embeddings first = embed(data.sentence1, options.query_prompt).all();
  const Embeddings second = embed(data.sentence2, options.query_prompt).all();
  std::vector<std::int32_t> taken;
  for (const std::vector<Hit>& hits : top_k(first, second, 1, embed.cosine_search()))
    taken.push_back(static_cast<std::int32_t>(hits.at(0).index));
  std::vector<std::int32_t> own(taken.size());
  std::iota(own.begin(), own.end(), 0);
  const ClassificationScores scores = score_classification(own, taken);
  TaskScores::Subset subset;
  subset.scores = {{"accuracy", scores.accuracy},
                   {"f1", scores.weighted.f1},
                   {"precision", scores.weighted.precision},
                   {"recall", scores.weighted.recall}};
  const std::string main = detail::main_metric(options, TaskCategory::bitext);
  detail::set_main_score(subset, main);
  subset.items = detail::bitext_items(taken, main);
  return subset;
}

}  // namespace glossa
