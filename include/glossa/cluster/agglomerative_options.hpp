// How clusters are merged, and what that gives.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dendrogram.hpp>
#include <glossa/search/metric.hpp>

#include <cstddef>
#include <optional>

namespace glossa {

/// What the distance of two clusters is.
enum class Linkage {
  ward,      ///< sqrt(2·a·b / (a + b)) times that of their means, for a and b vectors (Ward 1963); Euclidean alone
  average,   ///< the mean of all pairs' (UPGMA)
  complete,  ///< the largest of all pairs'
  single,    ///< the smallest of all pairs'
};

[[nodiscard]] constexpr const char* to_string(Linkage linkage) noexcept {
  switch (linkage) {
    case Linkage::ward: return "ward";
    case Linkage::average: return "average";
    case Linkage::complete: return "complete";
    default: return "single";
  }
}

struct AgglomerativeOptions {
  Linkage linkage = Linkage::ward;
  Metric metric = Metric::euclidean;  ///< or cosine, whose distance is 1 - cosine
  /// Where the tree is cut: into so many clusters, or below merges of this distance and more. With neither, there is a
  /// tree but no labels.
  std::optional<std::size_t> clusters{};
  std::optional<double> distance_threshold{};
  /// Bytes that a matrix of all pairs' distances may take, n·(n - 1) / 2 numbers of the vectors' type: 800 MB for
  /// 20,000 vectors of floats. Beyond that, ward, and average of cosines, go on with the clusters' means in place of a
  /// matrix, which takes longer.
  std::size_t matrix_bytes = std::size_t{4} << 30;
  ClusterRun run{};
};

struct AgglomerativeResult {
  Labels labels;             ///< one a vector; clusters are numbered in the order of their first vectors
  std::size_t clusters = 0;  ///< how many the labels have
  Dendrogram dendrogram;
};

}  // namespace glossa
