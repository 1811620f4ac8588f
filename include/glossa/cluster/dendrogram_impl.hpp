// Definitions of Dendrogram's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/dendrogram.hpp>
#include <glossa/cluster/disjoint_sets.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

GLOSSA_INLINE Labels Dendrogram::cut_into(std::size_t clusters) const {
  if (vectors == 0) return {};
  bool is_tree = merges.size() + 1 == vectors;
  for (std::size_t i = 0; i < merges.size(); ++i)
    is_tree = is_tree && merges[i].a < vectors + i && merges[i].b < vectors + i;
  if (!is_tree)
    throw Error(ErrorKind::invalid_argument,
                {.field = "Dendrogram::merges",
                 .expected = "one less than the vectors, each of clusters that there are by then"});
  if (clusters == 0 || clusters > vectors)
    throw Error(ErrorKind::invalid_argument, {.field = "clusters",
                                              .expected = "from 1 to " + std::to_string(vectors) + ", one a vector",
                                              .found = std::to_string(clusters)});
  detail::DisjointSets sets(vectors);
  std::vector<std::size_t> member(vectors + merges.size());  // one of each cluster
  for (std::size_t i = 0; i < vectors; ++i) member[i] = i;
  for (std::size_t i = 0; i < vectors - clusters; ++i) {
    sets.join(member[merges[i].a], member[merges[i].b]);
    member[vectors + i] = member[merges[i].a];
  }
  Labels labels(vectors, kNoise);
  std::int32_t count = 0;
  for (std::size_t i = 0; i < vectors; ++i) labels[i] = sets.find(i) == i ? count++ : labels[sets.find(i)];
  return labels;
}

GLOSSA_INLINE Labels Dendrogram::cut_at(double distance) const {
  if (std::isnan(distance))
    throw Error(ErrorKind::invalid_argument, {.field = "distance", .expected = "a number", .found = "NaN"});
  const auto kept =
      std::count_if(merges.begin(), merges.end(), [&](const Merge& merge) { return !(merge.distance < distance); });
  return cut_into(static_cast<std::size_t>(kept) + 1);
}

}  // namespace glossa
