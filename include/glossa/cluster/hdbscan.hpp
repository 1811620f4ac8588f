// Vectors come in; clusters that are dense for long, whatever the density, go out, and noise.
#pragma once

#include <glossa/cluster/hdbscan_options.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>

#include <concepts>

namespace glossa {

/// HDBSCAN* (Campello, Moulavi & Sander 2013; Campello et al. 2015; epsilon: Malzer & Baum 2020). Labels and
/// probabilities are those of scikit-learn's HDBSCAN, numbers included, where no two edges of the spanning tree are
/// equally long. Mutual reachability makes such edges: a vector at its core distance from two clusters joins both at
/// once. Here the edge that Prim's algorithm found first comes first; there it is left to an unstable sort.
///
/// Distances are decided in double. The time is that of n²/2 products for the core distances, and of at most n² for the
/// spanning tree. Memory: a byte for each of the vectors' numbers, and 8·n·min_samples bytes.
///
/// Where there are fewer vectors than min_samples, or only one, all are noise. With cosine, zero vectors are at
/// distance 1 from all others. Errors: `invalid_argument` for NaN or infinity in vectors, vectors whose squares leave
/// the range of doubles, min_cluster_size < 2, epsilon < 0 and other metrics; what the progress callback throws.
template <std::floating_point T>
[[nodiscard]] HdbscanResult hdbscan(const Points<T>& points, const HdbscanOptions& options = {});

[[nodiscard]] inline HdbscanResult hdbscan(const Embeddings& points, const HdbscanOptions& options = {}) {
  return hdbscan(Points<float>(points), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/hdbscan_impl.hpp>
#endif
