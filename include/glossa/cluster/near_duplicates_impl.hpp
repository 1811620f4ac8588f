// Definitions of the functions that find near-duplicates; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/duplicate_finder.hpp>
#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/cluster/text_likeness.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {
template <std::floating_point T>
std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view> texts, const Points<T>& points,
                                            const NearDuplicateOptions& options) {
  const detail::DuplicateFinder<T> finder(texts, points, options);
  std::vector<MinedPair> pairs = finder.pairs();
  finder.tell_end();
  return pairs;
}

template <std::floating_point T>
DuplicateGroups near_duplicate_groups(std::span<const std::string_view> texts, const Points<T>& points,
                                      const NearDuplicateOptions& options) {
  const detail::DuplicateFinder<T> finder(texts, points, options);
  const std::vector<MinedPair> pairs = finder.pairs();
  detail::EditDistance distance;
  const auto is_alike = [&](std::size_t a, std::size_t b) {
    finder.tell_grouping();
    return detail::reaches(finder.similarity(a, b, distance, finder.threshold()), finder.threshold());
  };
  DuplicateGroups groups = group_pairs(finder.count(), pairs, is_alike);
  const auto longest = [&](std::span<const std::size_t> members) {
    return *std::max_element(members.begin(), members.end(),
                             [&](std::size_t a, std::size_t b) { return texts[a].size() < texts[b].size(); });
  };
  const auto middle = [&](std::span<const std::size_t> members) {
    return medoid(members, [&](std::size_t a, std::size_t b) {
      finder.tell_grouping();
      return static_cast<double>(finder.similarity(a, b, distance, 0));
    });
  };
  std::function<std::size_t(std::span<const std::size_t>)> choose = options.choose;
  if (!choose && options.keep == Keep::longest && !texts.empty()) choose = longest;
  if (!choose && options.keep == Keep::medoid) choose = middle;
  if (!choose) choose = [](std::span<const std::size_t> members) { return members.front(); };
  choose_kept(groups, choose, is_alike);
  finder.tell_end();
  return groups;
}

GLOSSA_INLINE double text_similarity(std::string_view a, std::string_view b) {
  detail::EditDistance distance;
  return static_cast<double>(detail::key_similarity(distance, detail::keyed_text(a), detail::keyed_text(b)));
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
