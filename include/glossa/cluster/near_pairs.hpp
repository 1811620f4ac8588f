// Vectors and a distance come in; pairs of them that are no farther apart go out, found by an approximate index.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/dbscan.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/search/hnsw_index.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Pairs of a vector and one of its `neighbors` nearest, each pair once and in order, as far as the index finds them
/// and double says that they are within `limit`. Vectors are told to the progress as they are added and as they are
/// looked for.
template <std::floating_point T>
[[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> near_pairs(const PairDistance<T>& distance,
                                                                              double limit, std::size_t neighbors,
                                                                              const DbscanApproximation& how,
                                                                              const ClusterRun& run) {
  constexpr std::size_t kPart = 4096;
  const Points<T>& points = distance.points();
  const std::size_t rows = points.rows();
  IndexOptions options{.metric = distance.metric()};
  options.threads = 1;  // the same graph whatever the number of threads
  options.cpu_level = run.cpu_level;
  HnswIndex index(options, how.hnsw);
  std::vector<Embeddings> parts;  // as floats
  for (std::size_t first = 0; first < rows; first += kPart) {
    Embeddings part(std::min(kPart, rows - first), points.dims());
    std::transform(points[first].data(), points[first].data() + part.values().size(), part.values().begin(),
                   [](T value) { return static_cast<float>(value); });
    std::vector<std::uint64_t> ids(part.rows());
    std::iota(ids.begin(), ids.end(), first);
    index.add(ids, part);
    parts.push_back(std::move(part));
    if (run.progress) run.progress({first + ids.size(), 2 * rows, 0});
  }

  const auto executor = executor_of(run);
  IndexSearchOptions search;
  search.candidates = how.candidates != 0 ? how.candidates : 2 * neighbors;
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> found(rows);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    parallel_for(*executor, parts[part].rows(), [&](std::size_t row, std::size_t) {
      const std::size_t i = part * kPart + row;
      for (const Neighbor& hit : index.search(parts[part][row], neighbors + 1, search)) {
        const auto j = static_cast<std::size_t>(hit.id);
        if (j != i && distance(i, j) <= limit)
          found[i].emplace_back(static_cast<std::uint32_t>(std::min(i, j)), static_cast<std::uint32_t>(std::max(i, j)));
      }
    });
    if (run.progress) run.progress({rows + part * kPart + parts[part].rows(), 2 * rows, 0});
  }

  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (auto& own : found) {
    pairs.insert(pairs.end(), own.begin(), own.end());
    own = {};
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace glossa::detail
