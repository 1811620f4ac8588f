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

[[nodiscard]] inline std::size_t count_clusterings(const ProtocolOptions& options) noexcept {
  return options.clusterings == 0 ? kFastClusterings : options.clusterings;
}

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

/// The texts of all sets, one after another, and their labels on each level.
struct JoinedSets {
  explicit JoinedSets(const ClusteringData& data) {
    std::size_t depth = 0;
    for (const LabelledTexts& set : data.sets) depth = std::max(depth, 1 + set.finer_labels.size());
    levels.resize(depth);
    for (const LabelledTexts& set : data.sets) {
      texts.insert(texts.end(), set.texts.begin(), set.texts.end());
      levels[0].insert(levels[0].end(), set.labels.begin(), set.labels.end());
      for (std::size_t i = 0; i < set.finer_labels.size(); ++i)
        levels[i + 1].insert(levels[i + 1].end(), set.finer_labels[i].begin(), set.finer_labels[i].end());
      for (std::vector<std::int32_t>& labels : levels) labels.resize(texts.size(), kNoLabel);
    }
  }

  std::vector<std::string_view> texts;
  std::vector<std::vector<std::int32_t>> levels;
};

/// What is clustered on one level: which of the texts, and their labels.
struct LevelTexts {
  /// labels: of all texts on the level.
  LevelTexts(const std::vector<std::int32_t>& all, const ClusteringData& data) {
    const auto found = std::find(data.label_names.begin(), data.label_names.end(), "-1");
    const auto none =
        found == data.label_names.end() ? kNoLabel : static_cast<std::int32_t>(found - data.label_names.begin());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::int32_t label = all[i] == kNoLabel ? none : all[i];
      if (data.labels_are_numbers && label == none) continue;
      texts.push_back(i);
      labels.push_back(label);
    }
  }

  std::vector<std::size_t> texts;
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

/// The drawn texts' labels on the levels that count: those that any of the texts has a label on, or the first `most`.
[[nodiscard]] inline std::vector<std::vector<std::int32_t>> drawn_levels(const JoinedSets& all,
                                                                         std::span<const std::size_t> order,
                                                                         std::size_t most) {
  std::vector<std::vector<std::int32_t>> levels;
  for (const std::vector<std::int32_t>& labels : all.levels) levels.push_back(picked(labels, order));
  const auto is_label = [](std::int32_t label) { return label != kNoLabel; };
  while (levels.size() > 1 && std::ranges::none_of(levels.back(), is_label)) levels.pop_back();
  if (most > 0 && most < levels.size()) levels.resize(most);
  return levels;
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
  const std::vector<std::vector<std::int32_t>> levels = detail::drawn_levels(all, order, options.most_levels);
  detail::ProtocolEncoder embed(encoder, options, order.size());
  const detail::TextVectors vectors = embed(detail::picked(all.texts, order), options.query_prompt);
  const std::size_t clusterings = detail::count_clusterings(options);
  std::map<std::string, std::vector<double>> runs;
  for (const std::vector<std::int32_t>& labels : levels) {
    const detail::LevelTexts level(labels, data);
    detail::require_some(level.texts.size(), "labels");
    const std::size_t clusters = detail::count_labels(level.labels);
    for (std::size_t i = 0; i < clusterings; ++i) {
      const std::vector<std::size_t> drawn = random.choices(level.texts.size(), detail::kFastTexts);
      const std::vector<std::int32_t> expected = detail::picked(level.labels, drawn);
      const auto found = mini_batch_kmeans(
          vectors.gather(detail::picked(level.texts, drawn)),
          {.clusters = clusters, .batch = detail::kFastBatch, .seed = options.seed, .run = embed.cluster_run()});
      runs["v_measure"].push_back(v_measure(expected, found.labels).v_measure);
      runs["ami"].push_back(adjusted_mutual_information(expected, found.labels));
    }
  }
  TaskScores::Subset subset =
      detail::subset_of_runs(std::move(runs), detail::main_metric(options, TaskCategory::clustering_fast));
  subset.levels = levels.size();
  return subset;
}

GLOSSA_INLINE void skip_cluster_draws(const ClusteringData& data, const ProtocolOptions& options,
                                      PythonRandom& random) {
  detail::require_fast_data(data, options);
  const detail::JoinedSets all(data);
  const std::vector<std::size_t> order = detail::drawn_texts(all.texts.size(), options, random);
  for (const std::vector<std::int32_t>& labels : detail::drawn_levels(all, order, options.most_levels))
    for (std::size_t i = 0; i < detail::count_clusterings(options); ++i)
      (void)random.choices(detail::LevelTexts(labels, data).texts.size(), detail::kFastTexts);
}

GLOSSA_INLINE TaskScores::Subset score_clusters_fast(const ClusteringData& data, const TextEncoder& encoder,
                                                     const ProtocolOptions& options) {
  PythonRandom random(options.seed);
  return score_clusters_fast(data, encoder, options, random);
}

}  // namespace glossa
