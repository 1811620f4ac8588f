// Definitions of the functions that find near-duplicates; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/duplicate_finder.hpp>
#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/mine_pairs_impl.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {
template <std::floating_point T>
std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view> texts, const Points<T>& points,
                                            const NearDuplicateOptions& options) {
  return detail::DuplicateFinder<T>(texts, points, options).pairs();
}

template <std::floating_point T>
DuplicateGroups near_duplicate_groups(std::span<const std::string_view> texts, const Points<T>& points,
                                      const NearDuplicateOptions& options) {
  const detail::DuplicateFinder<T> finder(texts, points, options);
  detail::EditDistance distance;
  const auto similarity = [&](std::size_t a, std::size_t b) { return finder.similarity(a, b, distance); };
  DuplicateGroups groups = group_pairs(finder.count(), finder.pairs(), [&](std::size_t text, std::size_t centre) {
    return static_cast<double>(static_cast<float>(similarity(text, centre))) >= finder.threshold();
  });
  if (options.choose) {
    choose_kept(groups, options.choose);
  } else if (options.keep == Keep::longest && !texts.empty()) {
    choose_kept(groups, [&](std::span<const std::size_t> members) {
      return *std::max_element(members.begin(), members.end(),
                               [&](std::size_t a, std::size_t b) { return texts[a].size() < texts[b].size(); });
    });
  } else if (options.keep == Keep::medoid) {
    choose_kept(groups, [&](std::span<const std::size_t> members) { return medoid(members, similarity); });
  }
  return groups;
}

GLOSSA_INLINE double text_similarity(std::string_view a, std::string_view b) {
  detail::EditDistance distance;
  return detail::key_similarity(distance, detail::keyed_text(a), detail::keyed_text(b));
}

GLOSSA_INLINE DuplicateGroups exact_duplicate_groups(std::span<const std::string_view> texts) {
  std::unordered_map<std::string, std::size_t> first;
  std::vector<MinedPair> pairs;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto [known, is_new] = first.emplace(text_key(texts[i]), i);
    if (!is_new) pairs.push_back({known->second, i, 1, 1});
  }
  return group_pairs(texts.size(), pairs);
}

#if defined(GLOSSA_IMPLEMENTATION)
template std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view>, const Points<float>&,
                                                     const NearDuplicateOptions&);
template std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view>, const Points<double>&,
                                                     const NearDuplicateOptions&);
template DuplicateGroups near_duplicate_groups(std::span<const std::string_view>, const Points<float>&,
                                               const NearDuplicateOptions&);
template DuplicateGroups near_duplicate_groups(std::span<const std::string_view>, const Points<double>&,
                                               const NearDuplicateOptions&);
#endif

}  // namespace glossa
