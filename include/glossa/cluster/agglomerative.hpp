// Vectors come in; a tree of clusters goes out, made by merging the two nearest again and again, and a cut through it.
#pragma once

#include <glossa/cluster/agglomerative_options.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>

namespace glossa {

/// Agglomerative clustering by chains of nearest neighbours (Murtagh 1983; Müllner 2011), single linkage by a minimum
/// spanning tree, in time O(n²). Trees and labels are those of SciPy's linkage() and scikit-learn's
/// AgglomerativeClustering, but for merges whose distances are the same to within the rounding of T.
///
/// Memory beside the vectors: single, a byte for each of their numbers; the others, the matrix (see
/// AgglomerativeOptions::matrix_bytes) or, where means do, means as doubles and as T.
///
/// No vectors give no clusters; with cosine, zero vectors are at distance 1 from all others. Errors: `invalid_argument`
/// for NaN or infinity in vectors, cosines of vectors whose squares leave the range of doubles, ward with cosine, more
/// clusters than vectors, both cuts at once, a threshold that is NaN, other metrics, and for a matrix that would be too
/// large where there is no other way; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] AgglomerativeResult agglomerate(const Points<T>& points, const AgglomerativeOptions& options = {});

[[nodiscard]] inline AgglomerativeResult agglomerate(const Embeddings& points,
                                                     const AgglomerativeOptions& options = {}) {
  return agglomerate(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/agglomerative_impl.hpp>
#endif
