// Definition of score_pairs; see core/linkage.hpp.
#pragma once

#include <glossa/eval/binary_scores.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/pair_scores.hpp>
#include <glossa/eval/protocols/require_data.hpp>
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

/// Of each pair how much the average precision would change with its weight, shifted to have that as their mean: see
/// score_pairs(). With n pairs, P of them matches, the pair's step k, its label y and the precision p of each step:
/// AP + n/P · (y·(p_k - AP) + Σ (y - p_s)·m_s/t_s), over the steps s from k on, of m_s matches and t_s pairs down to
/// it.
[[nodiscard]] inline std::vector<double> precision_items(std::span<const double> scores,
                                                         std::span<const std::uint8_t> labels, double average) {
  const std::vector<ScoreStep> steps = score_steps(scores, labels);
  std::vector<double> items(scores.size(), average);
  if (steps.back().matches == 0) return items;
  std::vector<double> precisions(steps.size());
  std::vector<double> gains(steps.size());   // Σ m_s/t_s
  std::vector<double> losses(steps.size());  // Σ p_s·m_s/t_s
  for (std::size_t k = steps.size(); k-- > 0;) {
    const std::size_t before = k == 0 ? 0 : steps[k - 1].matches;
    const double share = ratio(steps[k].matches - before, steps[k].taken);
    precisions[k] = ratio(steps[k].matches, steps[k].taken);
    gains[k] = share + (k + 1 == steps.size() ? 0 : gains[k + 1]);
    losses[k] = share * precisions[k] + (k + 1 == steps.size() ? 0 : losses[k + 1]);
  }
  const double scale = ratio(items.size(), steps.back().matches);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto step = std::ranges::lower_bound(steps, scores[i], std::greater<>(), &ScoreStep::score);
    const auto k = static_cast<std::size_t>(step - steps.begin());
    items[i] += scale * ((labels[i] == 0 ? 0 : precisions[k] - average + gains[k]) - losses[k]);
  }
  return items;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_pairs(const PairData& data, const TextEncoder& encoder,
                                             const ProtocolOptions& options) {
  detail::require_data(data, options);
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
      subset.items = detail::precision_items(scores, data.label, precision);
    best = std::max(best, precision);
  }
  detail::set_main_score(subset, main);
  return subset;
}

}  // namespace glossa
