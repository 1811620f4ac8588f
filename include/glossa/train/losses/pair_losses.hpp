// Vectors of pairs and their likeness come in; how far the cosines are from that goes out.
#pragma once

#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/vector_batch.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

struct ContrastiveOptions {
  double margin = 0.5;  ///< the cosine distance from which on pairs that are not alike cost nothing
};

struct CosentOptions {
  double scale = 20;  ///< of cosines
};

namespace detail {
inline namespace GLOSSA_ISA {

/// The cosines of all pairs; slopes of them become slopes of the vectors.
template <class T>
class PairCosines {
 public:
  explicit PairCosines(const VectorBatch<T>& batch)
      : batch_(batch), anchors_(batch.anchors, batch.dims), others_(batch.positives, batch.dims) {
    for (std::size_t i = 0; i < batch.rows(); ++i)
      values.push_back(static_cast<double>(dot_product<T>(anchors_[i], others_[i], batch.dims)));
  }

  [[nodiscard]] LossResult<T> result(double loss, const std::vector<double>& slopes) const {
    LossResult<T> out = zero_slopes(batch_);
    out.loss = loss;
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const T slope = static_cast<T>(slopes[i]);
      add_scaled_row<T>(out.anchors.data() + i * batch_.dims, slope, others_[i], batch_.dims);
      add_scaled_row<T>(out.positives.data() + i * batch_.dims, slope, anchors_[i], batch_.dims);
    }
    anchors_.to_slopes_of_vectors(out.anchors);
    others_.to_slopes_of_vectors(out.positives);
    return out;
  }

  std::vector<double> values;

 private:
  const VectorBatch<T>& batch_;
  UnitVectors<T> anchors_;
  UnitVectors<T> others_;
};

}  // namespace GLOSSA_ISA
}  // namespace detail

/// The contrastive loss (Hadsell et al. 2006) of cosine distances d: on average y·d²/2 + (1 - y)·max(margin - d, 0)²/2.
/// Errors: `invalid_argument`, for labels that are not in [0, 1], too.
template <std::floating_point T>
[[nodiscard]] LossResult<T> contrastive_loss(const VectorBatch<T>& batch, const ContrastiveOptions& options = {}) {
  detail::check_batch(batch, "contrastive", false, true);
  const detail::PairCosines<T> cosines(batch);
  const auto rows = static_cast<double>(batch.rows());
  double loss = 0;
  std::vector<double> slopes(batch.rows());
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double y = batch.labels[i];
    if (!(y >= 0 && y <= 1))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "label", .expected = "1 for alike, 0 for not", .found = std::to_string(y)});
    const double distance = 1 - cosines.values[i];
    const double rest = std::max(options.margin - distance, 0.0);
    loss += 0.5 * (y * distance * distance + (1 - y) * rest * rest) / rows;
    slopes[i] = -(y * distance - (1 - y) * rest) / rows;
  }
  return cosines.result(loss, slopes);
}

/// CoSENT (Su 2022): log(1 + Σ exp(scale·(cos i - cos j))) over all pairs of which i should be less alike than j.
/// Errors: `invalid_argument`, for labels that are no numbers, too.
template <std::floating_point T>
[[nodiscard]] LossResult<T> cosent_loss(const VectorBatch<T>& batch, const CosentOptions& options = {}) {
  detail::check_batch(batch, "CoSENT", false, true);
  const detail::PairCosines<T> cosines(batch);
  for (const double label : batch.labels)
    if (!std::isfinite(label))
      throw Error(ErrorKind::invalid_argument, {.field = "score", .expected = "a number", .found = "none"});
  const auto for_each_wrong = [&](auto&& take) {
    for (std::size_t i = 0; i < batch.rows(); ++i)
      for (std::size_t j = 0; j < batch.rows(); ++j)
        if (batch.labels[i] < batch.labels[j]) take(i, j, options.scale * (cosines.values[i] - cosines.values[j]));
  };
  double most = 0;
  for_each_wrong([&](std::size_t, std::size_t, double value) { most = std::max(most, value); });
  double sum = std::exp(-most);
  for_each_wrong([&](std::size_t, std::size_t, double value) { sum += std::exp(value - most); });
  std::vector<double> slopes(batch.rows());
  for_each_wrong([&](std::size_t i, std::size_t j, double value) {
    const double share = options.scale * std::exp(value - most) / sum;
    slopes[i] += share;
    slopes[j] -= share;
  });
  return cosines.result(most + std::log(sum), slopes);
}

}  // namespace glossa
