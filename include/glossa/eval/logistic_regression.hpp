// Vectors with labels come in; a classifier goes out, which labels other vectors.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/kernels/cpu_level.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace glossa {

struct LogisticRegressionOptions {
  double c = 1;                      ///< the inverse of the penalty's strength, above 0
  std::size_t max_iterations = 100;  ///< at least 1
  double tolerance = 1e-4;           ///< the largest slope at which it ends, at least 0
  std::optional<CpuLevel> cpu_level{};
};

/// A linear classifier: the score of a class is weights·x + intercept. Two classes have one row, the second's: a score
/// above 0 speaks for it.
struct LogisticRegression {
  std::vector<std::int32_t> classes{};  ///< the labels that there are, ascending
  std::size_t dims = 0;
  std::vector<double> weights{};     ///< [rows, dims]
  std::vector<double> intercepts{};  ///< [rows]
  double loss = 0;                   ///< of the objective, see fit_logistic_regression()
  std::size_t iterations = 0;
  bool converged = false;  ///< false: it ended at max_iterations, as one does on purpose
};

/// Multinomial logistic regression, as scikit-learn 1.9's LogisticRegression fits it with its defaults: minimises
/// mean cross-entropy + ‖W‖²/(2·c·n) from zero weights by L-BFGS, the intercepts free. With floats, products are in
/// float and all else in double, as there. labels: one a vector, of at least two kinds.
/// Errors: `invalid_argument` for another number of labels, fewer than two kinds, NaN or infinity, and options out of
/// range; `unsupported` for a cpu_level that this processor lacks; `numeric` where the loss overflows.
template <std::floating_point T>
[[nodiscard]] LogisticRegression fit_logistic_regression(const Points<T>& points, std::span<const std::int32_t> labels,
                                                         const LogisticRegressionOptions& options = {});
template <EmbeddingRows Rows>
[[nodiscard]] LogisticRegression fit_logistic_regression(const Rows& vectors, std::span<const std::int32_t> labels,
                                                         const LogisticRegressionOptions& options = {}) {
  return fit_logistic_regression(Points<float>(vectors), labels, options);
}

/// The class of the highest score for each vector, of equal ones the first. Errors: `invalid_argument` for vectors of
/// another length, and NaN or infinity; `unsupported` as above.
template <std::floating_point T>
[[nodiscard]] Labels predict(const LogisticRegression& model, const Points<T>& points,
                             std::optional<CpuLevel> cpu_level = std::nullopt);
template <EmbeddingRows Rows>
[[nodiscard]] Labels predict(const LogisticRegression& model, const Rows& vectors,
                             std::optional<CpuLevel> cpu_level = std::nullopt) {
  return predict(model, Points<float>(vectors), cpu_level);
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/logistic_regression_impl.hpp>
#endif
