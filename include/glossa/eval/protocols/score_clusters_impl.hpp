// Definitions of score_clusters' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/mini_batch_kmeans.hpp>
#include <glossa/eval/label_agreement.hpp>
#include <glossa/eval/protocols/main_score.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/protocols/score_clusters.hpp>
#include <glossa/eval/protocols/text_vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline constexpr std::size_t kLegacyBatch = 500;
inline constexpr std::size_t kFastBatch = 512;
inline constexpr std::size_t kFastClusterings = 10;
inline constexpr std::size_t kFastTexts = 16384;  ///< that one clustering draws

/// Runs as they are, and the mean and the deviation of each score of them.
[[nodiscard]] inline TaskScores::Subset subset_of_runs(std::map<std::string, std::vector<double>> runs,
                                                       const std::string& main) {
  TaskScores::Subset subset;
  for (const auto& [name, values] : runs) {
    subset.scores[name] = mean_of_values(values);
    subset.scores[name + "_std"] = deviation_of_values(values);
  }
  subset.runs = std::move(runs);
  set_main_score(subset, main);
  return subset;
}

/// The texts of all sets, one after another.
struct JoinedSets {
  explicit JoinedSets(const ClusteringData& data) {
    for (const LabelledTexts& set : data.sets) {
      texts.insert(texts.end(), set.texts.begin(), set.texts.end());
      labels.insert(labels.end(), set.labels.begin(), set.labels.end());
    }
  }

  std::vector<std::string_view> texts;
  std::vector<std::int32_t> labels;
};

/// Which of the texts are clustered, in order. Errors: see count_drawn().
[[nodiscard]] inline std::vector<std::size_t> drawn_texts(std::size_t texts, const ProtocolOptions& options,
                                                          PythonRandom& random) {
  const std::size_t count = count_drawn(texts, options);
  if (options.most_texts > 0 || options.text_share > 0) return random.sample(texts, count);
  std::vector<std::size_t> all(texts);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

template <class T>
[[nodiscard]] std::vector<T> picked(const std::vector<T>& from, std::span<const std::size_t> indices) {
  std::vector<T> out;
  out.reserve(indices.size());
  for (const std::size_t i : indices) out.push_back(from[i]);
  return out;
}

}  // namespace detail

GLOSSA_INLINE TaskScores::Subset score_clusters(const ClusteringData& data, const TextEncoder& encoder,
                                                const ProtocolOptions& options) {
  detail::require_data(data, options);
  const std::size_t clusterings = std::max<std::size_t>(options.clusterings, 1);
  std::size_t texts = 0;
  for (const LabelledTexts& set : data.sets)
    if (detail::count_labels(set.labels) > 1) texts += set.texts.size();
  detail::ProtocolEncoder embed(encoder, options, texts);
  std::map<std::string, std::vector<double>> runs;
  std::vector<double>& v_measures = runs["v_measure"];
  for (const LabelledTexts& set : data.sets) {
    const std::size_t clusters = detail::count_labels(set.labels);
    if (clusters < 2) {
      v_measures.insert(v_measures.end(), clusterings, 1.0);
      continue;
    }
    const Embeddings vectors = embed(set.texts, options.query_prompt).all();
    for (std::size_t i = 0; i < clusterings; ++i) {
      const auto found = mini_batch_kmeans(
          vectors,
          {.clusters = clusters, .batch = detail::kLegacyBatch, .seed = options.seed + i, .run = embed.cluster_run()});
      v_measures.push_back(v_measure(set.labels, found.labels).v_measure);
    }
  }
  return detail::subset_of_runs(std::move(runs), detail::main_metric(options, TaskCategory::clustering));
}

GLOSSA_INLINE TaskScores::Subset score_clusters_fast(const ClusteringData& data, const TextEncoder& encoder,
                                                     const ProtocolOptions& options, PythonRandom& random) {
  detail::require_fast_data(data, options);
  const detail::JoinedSets all(data);
  const std::vector<std::size_t> order = detail::drawn_texts(all.texts.size(), options, random);
  const std::vector<std::int32_t> labels = detail::picked(all.labels, order);
  detail::ProtocolEncoder embed(encoder, options, order.size());
  const detail::TextVectors vectors = embed(detail::picked(all.texts, order), options.query_prompt);
  const std::size_t clusterings = options.clusterings == 0 ? detail::kFastClusterings : options.clusterings;
  std::map<std::string, std::vector<double>> runs;
  for (std::size_t i = 0; i < clusterings; ++i) {
    const std::vector<std::size_t> drawn = random.choices(order.size(), detail::kFastTexts);
    const std::vector<std::int32_t> expected = detail::picked(labels, drawn);
    const auto found = mini_batch_kmeans(vectors.gather(drawn), {.clusters = detail::count_labels(labels),
                                                                 .batch = detail::kFastBatch,
                                                                 .seed = options.seed,
                                                                 .run = embed.cluster_run()});
    runs["v_measure"].push_back(v_measure(expected, found.labels).v_measure);
    runs["ami"].push_back(adjusted_mutual_information(expected, found.labels));
  }
  return detail::subset_of_runs(std::move(runs), detail::main_metric(options, TaskCategory::clustering_fast));
}

GLOSSA_INLINE TaskScores::Subset score_clusters_fast(const ClusteringData& data, const TextEncoder& encoder,
                                                     const ProtocolOptions& options) {
  PythonRandom random(options.seed);
  return score_clusters_fast(data, encoder, options, random);
}

}  // namespace glossa
