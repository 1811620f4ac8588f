// Vectors and their groups, such as languages, come in; the same without what each group has in common go out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

struct GroupMeansOptions {
  /// A group's mean is taken together with so many vectors that lie at the mean of all: that of few vectors is mostly
  /// what they say, and not what their group has in common. None: the variance within groups over that between them,
  /// which is what loses least (empirical Bayes; Efron & Morris 1973).
  std::optional<double> weight_of_all{};
  bool unit_length = true;  ///< the vectors are scaled to it before and after; zero vectors stay zero vectors
};

/// Vectors less the mean of their group, [rows, dims]. Multilingual models put a language's texts near to each other:
/// multilingual-e5-small so near that k-means finds the languages. Without their means, texts that say the same lie
/// together whatever their language. It is as if each group were about the same things on the whole: what a group alone
/// is about goes too.
/// Errors: `invalid_argument` where there is not one group a vector, for a weight that is negative or NaN, and for NaN.
template <std::floating_point T>
[[nodiscard]] std::vector<T> subtract_group_means(const Points<T>& points, std::span<const std::string_view> groups,
                                                  const GroupMeansOptions& options = {});
template <EmbeddingRows Rows>
[[nodiscard]] std::vector<float> subtract_group_means(const Rows& vectors, std::span<const std::string_view> groups,
                                                      const GroupMeansOptions& options = {}) {
  return subtract_group_means(Points<float>(vectors), groups, options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/group_means_impl.hpp>
#endif
