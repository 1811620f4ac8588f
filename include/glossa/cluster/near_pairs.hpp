// Vectors and a distance come in; pairs of them that are no farther apart go out, found by an approximate index.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dbscan_options.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/search/hnsw_index.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A vector as floats, times a power of two.
template <std::floating_point T>
void narrow_row(std::span<const T> row, int power, std::span<float> out) noexcept {
  if (power == 0) {
    std::transform(row.begin(), row.end(), out.begin(), [](T value) { return static_cast<float>(value); });
  } else {
    std::transform(row.begin(), row.end(), out.begin(),
                   [power](T value) { return static_cast<float>(std::ldexp(value, power)); });
  }
}

using NearPair = std::pair<std::uint32_t, std::uint32_t>;

/// Pairs of vectors within `limit`, each pair once and in order, as far as the index finds them; double says how far
/// they are. Vectors are told to the progress as they are added and as they are looked for.
template <std::floating_point T>
[[nodiscard]] std::vector<NearPair> near_pairs(const PairDistance<T>& distance, double limit,
                                               const DbscanApproximation& how, const ClusterRun& run) {
  constexpr std::size_t kPart = 4096;
  const Points<T>& points = distance.points();
  const std::size_t rows = points.rows();
  IndexOptions options{.metric = distance.metric()};
  options.threads = 1;  // the same graph whatever the number of threads
  options.cpu_level = run.cpu_level;
  HnswIndex index(options, how.hnsw);
  // Floats do not hold the squares of all vectors; an index orders them the same whatever their scale.
  const bool by_angle = distance.metric() == Metric::cosine;
  const int power = by_angle ? 0 : scaling_power(points);
  std::vector<Embeddings> parts;  // as floats
  for (std::size_t first = 0; first < rows; first += kPart) {
    Embeddings part(std::min(kPart, rows - first), points.dims());
    for (std::size_t i = 0; i < part.rows(); ++i) {
      const std::span<const T> row = points[first + i];
      narrow_row(row, by_angle ? scaling_power(largest_of(row)) : power, part[i]);
    }
    std::vector<std::uint64_t> ids(part.rows());
    std::iota(ids.begin(), ids.end(), first);
    index.add(ids, part);
    parts.push_back(std::move(part));
    if (run.progress) run.progress({first + ids.size(), 2 * rows, 0});
  }

  const auto executor = executor_of(run);
  std::vector<std::vector<NearPair>> found(rows);
  const auto look = [&](std::size_t i, std::span<const float> query) {
    for (std::size_t count = std::min(how.neighbors, how.most_neighbors);;
         count = std::min(2 * count, how.most_neighbors)) {
      found[i].clear();
      IndexSearchOptions search;
      search.candidates = 2 * (count + 1);
      std::size_t others = 0;
      for (const Neighbor& hit : index.search(query, count + 1, search)) {
        const auto j = static_cast<std::size_t>(hit.id);
        if (j == i || others == count) continue;
        ++others;
        if (distance(i, j) <= limit)
          found[i].emplace_back(static_cast<std::uint32_t>(std::min(i, j)), static_cast<std::uint32_t>(std::max(i, j)));
      }
      if (others < count || found[i].size() < count || count == how.most_neighbors) break;
    }
    found[i].shrink_to_fit();
  };
  for (std::size_t part = 0; part < parts.size(); ++part) {
    parallel_for(*executor, parts[part].rows(),
                 [&](std::size_t row, std::size_t) { look(part * kPart + row, std::as_const(parts[part])[row]); });
    if (run.progress) run.progress({rows + part * kPart + parts[part].rows(), 2 * rows, 0});
  }

  std::vector<NearPair> pairs;
  pairs.reserve(std::accumulate(found.begin(), found.end(), std::size_t{0},
                                [](std::size_t sum, const auto& own) { return sum + own.size(); }));
  for (auto& own : found) {
    pairs.insert(pairs.end(), own.begin(), own.end());
    own = {};
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace glossa::detail
