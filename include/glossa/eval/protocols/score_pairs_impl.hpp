// Definition of score_pairs; see core/linkage.hpp.
#pragma once

#include <glossa/eval/binary_scores.hpp>
#include <glossa/eval/paired_sizes.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/pair_scores.hpp>
#include <glossa/eval/protocols/score_pairs.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Of each pair what it gives to the average precision: see score_pairs().
[[nodiscard]] inline std::vector<double> precision_items(std::span<const double> scores,
                                                         std::span<const std::uint8_t> labels) {
  const std::vector<ScoreStep> steps = score_steps(scores, labels);
  const std::size_t matches = steps.back().matches;
  std::vector<double> items(scores.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (labels[i] == 0) continue;
    const auto step = std::ranges::lower_bound(steps, scores[i], std::greater<>(), &ScoreStep::score);
    items[i] = ratio(step->matches, step->taken) * ratio(items.size(), matches);
  }
  return items;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_pairs(const PairData& data, const TextEncoder& encoder,
                                             const ProtocolOptions& options) {
  detail::require_some(data.label.size(), "label");
  detail::require_equal_sizes(data.sentence1.size(), data.label.size(), "sentence1");
  const detail::ScoredPairs pairs(data.sentence1, data.sentence2, encoder, options);
  const std::string main = detail::main_metric(options, TaskCategory::pair_classification);
  TaskScores::Subset subset;
  double best = -1;
  for (const detail::PairMetric& metric : detail::pair_metrics("similarity_")) {
    const std::vector<double> scores = pairs.scores(metric.metric);
    const BestAccuracy accuracy = best_accuracy(scores, data.label);
    const BestF1 f1 = best_f1(scores, data.label);
    const double precision = average_precision(scores, data.label);
    const bool is_distance = metric.metric == Metric::euclidean || metric.metric == Metric::manhattan;
    subset.scores[metric.prefix + "accuracy_threshold"] = is_distance ? -accuracy.threshold : accuracy.threshold;
    subset.scores[metric.prefix + "f1_threshold"] = is_distance ? -f1.threshold : f1.threshold;
    for (const auto& [name, score] :
         {std::pair("accuracy", accuracy.accuracy), std::pair("f1", f1.f1), std::pair("precision", f1.precision),
          std::pair("recall", f1.recall), std::pair("ap", precision)}) {
      subset.scores[metric.prefix + name] = score;
      double& most = subset.scores.emplace(std::string("max_") + name, score).first->second;
      most = std::max(most, score);
    }
    if (main == metric.prefix + "ap" || (main == "max_ap" && precision > best))
      subset.items = detail::precision_items(scores, data.label);
    best = std::max(best, precision);
  }
  detail::set_main_score(subset, main);
  return subset;
}

}  // namespace glossa
