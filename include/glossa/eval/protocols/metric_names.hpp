// A category comes in; the names of the scores that its protocol gives go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/protocols/merged_queries.hpp>
#include <glossa/eval/protocols/pair_scores.hpp>
#include <glossa/eval/protocols/ranked_queries.hpp>
#include <glossa/eval/ranking_scores.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline std::vector<std::string> pair_metric_names() {
  std::vector<std::string> names;
  for (const char* score : {"accuracy", "f1", "precision", "recall", "ap"}) {
    for (const PairMetric& metric : pair_metrics("similarity_")) names.push_back(metric.prefix + score);
    names.push_back(std::string("max_") + score);
  }
  for (const PairMetric& metric : pair_metrics("similarity_"))
    for (const char* threshold : {"accuracy_threshold", "f1_threshold"}) names.push_back(metric.prefix + threshold);
  return names;
}

[[nodiscard]] inline std::vector<std::string> correlation_names() {
  std::vector<std::string> names;
  for (const PairMetric& metric : pair_metrics(""))
    if (metric.metric != Metric::dot)
      for (const char* score : {"pearson", "spearman"}) names.push_back(metric.prefix + score);
  return names;
}

[[nodiscard]] inline std::vector<std::string> ranking_names() {
  std::vector<std::string> names{"accuracy"};
  for (const RankingName& ranking : kRankingNames)
    for (const std::size_t cutoff : kRankingCutoffs) {
      names.push_back(std::string(ranking.name) + "_at_" + std::to_string(cutoff));
      if (!ranking.has_area) continue;
      const std::string name = names.back();
      for (const char* confidence : {"_max", "_std", "_diff1"}) names.push_back("nauc_" + name + confidence);
    }
  return names;
}

/// All of them; classification has those of "ap" for two labels alone, reranking those of merged queries besides where
/// one of these is asked for.
[[nodiscard]] inline std::vector<std::string> metric_names(TaskCategory category) {
  switch (category) {
    case TaskCategory::sts: return correlation_names();
    case TaskCategory::bitext: return {"accuracy", "f1", "precision", "recall"};
    case TaskCategory::classification:
      return {"accuracy",        "f1", "f1_weighted", "precision", "precision_weighted", "recall",
              "recall_weighted", "ap", "ap_weighted"};
    case TaskCategory::clustering: return {"v_measure", "v_measure_std"};
    case TaskCategory::clustering_fast: return {"v_measure", "v_measure_std", "ami", "ami_std"};
    case TaskCategory::pair_classification: return pair_metric_names();
    case TaskCategory::reranking:
    case TaskCategory::retrieval: return ranking_names();
    case TaskCategory::summarization: break;
  }
  return {"pearson", "spearman", "cosine_pearson", "cosine_spearman", "dot_pearson", "dot_spearman"};
}

/// Whether the protocol has such a score. "": the category's own.
[[nodiscard]] inline bool has_metric(TaskCategory category, const std::string& metric) {
  if (metric.empty()) return true;
  const bool is_merged = category == TaskCategory::reranking && metric.starts_with(kMergedPrefix);
  const std::string single = is_merged ? metric.substr(kMergedPrefix.size()) : metric;
  const std::vector<std::string> names = metric_names(category);
  return std::ranges::find(names, single) != names.end();
}

/// Refuses a score that the protocol does not have, before it is worked for. Errors: `invalid_argument`.
inline void require_metric(TaskCategory category, const std::string& metric) {
  if (has_metric(category, metric)) return;
  throw Error(ErrorKind::invalid_argument,
              {.field = "main_metric",
               .problem = "the protocol of " + std::string(to_string(category)) + " has no score of this name",
               .expected = "one such as " + std::string(default_metric(category)),
               .found = metric,
               .remedy = "correct \"main_score\" in the task file, or leave it out"});
}

}  // namespace glossa::detail
