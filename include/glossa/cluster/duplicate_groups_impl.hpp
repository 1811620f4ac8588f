// Definitions of the functions that group duplicates; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Disjoint sets, with their members at hand.
class GrowingGroups {
 public:
  explicit GrowingGroups(std::size_t count) : group_(count), members_(count), centres_(count) {
    std::iota(group_.begin(), group_.end(), std::size_t{0});
    std::iota(centres_.begin(), centres_.end(), std::size_t{0});
    for (std::size_t i = 0; i < count; ++i) members_[i] = {i};
  }

  void link(std::size_t a, std::size_t b, const std::function<bool(std::size_t, std::size_t)>& may_join) {
    std::size_t large = group_[a];
    std::size_t small = group_[b];
    if (large == small) return;
    const auto rank = [&](std::size_t g) { return std::pair(members_[g].size(), ~centres_[g]); };
    if (rank(large) < rank(small)) std::swap(large, small);
    // The pair itself has been found to be alike.
    const bool is_pair = members_[large].size() == 1;
    if (may_join && !is_pair)
      for (const std::size_t text : members_[small])
        if (!may_join(text, centres_[large])) return;
    for (const std::size_t text : members_[small]) group_[text] = large;
    members_[large].insert(members_[large].end(), members_[small].begin(), members_[small].end());
    members_[small].clear();
  }

  [[nodiscard]] DuplicateGroups finish() {
    DuplicateGroups groups;
    groups.group.assign(group_.size(), -1);
    for (std::size_t text = 0; text < group_.size(); ++text) {
      if (groups.group[text] >= 0) continue;
      std::vector<std::size_t>& members = members_[group_[text]];
      std::sort(members.begin(), members.end());
      for (const std::size_t member : members) groups.group[member] = static_cast<std::int32_t>(groups.members.size());
      groups.kept.push_back(members.front());
      groups.members.push_back(std::move(members));
    }
    return groups;
  }

 private:
  std::vector<std::size_t> group_;
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::size_t> centres_;
};

}  // namespace detail

GLOSSA_INLINE DuplicateGroups group_pairs(std::size_t count, std::span<const MinedPair> pairs,
                                          const std::function<bool(std::size_t, std::size_t)>& may_join) {
  std::vector<MinedPair> sorted(pairs.begin(), pairs.end());
  for (const MinedPair& pair : sorted)
    if (std::max(pair.a, pair.b) >= count)
      throw Error(ErrorKind::invalid_argument, {.field = "group_pairs",
                                                .expected = "indices below " + std::to_string(count),
                                                .found = std::to_string(std::max(pair.a, pair.b))});
  std::sort(sorted.begin(), sorted.end(), detail::is_better_pair);
  detail::GrowingGroups groups(count);
  for (const MinedPair& pair : sorted) groups.link(pair.a, pair.b, may_join);
  return groups.finish();
}

GLOSSA_INLINE void choose_kept(DuplicateGroups& groups,
                               const std::function<std::size_t(std::span<const std::size_t>)>& choose) {
  for (std::size_t g = 0; g < groups.members.size(); ++g) {
    const std::vector<std::size_t>& members = groups.members[g];
    const std::size_t kept = choose(members);
    if (!std::binary_search(members.begin(), members.end(), kept))
      throw Error(ErrorKind::invalid_argument, {.field = "choose_kept",
                                                .problem = "the text that was chosen is not of the group",
                                                .found = std::to_string(kept)});
    groups.kept[g] = kept;
  }
}

}  // namespace glossa
