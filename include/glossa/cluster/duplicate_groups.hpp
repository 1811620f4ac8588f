// Pairs of texts that are alike come in; groups of which one member each is kept go out.
#pragma once

#include <glossa/cluster/mined_pair.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace glossa {

/// Which text of a group is kept.
enum class Keep {
  first,    ///< the one that came first
  longest,  ///< the one with the most bytes, of several the first
  medoid,   ///< the one that is most like the others
};

/// Groups of texts that say the same; a text like no other is a group of its own.
struct DuplicateGroups {
  std::vector<std::int32_t> group;                ///< of each text, numbered in the order of their first members
  std::vector<std::vector<std::size_t>> members;  ///< of each group, ascending
  std::vector<std::size_t> kept;                  ///< of each group
  [[nodiscard]] bool keeps(std::size_t text) const { return kept[static_cast<std::size_t>(group[text])] == text; }
};

/// Groups pairs by union-find (the smaller set into the larger), the best pairs first. Weak links do not make chains:
/// two groups become one only where each member of the smaller one is alike the centre of the larger, so every text is
/// alike the centre of its group. may_join(text, centre) tells whether two are, always the same of the same two; null:
/// all that are linked are. The centre of a group is that of the larger one that it was made of, at first the lower
/// index. Errors: `invalid_argument` for pairs of other indices than below `count`, and for more than 2^31 - 1 texts.
[[nodiscard]] DuplicateGroups group_pairs(
    std::size_t count, std::span<const MinedPair> pairs,
    const std::function<bool(std::size_t text, std::size_t centre)>& may_join = nullptr);

/// The same where a group has at most one member of each label: translations, of which a text has one in each language.
/// labels: of each of the texts. Errors: `invalid_argument` for another number of them.
[[nodiscard]] DuplicateGroups group_one_each(std::size_t count, std::span<const MinedPair> pairs,
                                             std::span<const std::int32_t> labels);

/// The member that is most like the others: the greatest sum of similarities, of equal ones the first. In a group of
/// more than 64 not with all, but with so many of them or a few fewer, evenly spread. members: not empty.
[[nodiscard]] std::size_t medoid(std::span<const std::size_t> members,
                                 const std::function<double(std::size_t, std::size_t)>& similarity);

/// Chooses the kept member of each group: choose(members) returns one of them.
/// Errors: `invalid_argument` where it returns another.
void choose_kept(DuplicateGroups& groups,
                 const std::function<std::size_t(std::span<const std::size_t> members)>& choose);

/// The same where each text is to be like the one that is kept: is_alike(text, kept) tells. Those that are not leave
/// the group and make one of their own, of which choose() names one to be kept in turn, and so on.
void choose_kept(DuplicateGroups& groups,
                 const std::function<std::size_t(std::span<const std::size_t> members)>& choose,
                 const std::function<bool(std::size_t text, std::size_t kept)>& is_alike);

}  // namespace glossa

#include <glossa/core/linkage.hpp>
#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/duplicate_groups_impl.hpp>
#endif
