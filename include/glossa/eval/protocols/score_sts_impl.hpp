// Definition of score_sts; see core/linkage.hpp.
#pragma once

#include <glossa/eval/correlation.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/pair_scores.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_sts.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// Numbers with mean 0 and deviation 1: the mean of the products of two such lists is Pearson's correlation.
[[nodiscard]] inline std::vector<double> standardised(std::vector<double> values) {
  const double mean = mean_of_values(values);
  const double deviation = deviation_of_values(values);
  for (double& value : values) value = (value - mean) / deviation;
  return values;
}

/// Of each pair how much the correlation r would change with its weight, shifted to have the mean r: with x and y of
/// mean 0 and deviation 1, x·y - r·(x² + y²)/2 + r (Devlin, Gnanadesikan & Kettenring 1975). Products x·y have that
/// mean too, but vary more than r does: of a perfect correlation these are all 1.
[[nodiscard]] inline std::vector<double> correlation_items(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> items = standardised(x);
  const std::vector<double> other = standardised(y);
  std::vector<double> squares(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    squares[i] = (items[i] * items[i] + other[i] * other[i]) / 2;
    items[i] *= other[i];
  }
  const double r = mean_of_values(items);
  for (std::size_t i = 0; i < items.size(); ++i) items[i] += r - r * squares[i];
  return items;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_sts(const StsData& data, const TextEncoder& encoder,
                                           const ProtocolOptions& options) {
  detail::require_data(data, options);
  const detail::ScoredPairs pairs(data.sentence1, data.sentence2, encoder, options);
  const std::string main = detail::main_metric(options, TaskCategory::sts);
  TaskScores::Subset subset;
  for (const detail::PairMetric& metric : detail::pair_metrics("")) {
    if (metric.metric == Metric::dot) continue;
    const std::vector<double> scores = pairs.scores(metric.metric);
    const auto add = [&](const std::string& name, double score, auto&& items) {
      subset.scores[name] = score;
      if (name == main && !std::isnan(score)) subset.items = items();
    };
    add(metric.prefix + "pearson", pearson(data.score, scores),
        [&] { return detail::correlation_items(data.score, scores); });
    add(metric.prefix + "spearman", spearman(data.score, scores),
        [&] { return detail::correlation_items(average_ranks(data.score), average_ranks(scores)); });
  }
  detail::set_main_score(subset, main);
  return subset;
}

}  // namespace glossa
