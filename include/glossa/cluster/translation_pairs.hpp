// Vectors of texts in several languages come in; the pairs that say the same in two of them go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/mined_pair.hpp>
#include <glossa/cluster/neighbor_search.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace glossa {

/// How pairs are chosen from those that are near.
enum class TranslationMatching {
  /// Between each two languages: margins as in CSLS (Conneau et al. 2018), one-to-one by competitive linking (Melamed
  /// 2000); those that are probable, as estimated from the corpus itself. MinedPair::score is that probability.
  calibrated,
  /// Between each two languages: mutual nearest neighbours by the ratio margin (Artetxe & Schwenk 2019), which is
  /// MinedPair::score.
  mutual,
  /// The same among all vectors, those of one language too: what is commonly done, for comparison.
  mutual_any,
};

struct TranslationOptions {
  /// Each vector's language, any numbers; empty: they are found out, see language_sides().
  std::span<const std::int32_t> languages{};
  TranslationMatching matching = TranslationMatching::calibrated;
  std::size_t neighbors = 4;  ///< nearest vectors whose mean cosine a pair's is compared with
  /// Least MinedPair::score; by default 0.5, and none for mutual margins.
  std::optional<double> threshold{};
  NeighborSearch search = NeighborSearch::exact;
  NeighborGraphOptions graph{};
  ClusterRun run{};
};

/// Translation mining: pairs across languages, best first, each vector in one pair at most for each other language.
/// Vectors are compared without their language's mean, which e5's and others' have much of. MinedPair::cosine is of the
/// vectors as they came. Time grows with the square of the vectors, memory by a copy of them (two where
/// languages have to be found out) and some 1.5 KB each.
/// The margin of a pair tells something where a language has a dozen of texts or more.
/// Errors: `invalid_argument` for NaN or infinity in the vectors, a NaN threshold, no neighbours, or not one language
/// for each vector; what ClusterRun::progress throws.
template <std::floating_point T>
[[nodiscard]] std::vector<MinedPair> mine_translations(const Points<T>& points, const TranslationOptions& options = {});

template <EmbeddingRows Rows>
[[nodiscard]] std::vector<MinedPair> mine_translations(const Rows& vectors, const TranslationOptions& options = {}) {
  return mine_translations(Points<float>(vectors), options);
}

/// Tells languages apart from the vectors alone: the group of each, from 0 on. Translations differ most in the
/// direction in which their languages differ, and in that more than any two texts do: pairs that are near once the mean
/// of all is gone show that direction, two groups along it give better pairs, and so on (at most four rounds); then the
/// same within each group. Where no direction is like that, all are in group 0: texts that have no translations beside
/// them cannot be told apart so. Errors: `invalid_argument` for NaN or infinity; what ClusterRun::progress throws.
template <std::floating_point T>
[[nodiscard]] std::vector<std::int32_t> language_sides(const Points<T>& points, const ClusterRun& run = {});

template <EmbeddingRows Rows>
[[nodiscard]] std::vector<std::int32_t> language_sides(const Rows& vectors, const ClusterRun& run = {}) {
  return language_sides(Points<float>(vectors), run);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/translation_pairs_impl.hpp>
#endif
