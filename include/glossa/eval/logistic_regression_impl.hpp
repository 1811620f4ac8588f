// Definitions of logistic_regression's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/error.hpp>
#include <glossa/eval/lbfgs.hpp>
#include <glossa/eval/logistic_regression.hpp>
#include <glossa/eval/softmax_loss.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline void check(const LogisticRegressionOptions& options) {
  if (!(options.c > 0 && std::isfinite(options.c)))
    throw Error(ErrorKind::invalid_argument,
                {.field = "c", .expected = "a number above 0", .found = std::to_string(options.c)});
  if (options.max_iterations == 0)
    throw Error(ErrorKind::invalid_argument, {.field = "max_iterations", .expected = "at least 1", .found = "0"});
  if (!(options.tolerance >= 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "tolerance", .expected = "a number from 0 on", .found = std::to_string(options.tolerance)});
}

/// The labels that there are, ascending.
[[nodiscard]] inline std::vector<std::int32_t> classes_of(std::span<const std::int32_t> labels, std::size_t rows) {
  if (labels.size() != rows)
    throw Error(ErrorKind::invalid_argument, {.field = "labels",
                                              .expected = "a label for each of " + std::to_string(rows) + " vectors",
                                              .found = std::to_string(labels.size())});
  std::vector<std::int32_t> classes(labels.begin(), labels.end());
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  if (classes.size() < 2)
    throw Error(ErrorKind::invalid_argument, {.field = "labels",
                                              .problem = "there is nothing to tell apart",
                                              .expected = "at least two different labels",
                                              .found = std::to_string(classes.size())});
  return classes;
}

/// The class that scores, [classes] or one of two classes, speak for.
template <std::floating_point T>
[[nodiscard]] std::size_t best_class(const T* scores, const std::vector<double>& intercepts) {
  if (intercepts.size() == 1) return static_cast<double>(scores[0]) + intercepts[0] > 0 ? 1 : 0;
  std::size_t best = 0;
  double most = static_cast<double>(scores[0]) + intercepts[0];
  for (std::size_t r = 1; r < intercepts.size(); ++r) {
    const double score = static_cast<double>(scores[r]) + intercepts[r];
    if (!(score > most)) continue;
    most = score;
    best = r;
  }
  return best;
}

}  // namespace detail

template <std::floating_point T>
LogisticRegression fit_logistic_regression(const Points<T>& points, std::span<const std::int32_t> labels,
                                           const LogisticRegressionOptions& options) {
  detail::check(options);
  detail::require_finite(points, "points");
  LogisticRegression model;
  model.classes = detail::classes_of(labels, points.rows());
  model.dims = points.dims();
  std::vector<std::size_t> classes(labels.size());
  std::transform(labels.begin(), labels.end(), classes.begin(), [&](std::int32_t label) {
    const auto at = std::lower_bound(model.classes.begin(), model.classes.end(), label);
    return static_cast<std::size_t>(at - model.classes.begin());
  });
  const double penalty = 1 / (options.c * static_cast<double>(points.rows()));
  detail::SoftmaxLoss<T> loss(detail::kernels_of<T>(detail::choose_level(options.cpu_level)), points,
                              std::move(classes), model.classes.size(), penalty);
  const detail::Objective objective = [&](std::span<const double> at, std::span<double> gradient) {
    return loss(at, gradient);
  };
  std::vector<double> parameters(loss.parameters());
  const detail::LbfgsResult result =
      detail::Lbfgs(objective, {.iterations = options.max_iterations, .gradient_tolerance = options.tolerance})
          .minimize(parameters);
  if (!std::isfinite(result.value))
    throw Error(ErrorKind::numeric, {.field = "points",
                                     .problem = "the loss is not a number",
                                     .remedy = "scale the vectors, to unit length for instance"});
  for (std::size_t first = 0; first < parameters.size(); first += model.dims + 1) {
    const auto row = parameters.begin() + static_cast<std::ptrdiff_t>(first);
    model.weights.insert(model.weights.end(), row, row + static_cast<std::ptrdiff_t>(model.dims));
    model.intercepts.push_back(parameters[first + model.dims]);
  }
  model.loss = result.value;
  model.iterations = result.iterations;
  model.converged = result.converged;
  return model;
}

template <std::floating_point T>
Labels predict(const LogisticRegression& model, const Points<T>& points, std::optional<CpuLevel> cpu_level) {
  detail::require_finite(points, "points");
  if (points.dims() != model.dims && !points.empty())
    throw Error(ErrorKind::invalid_argument, {.field = "points",
                                              .expected = "vectors of " + std::to_string(model.dims) + " numbers",
                                              .found = std::to_string(points.dims())});
  constexpr std::size_t kBlock = 256;  // vectors whose scores are kept at a time
  const detail::Kernels<T> kernels = detail::kernels_of<T>(detail::choose_level(cpu_level));
  const std::size_t rows = model.intercepts.size();
  std::vector<T> weights(model.weights.size());
  std::transform(model.weights.begin(), model.weights.end(), weights.begin(),
                 [](double w) { return static_cast<T>(w); });
  detail::PackedMatrix<T> packed(model.dims, detail::round_up(rows, kernels.panel), kernels.panel);
  packed.set_columns_from_rows(0, rows, weights.data(), model.dims);
  AlignedBuffer<T> scores(kBlock * packed.columns());
  Labels labels(points.rows());
  for (std::size_t first = 0; first < points.rows(); first += kBlock) {
    const std::size_t count = std::min(kBlock, points.rows() - first);
    kernels.multiply({points[first].data(), model.dims, count, packed.panel(0), model.dims, packed.columns(),
                      scores.data(), packed.columns()});
    for (std::size_t i = 0; i < count; ++i)
      labels[first + i] = model.classes[detail::best_class(scores.data() + i * packed.columns(), model.intercepts)];
  }
  return labels;
}

#if defined(GLOSSA_IMPLEMENTATION)
template LogisticRegression fit_logistic_regression(const Points<float>&, std::span<const std::int32_t>,
                                                    const LogisticRegressionOptions&);
template LogisticRegression fit_logistic_regression(const Points<double>&, std::span<const std::int32_t>,
                                                    const LogisticRegressionOptions&);
template Labels predict(const LogisticRegression&, const Points<float>&, std::optional<CpuLevel>);
template Labels predict(const LogisticRegression&, const Points<double>&, std::optional<CpuLevel>);
#endif

}  // namespace glossa
