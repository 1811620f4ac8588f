// Definitions of pca's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/leading_eigenvectors.hpp>
#include <glossa/cluster/pca.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/second_moments.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// The eigenvectors of the covariance by those of the Gram matrix: of X·Xᵀ u = λ u follows Xᵀ·X (Xᵀ u) = λ (Xᵀ u).
template <std::floating_point T>
[[nodiscard]] Eigenpairs eigenvectors_of_few(const Points<T>& points, const std::vector<double>& mean,
                                             const PcaOptions& options, Executor& executor) {
  const std::size_t rows = points.rows();
  const std::size_t dims = points.dims();
  std::vector<T> turned(dims * rows);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < dims; ++j)
      turned[j * rows + i] = static_cast<T>(static_cast<double>(points[i][j]) - mean[j]);
  const std::vector<double> gram =
      second_moments(Points<T>(turned.data(), dims, rows), std::vector<double>(rows), options.run, executor);
  const std::size_t count = std::min(options.components, rows);
  Eigenpairs pairs = leading_eigenvectors(gram, rows, count, options.seed, executor);
  std::vector<double> vectors(options.components * dims);
  for (std::size_t c = 0; c < count; ++c)
    for (std::size_t j = 0; j < dims; ++j)
      for (std::size_t i = 0; i < rows; ++i)
        vectors[c * dims + j] += static_cast<double>(turned[j * rows + i]) * pairs.vectors[c * rows + i];
  orthonormalize(vectors, options.components, dims);  // and of those without variance, which are 0, some other
  pairs.vectors = std::move(vectors);
  pairs.values.resize(options.components);
  return pairs;
}

/// Turns each vector so that its largest value by magnitude is positive.
inline void fix_signs(std::vector<double>& vectors, std::size_t dims) {
  for (auto own = vectors.begin(); own != vectors.end(); own += static_cast<std::ptrdiff_t>(dims)) {
    const auto end = own + static_cast<std::ptrdiff_t>(dims);
    const double largest = *std::max_element(own, end, [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (largest < 0) std::transform(own, end, own, [](double value) { return -value; });
  }
}

}  // namespace detail

template <std::floating_point T>
PcaResult<T> pca(const Points<T>& points, const PcaOptions& options) {
  detail::require_finite(points, "points");
  PcaResult<T> result;
  if (points.empty()) return result;
  const std::size_t rows = points.rows();
  const std::size_t dims = points.dims();
  const std::size_t count = options.components;
  if (count == 0 || count > dims)
    throw Error(ErrorKind::invalid_argument, {.field = "components",
                                              .expected = "1 to " + std::to_string(dims) + ", the vectors' length",
                                              .found = std::to_string(count)});
  const std::shared_ptr<Executor> executor = detail::executor_of(options.run);

  const std::vector<double> mean = detail::mean_of(points);
  double all = 0;  // the whole variance, times rows - 1
  double squares = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < dims; ++j) {
      const double value = static_cast<double>(points[i][j]) - mean[j];
      all += value * value;
      squares += mean[j] * mean[j];
    }
  if (all <= 1e-28 * squares) all = 0;  // equal vectors, whose mean was rounded
  detail::Eigenpairs pairs =
      rows < dims ? detail::eigenvectors_of_few(points, mean, options, *executor)
                  : detail::leading_eigenvectors(detail::second_moments(points, mean, options.run, *executor), dims,
                                                 count, options.seed, *executor);
  detail::fix_signs(pairs.vectors, dims);

  result.coordinates.resize(rows * count);
  detail::for_shares(*executor, rows, [&](std::size_t i) {
    for (std::size_t c = 0; c < count; ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < dims; ++j)
        sum += (static_cast<double>(points[i][j]) - mean[j]) * pairs.vectors[c * dims + j];
      result.coordinates[i * count + c] = all > 0 ? static_cast<T>(sum) : T(0);
    }
  });
  const double less_one = static_cast<double>(std::max<std::size_t>(rows, 2) - 1);
  for (const double value : pairs.values) {
    result.explained_variance.push_back(all > 0 ? std::max(value, 0.0) / less_one : 0.0);
    result.explained_variance_ratio.push_back(all > 0 ? std::max(value, 0.0) / all : 0.0);
  }
  result.components.assign(pairs.vectors.size(), T(0));
  std::transform(pairs.vectors.begin(), pairs.vectors.end(), result.components.begin(),
                 [](double value) { return static_cast<T>(value); });
  result.mean.resize(dims);
  std::transform(mean.begin(), mean.end(), result.mean.begin(), [](double value) { return static_cast<T>(value); });
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template PcaResult<float> pca(const Points<float>&, const PcaOptions&);
template PcaResult<double> pca(const Points<double>&, const PcaOptions&);
#endif

}  // namespace glossa
