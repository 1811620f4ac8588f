// Definitions of the functions that group duplicates; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Numbers groups in the order of their first members.
[[nodiscard]] inline DuplicateGroups numbered(std::vector<std::pair<std::vector<std::size_t>, std::size_t>> groups,
                                              std::size_t texts) {
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.first[0] < b.first[0]; });
  DuplicateGroups out;
  out.group.resize(texts);
  for (auto& [members, kept] : groups) {
    for (const std::size_t member : members) out.group[member] = static_cast<std::int32_t>(out.members.size());
    out.members.push_back(std::move(members));
    out.kept.push_back(kept);
  }
  return out;
}

/// Disjoint sets, with their members at hand.
class GrowingGroups {
 public:
  explicit GrowingGroups(std::size_t count) : group_(count), members_(count), centres_(count) {
    std::iota(group_.begin(), group_.end(), std::size_t{0});
    std::iota(centres_.begin(), centres_.end(), std::size_t{0});
    for (std::size_t i = 0; i < count; ++i) members_[i] = {i};
  }

  /// may_merge(members of the larger, its centre, members of the smaller) decides; what it refused once is not asked
  /// again: groups only grow.
  template <class MayMerge>
  void link(std::size_t a, std::size_t b, MayMerge&& may_merge) {
    std::size_t large = group_[a];
    std::size_t small = group_[b];
    if (large == small) return;
    const auto rank = [&](std::size_t g) { return std::pair(members_[g].size(), ~centres_[g]); };
    if (rank(large) < rank(small)) std::swap(large, small);
    if (refused_.contains({large, small})) return;
    if (!may_merge(std::as_const(members_[large]), centres_[large], std::as_const(members_[small]))) {
      refused_.insert({large, small});
      return;
    }
    for (const std::size_t text : members_[small]) group_[text] = large;
    members_[large].insert(members_[large].end(), members_[small].begin(), members_[small].end());
    members_[small] = {};
  }

  /// The first of each group is kept.
  [[nodiscard]] DuplicateGroups finish() {
    std::vector<std::pair<std::vector<std::size_t>, std::size_t>> groups;
    for (std::vector<std::size_t>& members : members_) {
      if (members.empty()) continue;
      std::sort(members.begin(), members.end());
      const std::size_t first = members.front();
      groups.emplace_back(std::move(members), first);
    }
    return numbered(std::move(groups), group_.size());
  }

 private:
  std::vector<std::size_t> group_;
  std::vector<std::vector<std::size_t>> members_;
  std::vector<std::size_t> centres_;
  std::set<std::pair<std::size_t, std::size_t>> refused_;
};

/// The member that choose() names. Errors: `invalid_argument` where it is none of them.
[[nodiscard]] inline std::size_t chosen_of(
    std::span<const std::size_t> members,
    const std::function<std::size_t(std::span<const std::size_t> members)>& choose) {
  const std::size_t kept = choose(members);
  if (!std::binary_search(members.begin(), members.end(), kept))
    throw Error(ErrorKind::invalid_argument, {.field = "choose_kept",
                                              .problem = "the text that was chosen is not of the group",
                                              .found = std::to_string(kept)});
  return kept;
}

/// Best pairs first.
template <class MayMerge>
[[nodiscard]] DuplicateGroups grouped(std::size_t count, std::span<const MinedPair> pairs, const char* field,
                                      MayMerge&& may_merge) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  if (count > kMost)
    throw Error(
        ErrorKind::invalid_argument,
        {.field = field, .expected = "at most " + std::to_string(kMost) + " texts", .found = std::to_string(count)});
  std::vector<MinedPair> sorted(pairs.begin(), pairs.end());
  for (const MinedPair& pair : sorted)
    if (std::max(pair.a, pair.b) >= count)
      throw Error(ErrorKind::invalid_argument, {.field = field,
                                                .expected = "indices below " + std::to_string(count),
                                                .found = std::to_string(std::max(pair.a, pair.b))});
  std::sort(sorted.begin(), sorted.end(), is_better_pair);
  GrowingGroups groups(count);
  for (const MinedPair& pair : sorted) groups.link(pair.a, pair.b, may_merge);
  return groups.finish();
}

}  // namespace detail

GLOSSA_INLINE DuplicateGroups group_pairs(std::size_t count, std::span<const MinedPair> pairs,
                                          const std::function<bool(std::size_t, std::size_t)>& may_join) {
  using Members = std::vector<std::size_t>;
  return detail::grouped(
      count, pairs, "group_pairs", [&](const Members& large, std::size_t centre, const Members& small) {
        if (!may_join || large.size() == 1) return true;  // the pair itself has been found to be alike
        return std::all_of(small.begin(), small.end(), [&](std::size_t text) { return may_join(text, centre); });
      });
}

GLOSSA_INLINE DuplicateGroups group_one_each(std::size_t count, std::span<const MinedPair> pairs,
                                             std::span<const std::int32_t> labels) {
  if (labels.size() != count)
    throw Error(ErrorKind::invalid_argument, {.field = "group_one_each",
                                              .expected = "a label for each of " + std::to_string(count),
                                              .found = std::to_string(labels.size())});
  using Members = std::vector<std::size_t>;
  return detail::grouped(count, pairs, "group_one_each", [&](const Members& large, std::size_t, const Members& small) {
    return std::none_of(small.begin(), small.end(), [&](std::size_t text) {
      return std::any_of(large.begin(), large.end(), [&](std::size_t other) { return labels[text] == labels[other]; });
    });
  });
}

GLOSSA_INLINE std::size_t medoid(std::span<const std::size_t> members,
                                 const std::function<double(std::size_t, std::size_t)>& similarity) {
  constexpr std::size_t kMost = 64;
  if (members.size() < 3) return members.front();
  const std::size_t step = (members.size() + kMost - 1) / kMost;
  std::size_t best = members.front();
  double most = -std::numeric_limits<double>::infinity();
  for (const std::size_t member : members) {
    double sum = 0;
    for (std::size_t i = 0; i < members.size(); i += step) sum += similarity(member, members[i]);
    if (sum > most) {
      most = sum;
      best = member;
    }
  }
  return best;
}

GLOSSA_INLINE void choose_kept(DuplicateGroups& groups,
                               const std::function<std::size_t(std::span<const std::size_t>)>& choose) {
  for (std::size_t g = 0; g < groups.members.size(); ++g) groups.kept[g] = detail::chosen_of(groups.members[g], choose);
}

GLOSSA_INLINE void choose_kept(DuplicateGroups& groups,
                               const std::function<std::size_t(std::span<const std::size_t>)>& choose,
                               const std::function<bool(std::size_t, std::size_t)>& is_alike) {
  std::vector<std::pair<std::vector<std::size_t>, std::size_t>> found;
  for (std::vector<std::size_t> members : groups.members)  // copies: what throws leaves the groups as they were
    while (!members.empty()) {
      const std::size_t kept = detail::chosen_of(members, choose);
      const auto others = std::stable_partition(members.begin(), members.end(),
                                                [&](std::size_t text) { return text == kept || is_alike(text, kept); });
      found.emplace_back(std::vector<std::size_t>(members.begin(), others), kept);
      members.erase(members.begin(), others);
    }
  groups = detail::numbered(std::move(found), groups.group.size());
}

}  // namespace glossa
