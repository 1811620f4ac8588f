// Definition of evaluate; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/mersenne_twister.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/read_source.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/run_options.hpp>
#include <glossa/eval/score_source.hpp>
#include <glossa/eval/subset_data.hpp>
#include <glossa/eval/task_data.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace glossa {
namespace detail {

/// Scores data by the protocol that takes it.
struct Scorer {
  const TextEncoder& encoder;
  const ProtocolOptions& options;
  TaskCategory category;
  PythonRandom& random;  ///< what mteb goes on with from one subset to the next

  [[nodiscard]] TaskScores::Subset operator()(const StsData& data) const { return score_sts(data, encoder, options); }
  [[nodiscard]] TaskScores::Subset operator()(const BitextData& data) const {
    return score_bitext(data, encoder, options);
  }
  [[nodiscard]] TaskScores::Subset operator()(const ClassificationData& data) const {
    return score_classifier(data, encoder, options);
  }
  [[nodiscard]] TaskScores::Subset operator()(const ClusteringData& data) const {
    return category == TaskCategory::clustering ? score_clusters(data, encoder, options)
                                                : score_clusters_fast(data, encoder, options, random);
  }
  [[nodiscard]] TaskScores::Subset operator()(const PairData& data) const {
    return score_pairs(data, encoder, options);
  }
  [[nodiscard]] TaskScores::Subset operator()(const RerankingData& data) const {
    return score_reranking(data, encoder, options);
  }
  [[nodiscard]] TaskScores::Subset operator()(const RetrievalData& data) const {
    return score_retrieval(data, encoder, options);
  }
  [[nodiscard]] TaskScores::Subset operator()(const SummarizationData& data) const {
    return score_summaries(data, encoder, options);
  }
};

/// Draws what the splits before a task's own draw.
inline void skip_splits_before(const TaskSpec& task, ReadOptions read, const ProtocolOptions& options,
                               PythonRandom& random) {
  if (task.category != TaskCategory::clustering_fast) return;
  for (const std::string& split : task.splits_before) {
    read.split = split;
    for (const TaskSubset& subset : task.subsets)
      skip_cluster_draws(read_clustering(subset.data, read), options, random);
  }
}

}  // namespace detail

GLOSSA_INLINE TaskScores evaluate(const TaskSpec& task, const TextEncoder& encoder, const EvaluateOptions& options) {
  detail::require_subsets(task);
  const auto start = std::chrono::steady_clock::now();
  TaskScores scores{.task = task.name,
                    .category = task.category,
                    .split = task.split,
                    .revision = task.revision,
                    .published = task.published};
  ProtocolOptions protocol = detail::protocol_options(task, options);
  PythonRandom random(options.seed);
  const detail::Scorer score{encoder, protocol, task.category, random};
  detail::FileHashes hashes;
  ReadOptions read = detail::read_options(task, options.watch);
  read.hashes = &hashes;
  detail::skip_splits_before(task, read, protocol, random);
  for (std::size_t i = 0; i < task.subsets.size(); ++i) {
    const TaskSubset& subset = task.subsets[i];
    if (options.progress)
      protocol.progress = [&](const Progress& texts) {
        options.progress({.subset = subset.name, .done = i, .subsets = task.subsets.size(), .texts = texts});
      };
    ScoreSource source;
    const auto score_read = [&](const auto& data) {
      // Of what was read: a file that is changed since it was looked at, or while it is scored, has another source.
      source = detail::source_of_read(task, subset, options, hashes);
      return score(data);
    };
    TaskScores::Subset& scored =
        scores.subsets.emplace_back(detail::with_checked_data(task, subset, protocol, read, score_read));
    scored.name = subset.name;
    scored.languages = subset.languages;
    scored.source = std::move(source);
  }
  scores.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return scores;
}

}  // namespace glossa
