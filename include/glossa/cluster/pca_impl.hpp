// Definitions of pca's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/leading_eigenvectors.hpp>
#include <glossa/cluster/pca.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/cluster/second_moments.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/progress.hpp>

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

/// The first `count` eigenvectors of the second moments. The progress stands still while they are looked for.
template <std::floating_point T>
[[nodiscard]] Eigenpairs eigenvectors_of_moments(const Points<T>& points, const std::vector<double>& mean,
                                                 std::size_t count, const PcaOptions& options, Executor& executor) {
  Progress last;
  ClusterRun run = options.run;
  if (run.progress)
    run.progress = [&](const Progress& blocks) {
      last = blocks;
      options.run.progress(blocks);
    };
  const std::vector<double> moments = second_moments(points, mean, run, executor);
  return leading_eigenvectors(moments, points.dims(), count, options.seed, executor, [&] {
    if (run.progress) run.progress(last);
  });
}

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
  const std::size_t count = std::min(options.components, rows);
  Eigenpairs pairs = eigenvectors_of_moments(Points<T>(turned.data(), dims, rows), std::vector<double>(rows), count,
                                             options, executor);
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

/// The components of at least one vector, whose squares T holds.
template <std::floating_point T>
[[nodiscard]] PcaResult<T> principal_components(const Points<T>& points, const PcaOptions& options,
                                                Executor& executor) {
  PcaResult<T> result;
  const std::size_t rows = points.rows();
  const std::size_t dims = points.dims();
  const std::size_t count = options.components;
  const std::vector<double> mean = mean_of(points);
  double all = 0;  // the whole variance, times rows - 1
  double squares = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < dims; ++j) {
      const double value = static_cast<double>(points[i][j]) - mean[j];
      all += value * value;
      squares += mean[j] * mean[j];
    }
  if (all <= 1e-28 * squares) all = 0;  // equal vectors, whose mean was rounded
  Eigenpairs pairs = rows < dims ? eigenvectors_of_few(points, mean, options, executor)
                                 : eigenvectors_of_moments(points, mean, count, options, executor);
  fix_signs(pairs.vectors, dims);

  result.coordinates.resize(rows * count);
  for_shares(executor, rows, [&](std::size_t i) {
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

/// What it is of the vectors themselves that has been found of them times 2^power.
template <std::floating_point T>
void scale_back(PcaResult<T>& result, int power) {
  for (std::vector<T>* values : {&result.coordinates, &result.mean})
    for (T& value : *values) value = std::ldexp(value, -power);
  for (double& value : result.explained_variance) value = std::ldexp(value, -2 * power);
  const auto is_number = [](auto value) { return std::isfinite(value); };
  if (!std::all_of(result.coordinates.begin(), result.coordinates.end(), is_number) ||
      !std::all_of(result.explained_variance.begin(), result.explained_variance.end(), is_number))
    throw Error(ErrorKind::numeric, {.field = "points",
                                     .problem = "the vectors are too long",
                                     .expected = "coordinates and variances that are numbers",
                                     .remedy = "scale the vectors"});
}

}  // namespace detail

template <std::floating_point T>
PcaResult<T> pca(const Points<T>& points, const PcaOptions& options) {
  detail::require_finite(points, "points");
  if (points.empty()) return {};
  if (options.components == 0 || options.components > points.dims())
    throw Error(ErrorKind::invalid_argument,
                {.field = "components",
                 .expected = "1 to " + std::to_string(points.dims()) + ", the vectors' length",
                 .found = std::to_string(options.components)});
  const std::shared_ptr<Executor> executor = detail::executor_of(options.run);
  const int power = detail::scaling_power(points);
  const detail::ScaledPoints<T> scaled(points, power);
  PcaResult<T> result = detail::principal_components(scaled.points(), options, *executor);
  if (power != 0) detail::scale_back(result, power);
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template PcaResult<float> pca(const Points<float>&, const PcaOptions&);
template PcaResult<double> pca(const Points<double>&, const PcaOptions&);
#endif

}  // namespace glossa
