// Vectors come in; their coordinates along the directions in which they differ most go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa {

struct PcaOptions {
  std::size_t components = 2;  ///< at least 1, at most the vectors' length
  std::uint64_t seed = 42;     ///< of the random start that wide data need, see pca()
  ClusterRun run{};            ///< progress: blocks of vectors whose products were summed
};

/// Principal components. All arrays are row-major.
template <std::floating_point T>
struct PcaResult {
  std::vector<T> coordinates;                    ///< [rows, components]: the vectors less the mean, along each
  std::vector<T> components;                     ///< [components, dims]: orthonormal, of the largest variance first
  std::vector<T> mean;                           ///< [dims]
  std::vector<double> explained_variance;        ///< [components]: of the coordinates, divided by rows - 1
  std::vector<double> explained_variance_ratio;  ///< [components]: of the whole variance; 0 where there is none
};

/// Principal component analysis (Pearson 1901; Hotelling 1933), as scikit-learn's PCA does it with any of its exact
/// solvers. Each component points so that the largest of its values by magnitude is positive, as by scikit-learn's
/// svd_flip. Products are summed in blocks of T and then in double: the coordinates of floats are within 1e-6 of those
/// that double gives, relative to the largest, where the variances are well apart.
///
/// The eigenvectors are of the smaller of the covariance [dims, dims] and the Gram matrix [rows, rows]. Where even that
/// has more than 1024 rows, only the largest are found, by subspace iteration from a random start (Halko, Martinsson &
/// Tropp 2011) that goes on until they are eigenvectors to 1e-9 of the largest eigenvalue, or 300 times.
///
/// One vector, or several equal ones, lie at 0. No vectors: a result without coordinates.
/// Errors: `invalid_argument` for no component, more than the vectors' length, or NaN; `numeric` where coordinates or
/// variances would not be numbers; what `run.progress` throws.
template <std::floating_point T>
[[nodiscard]] PcaResult<T> pca(const Points<T>& points, const PcaOptions& options = {});
[[nodiscard]] inline PcaResult<float> pca(const Embeddings& vectors, const PcaOptions& options = {}) {
  return pca(Points<float>(vectors), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/pca_impl.hpp>
#endif
