// Texts, their vectors, or both come in; those that are nearly the same go out, in pairs and in groups.
#pragma once

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/mined_pair.hpp>
#include <glossa/cluster/near_duplicate_options.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

/// Pairs of texts that are the same but for case, punctuation, spacing and a word here and there, best first.
/// Candidates are those that share many character trigrams (MinHash, Broder 1997, with bands of a locality-sensitive
/// hash), or all words but one, and those whose vectors are near, where there are any; what decides is
/// text_similarity(), which is MinedPair::score.
///
/// Why the vectors do not decide: a model that tells case apart moves a text in capitals as far from itself as texts
/// that have nothing in common are from each other (Swahili with e5: cosines of .86), and a paraphrase nearer than one
/// changed word does. They find candidates that trigrams miss: short texts, and languages whose words change much.
///
/// texts: one a vector; empty: the vectors alone decide, by the cosines of what differs from their mean, which then
/// are the scores; that finds changed words and punctuation, and takes close paraphrases for duplicates, too. Of texts
/// with equal keys, each is paired with the first, which alone is looked for by its trigrams; those whose vectors are
/// near are paired with each other, too.
/// points: one a text; empty: the trigrams alone find candidates, and MinedPair::cosine is 0.
/// Memory: some 400 bytes a text, four a character of its key, up to 32 a candidate (a few a text; of texts that are
/// all made from one pattern up to 816), 48 a pair, and as mine_pairs().
/// Errors: `invalid_argument` for different numbers of texts and vectors, more than 2^31 - 1 of them, NaN or infinity
/// in vectors, a NaN threshold; what ClusterRun::progress throws.
template <std::floating_point T>
[[nodiscard]] std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view> texts,
                                                          const Points<T>& points,
                                                          const NearDuplicateOptions& options = {});

/// The same in groups, see group_pairs(): each text is a near-duplicate of the one of its group that is kept.
template <std::floating_point T>
[[nodiscard]] DuplicateGroups near_duplicate_groups(std::span<const std::string_view> texts, const Points<T>& points,
                                                    const NearDuplicateOptions& options = {});

template <EmbeddingRows Rows>
[[nodiscard]] std::vector<MinedPair> near_duplicate_pairs(std::span<const std::string_view> texts, const Rows& vectors,
                                                          const NearDuplicateOptions& options = {}) {
  return near_duplicate_pairs(texts, Points<float>(vectors), options);
}
template <EmbeddingRows Rows>
[[nodiscard]] DuplicateGroups near_duplicate_groups(std::span<const std::string_view> texts, const Rows& vectors,
                                                    const NearDuplicateOptions& options = {}) {
  return near_duplicate_groups(texts, Points<float>(vectors), options);
}

/// How much of two texts' text_key()s is the same: 1 less the insertions, deletions and replacements of characters
/// (Levenshtein) that make the one of the other, over the characters of the longer. Where that is more, 1 - 1 / (n + 1)
/// for texts of n words that differ in exactly one of them, if the others are enough to know the text by: four words,
/// three of six letters together, or two of ten; three words count as four. Words are what stands between white space;
/// in scripts that have none, such as Chinese or Thai, any two letters of eight or more.
[[nodiscard]] double text_similarity(std::string_view a, std::string_view b);

/// Groups of texts with equal text_key(): what needs no vectors at all.
[[nodiscard]] DuplicateGroups exact_duplicate_groups(std::span<const std::string_view> texts);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/near_duplicates_impl.hpp>
#endif
