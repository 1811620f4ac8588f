// Definitions of mini_batch_kmeans' functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/kmeans_impl.hpp>
#include <glossa/cluster/mini_batch_centers.hpp>
#include <glossa/cluster/mini_batch_kmeans.hpp>
#include <glossa/cluster/require_squares.hpp>
#include <glossa/cluster/saturated.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline void require_mini_batch(const MiniBatchOptions& options) {
  require_tolerance(options.tolerance);
  const auto require = [](bool holds, const char* field, const char* expected, const std::string& found) {
    if (!holds) throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = found});
  };
  require(options.clusters > 0, "clusters", "1 or more", "0");
  require(options.batch > 0, "batch", "1 or more", "0");
  require(options.reassignment_ratio >= 0, "reassignment_ratio", "0 or more",
          std::to_string(options.reassignment_ratio));
}

/// Centres at their start, which is looked for among some of `points`. steps: that will follow.
template <class T>
[[nodiscard]] MiniBatchCenters<T> start_mini_batch(const Points<T>& points, const MiniBatchOptions& options,
                                                   std::size_t steps) {
  RandomDraws random(options.seed);
  const std::size_t three_batches =
      saturated_product(3, std::max(std::min(options.batch, points.rows()), options.clusters));
  const KMeansOptions start{.clusters = options.clusters,
                            .start = options.start,
                            .start_sample = options.start_sample != 0 ? options.start_sample : three_batches};
  const RunTools<T> tools(options.run);
  std::vector<T> centers = start_centers(points, start, random, tools, [&] { tools.tell(0, steps); });
  return {std::move(centers), points.dims(), options, std::move(random)};
}

}  // namespace detail

template <std::floating_point T>
MiniBatchKMeans<T>::MiniBatchKMeans(MiniBatchOptions options) : options_(std::move(options)) {
  detail::require_mini_batch(options_);
}
template <std::floating_point T>
MiniBatchKMeans<T>::MiniBatchKMeans(MiniBatchKMeans&&) noexcept = default;
template <std::floating_point T>
MiniBatchKMeans<T>& MiniBatchKMeans<T>::operator=(MiniBatchKMeans&&) noexcept = default;
template <std::floating_point T>
MiniBatchKMeans<T>::~MiniBatchKMeans() = default;

template <std::floating_point T>
void MiniBatchKMeans<T>::partial_fit(const Points<T>& part) {
  const std::size_t batch = std::min(options_.batch, std::max<std::size_t>(part.rows(), 1));
  const std::size_t steps = (part.rows() + batch - 1) / batch;
  if (state_) {
    detail::require_squares(part, "part");
    if (part.empty()) return;
    if (part.dims() != state_->centers().dims())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "part",
                   .expected = "vectors of " + std::to_string(state_->centers().dims()) + " dimensions",
                   .found = std::to_string(part.dims())});
  } else {
    detail::require_clusters(part, options_.clusters);
    state_ = std::make_unique<detail::MiniBatchCenters<T>>(detail::start_mini_batch(part, options_, steps));
  }
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t first = step * batch;
    state_->step({part[first].data(), std::min(batch, part.rows() - first), part.dims()});
    state_->tools().tell(step + 1, steps);
  }
}

template <std::floating_point T>
Points<T> MiniBatchKMeans<T>::centers() const noexcept {
  return state_ ? state_->centers() : Points<T>();
}

template <std::floating_point T>
std::size_t MiniBatchKMeans<T>::seen() const noexcept {
  return state_ ? state_->seen() : 0;
}

template <std::floating_point T>
Labels MiniBatchKMeans<T>::labels(const Points<T>& points) const {
  ClusterRun run = options_.run;
  run.progress = {};
  return nearest_centers(points, centers(), run);
}

template <std::floating_point T>
KMeansResult<T> mini_batch_kmeans(const Points<T>& points, const MiniBatchOptions& options) {
  detail::require_mini_batch(options);
  detail::require_clusters(points, options.clusters);
  const std::size_t size = std::min(options.batch, points.rows());
  const std::size_t steps =
      std::max<std::size_t>(detail::saturated_product(options.max_epochs, points.rows()) / size, 1);
  detail::MiniBatchCenters<T> state = detail::start_mini_batch(points, options, steps);
  const detail::RunTools<T>& tools = state.tools();
  double tolerance = options.tolerance;
  if (tolerance > 0) tolerance *= detail::MeasuredRows<T>(points, tools).variance();
  detail::MiniBatchPatience patience(points.rows(), size, options.patience, tolerance);
  std::vector<T> values(size * points.dims());
  const Points<T> batch(values.data(), size, points.dims());
  KMeansResult<T> result;
  while (result.iterations < steps && !result.converged) {
    for (std::size_t i = 0; i < size; ++i)
      std::copy_n(points[state.random().below(points.rows())].begin(), points.dims(),
                  values.begin() + static_cast<std::ptrdiff_t>(i * points.dims()));
    const auto [inertia, way] = state.step(batch);
    tools.tell(++result.iterations, steps);
    result.converged = patience.ends_after(inertia / static_cast<double>(size), way);
  }
  result.dims = points.dims();
  const Points<T> centers = state.centers();
  result.centers.assign(centers.values().begin(), centers.values().end());
  result.labels = detail::labels_of_nearest(points, centers, tools);
  std::vector<double> sums(tools.shares(points.rows()));
  tools.for_shares(points.rows(), [&](std::size_t share, std::size_t first, std::size_t count, std::size_t) {
    for (std::size_t row = first; row < first + count; ++row)
      sums[share] += detail::squared_distance(points[row], centers[static_cast<std::size_t>(result.labels[row])]);
  });
  for (const double sum : sums) result.inertia += sum;
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template class MiniBatchKMeans<float>;
template class MiniBatchKMeans<double>;
template KMeansResult<float> mini_batch_kmeans(const Points<float>&, const MiniBatchOptions&);
template KMeansResult<double> mini_batch_kmeans(const Points<double>&, const MiniBatchOptions&);
#endif

}  // namespace glossa
