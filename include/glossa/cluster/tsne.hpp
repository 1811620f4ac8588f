// Vectors come in; places in a plane go out, where neighbours stay neighbours.
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

/// Which vectors are looked at to find a vector's neighbours.
enum class TsneNeighbors {
  automatic,    ///< exact up to 50,000 vectors
  exact,        ///< all; of more than a thousand that floats do not tell apart, those that floats put first
  approximate,  ///< those in the nearest tenth of an IvfIndex's lists
};

struct TsneOptions {
  /// About how many neighbours a vector counts with; 3 times as many are looked for. Of few vectors, (rows - 1) / 3.
  double perplexity = 30;
  double early_exaggeration = 12;  ///< how much stronger neighbours attract each other at first
  double learning_rate = 0;        ///< 0: rows / early_exaggeration / 4, and at least 50
  std::size_t iterations = 1000;
  std::size_t exaggerated_iterations = 250;  ///< of those
  double angle = 0.5;  ///< under which a group of points is small enough to count as one (θ); 0: none is
  TsneNeighbors neighbors = TsneNeighbors::automatic;
  std::uint64_t seed = 42;
  ClusterRun run{};  ///< progress: iterations
};

template <std::floating_point T>
struct TsneResult {
  std::vector<T> coordinates;  ///< [rows, 2]
  double divergence = 0;       ///< of Kullback and Leibler, between the neighbourhoods in the plane and the vectors'
};

/// t-distributed stochastic neighbour embedding (van der Maaten & Hinton 2008) with the gradient of Barnes and Hut (van
/// der Maaten 2014), of Euclidean distances, which for vectors of unit length put the same rows first as cosines. The
/// start is the first two principal components, as of scikit-learn's TSNE, whose rules for steps this follows. It shows
/// which vectors are neighbours; distances between groups, and their sizes, mean little.
///
/// Time grows with rows · log(rows), but for the exact search's, with their square; memory with rows · (dims + 20 ·
/// perplexity). The same for the same seed. Equal vectors lie close together. No vectors, or one: none, or (0, 0).
/// Errors: `invalid_argument` for NaN, a perplexity below 1, an exaggeration below 1, a negative learning rate or an
/// angle not in [0, 1]; `numeric` where the descent leads nowhere, as with too large a learning rate; what
/// `run.progress` throws.
template <std::floating_point T>
[[nodiscard]] TsneResult<T> tsne(const Points<T>& points, const TsneOptions& options = {});
[[nodiscard]] inline TsneResult<float> tsne(const Embeddings& vectors, const TsneOptions& options = {}) {
  return tsne(Points<float>(vectors), options);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/tsne_impl.hpp>
#endif
