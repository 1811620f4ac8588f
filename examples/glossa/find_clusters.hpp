// Vectors come in; their clusters go out, by the algorithm that the command line names.
#pragma once

#include "cluster_arguments.hpp"

#include <glossa/cluster/agglomerative.hpp>
#include <glossa/cluster/choose_clusters.hpp>
#include <glossa/cluster/cluster_quality.hpp>
#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/communities.hpp>
#include <glossa/cluster/dbscan.hpp>
#include <glossa/cluster/hdbscan.hpp>
#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/mini_batch_kmeans.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/error.hpp>
#include <glossa/search/top_k.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// Clusters, and what was decided on the way, for a person to read.
struct FoundClusters {
  glossa::Labels labels;
  std::string note;
};

/// What an option is called, and which algorithms have a use for it. Errors: `invalid_argument` where it was given to
/// another one.
inline void require_used(const ClusterArguments& arguments) {
  const auto check = [&](bool is_given, const char* option, const std::vector<std::string>& users) {
    if (!is_given || std::find(users.begin(), users.end(), arguments.algorithm) != users.end()) return;
    std::string expected = "--algorithm";
    for (const std::string& user : users) expected += (user == users.front() ? " " : " or ") + user;
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = option,
                                                              .problem = arguments.algorithm + " has no use for it",
                                                              .expected = expected,
                                                              .remedy = "leave it out"});
  };
  check(arguments.k.has_value(), "--k", {"kmeans", "minibatch", "agglomerative"});
  check(arguments.eps.has_value(), "--eps", {"dbscan"});
  check(arguments.threshold.has_value(), "--threshold", {"communities", "agglomerative"});
  check(arguments.min_samples.has_value(), "--min-samples", {"dbscan", "hdbscan"});
  check(arguments.min_size.has_value(), "--min-size", {"hdbscan", "communities"});
  check(arguments.linkage != "ward", "--linkage", {"agglomerative"});
  check(arguments.spherical, "--spherical", {"kmeans"});
  check(arguments.starts.has_value(), "--starts", {"kmeans"});
  if (arguments.perplexity && arguments.projection != "tsne")
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--perplexity",
                         .problem = "--projection " + arguments.projection + " has no use for it",
                         .remedy = "leave it out"});
  if (arguments.k && arguments.threshold)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--k", .problem = "--threshold says the same in another way", .remedy = "give one"});
}

/// A cosine that half of the vectors have with their `neighbors`-th nearest, or more: of a sample of them.
[[nodiscard]] inline double usual_cosine(const glossa::Points<float>& points, std::size_t neighbors,
                                         const glossa::ClusterRun& run) {
  constexpr std::size_t kSample = 2000;
  const std::size_t count = std::min(points.rows(), kSample);
  if (points.rows() < 2) return 1;
  glossa::Embeddings sample(count, points.dims());
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = points[i * points.rows() / count];
    std::copy(row.begin(), row.end(), sample[i].begin());
  }
  const std::size_t wanted = std::min(neighbors + 1, points.rows());  // the vector itself is the nearest
  glossa::TopK nearest(sample, wanted, {.metric = glossa::Metric::cosine, .executor = run.executor});
  nearest.add(points.values(), 0);
  std::vector<float> cosines;
  for (const auto& hits : nearest.hits()) cosines.push_back(hits.back().score);
  const auto middle = cosines.begin() + static_cast<std::ptrdiff_t>(cosines.size() / 2);
  std::nth_element(cosines.begin(), middle, cosines.end());
  return static_cast<double>(*middle);
}

[[nodiscard]] inline std::string three_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// Tries 2 to 20 clusters, and takes the number of the greatest silhouette; labels_of(k) gives the labels.
template <class LabelsOf>
[[nodiscard]] FoundClusters best_by_silhouette(const glossa::Points<float>& points, const ClusterArguments& arguments,
                                               const glossa::ClusterRun& run, LabelsOf&& labels_of) {
  constexpr std::size_t kMostClusters = 20;
  constexpr std::size_t kSample = 10000;
  FoundClusters best{labels_of(std::size_t{1}), "1 cluster: there are too few texts to choose a number"};
  double greatest = -2;
  for (std::size_t k = 2; k <= kMostClusters && k < points.rows(); ++k) {
    glossa::Labels labels = labels_of(k);
    const auto [least, most] = std::minmax_element(labels.begin(), labels.end());
    if (*least == *most) continue;  // of equal vectors
    const double score = glossa::silhouette(
        points, labels, {.sample = kSample, .seed = arguments.seed, .run = {.executor = run.executor}});
    if (score <= greatest) continue;
    greatest = score;
    best = {std::move(labels), "--k " + std::to_string(k) + ": of 2 to " +
                                   std::to_string(std::min(kMostClusters, points.rows() - 1)) +
                                   " the greatest silhouette, " + three_digits(score)};
  }
  return best;
}

[[nodiscard]] inline FoundClusters find_clusters(const glossa::Points<float>& points, const ClusterArguments& arguments,
                                                 const glossa::ClusterRun& run) {
  const std::string& algorithm = arguments.algorithm;
  if (points.empty()) return {};
  if (algorithm == "kmeans" || algorithm == "minibatch") {
    const auto labels_of = [&](std::size_t k) {
      if (algorithm == "minibatch")
        return glossa::mini_batch_kmeans(points, {.clusters = k, .seed = arguments.seed, .run = run}).labels;
      return glossa::kmeans(points, {.clusters = k,
                                     .starts = arguments.starts.value_or(4),
                                     .spherical = arguments.spherical,
                                     .seed = arguments.seed,
                                     .run = run})
          .labels;
    };
    if (arguments.k) return {labels_of(*arguments.k), ""};
    return best_by_silhouette(points, arguments, run, labels_of);
  }
  if (algorithm == "agglomerative") {
    using enum glossa::Linkage;
    glossa::AgglomerativeOptions options{.run = run};
    for (const auto linkage : {ward, average, complete, single})
      if (arguments.linkage == to_string(linkage)) options.linkage = linkage;
    options.clusters = arguments.k;
    options.distance_threshold = arguments.threshold;
    glossa::AgglomerativeResult result = glossa::agglomerate(points, options);
    if (arguments.k || arguments.threshold) return {std::move(result.labels), ""};
    return best_by_silhouette(points, arguments, run, [&](std::size_t k) { return result.dendrogram.cut_into(k); });
  }
  if (algorithm == "hdbscan") {
    glossa::HdbscanOptions options{.run = run};
    options.min_cluster_size = arguments.min_size.value_or(options.min_cluster_size);
    options.min_samples = arguments.min_samples.value_or(0);
    return {glossa::hdbscan(points, options).labels, ""};
  }
  const auto half_of = [&](const char* option, double value, std::size_t neighbors) {
    return std::string(option) + " " + three_digits(value) + ": half of the texts have " + std::to_string(neighbors) +
           " others so near";
  };
  if (algorithm == "dbscan") {
    glossa::DbscanOptions options{.run = run};
    options.min_points = arguments.min_samples.value_or(options.min_points);
    const std::size_t others = options.min_points - 1;
    options.eps = arguments.eps ? *arguments.eps : std::max(0.0, 1 - usual_cosine(points, others, run));
    return {glossa::dbscan(points, options).labels, arguments.eps ? "" : half_of("--eps", options.eps, others)};
  }
  glossa::CommunityOptions options{.run = run};
  options.min_size = arguments.min_size.value_or(options.min_size);
  const std::size_t others = options.min_size - 1;
  options.threshold = arguments.threshold ? *arguments.threshold : std::min(1.0, usual_cosine(points, others, run));
  return {glossa::detect_communities(points, options).labels,
          arguments.threshold ? "" : half_of("--threshold", options.threshold, others)};
}

}  // namespace tool
