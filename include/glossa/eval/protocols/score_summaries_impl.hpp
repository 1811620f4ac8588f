// Definition of score_summaries; see core/linkage.hpp.
#pragma once

#include <glossa/eval/correlation.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/paired_cosine.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_summaries.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

/// The first of people's and of the machines' summaries of each text lie one after another.
struct SummaryVectors {
  const TextVectors& human;
  const TextVectors& machine;
  std::size_t first_human = 0;
  std::size_t first_machine = 0;

  /// Of each machine's summary of the text, the greatest likeness to one of people's.
  template <class Likeness>
  [[nodiscard]] std::vector<double> scores(const SummarizationData::Text& text, const Likeness& likeness) const {
    std::vector<double> scores;
    for (std::size_t i = 0; i < text.machine_summaries.size(); ++i) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < text.human_summaries.size(); ++j)
        best = std::max(best, likeness(machine[first_machine + i], human[first_human + j]));
      scores.push_back(best);
    }
    return scores;
  }
};

/// Whether there are no two different numbers, as floats.
[[nodiscard]] inline bool is_level(const std::vector<double>& values) {
  return std::ranges::adjacent_find(values, std::not_equal_to<>(),
                                    [](double value) { return static_cast<float>(value); }) == values.end();
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_summaries(const SummarizationData& data, const TextEncoder& encoder,
                                                 const ProtocolOptions& options) {
  detail::require_data(data, options);
  std::vector<std::string_view> human;
  std::vector<std::string_view> machine;
  for (const SummarizationData::Text& text : data.texts) {
    human.insert(human.end(), text.human_summaries.begin(), text.human_summaries.end());
    machine.insert(machine.end(), text.machine_summaries.begin(), text.machine_summaries.end());
  }
  detail::ProtocolEncoder embed(encoder, options, human.size() + machine.size());
  const detail::TextVectors human_vectors = embed(human, options.query_prompt);
  const detail::TextVectors machine_vectors = embed(machine, options.query_prompt);
  detail::SummaryVectors vectors{human_vectors, machine_vectors};
  std::map<std::string, std::vector<double>> all;
  for (const char* name : {"cosine_pearson", "cosine_spearman", "dot_pearson", "dot_spearman"}) all[name];
  for (const SummarizationData::Text& text : data.texts) {
    const std::vector<double> cosines = vectors.scores(text, detail::paired_cosine);
    const std::vector<double> dots = vectors.scores(text, detail::exact_dot);
    vectors.first_human += text.human_summaries.size();
    vectors.first_machine += text.machine_summaries.size();
    if (detail::is_level(text.relevance) || detail::is_level(cosines) || detail::is_level(dots)) continue;
    const auto add = [&](const char* name, double correlation) {
      if (options.averages_p_values)
        correlation = (correlation + correlation_p(correlation, text.relevance.size())) / 2;
      all[name].push_back(correlation);
    };
    add("cosine_pearson", pearson(text.relevance, cosines));
    add("cosine_spearman", spearman(text.relevance, cosines));
    add("dot_pearson", pearson(text.relevance, dots));
    add("dot_spearman", spearman(text.relevance, dots));
  }
  all["pearson"] = all["cosine_pearson"];
  all["spearman"] = all["cosine_spearman"];
  TaskScores::Subset subset;
  for (const auto& [name, values] : all) subset.scores[name] = detail::mean_of_values(values);
  const std::string main = detail::main_metric(options, TaskCategory::summarization);
  detail::set_main_score(subset, main);
  subset.items = all[main];
  return subset;
}

}  // namespace glossa
