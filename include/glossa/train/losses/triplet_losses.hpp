// Vectors of triplets come in; how far the negatives are from being further away than the positives goes out.
#pragma once

#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/vector_batch.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

namespace glossa {

struct TripletOptions {
  bool cosine = false;  ///< distances are 1 - cosine; else Euclidean
  double margin = 5;    ///< sentence-transformers' default for Euclidean distances
};

namespace detail {
inline namespace GLOSSA_ISA {

/// Rows of a batch, and their slopes.
template <class T>
struct SlopedRow {
  const T* values;
  T* slopes;
};

/// |a - b|; slope(factor) adds what it changes by with both. At 0 there is no slope, as in PyTorch.
template <class T>
struct EuclideanDistance {
  SlopedRow<T> a;
  SlopedRow<T> b;
  std::size_t dims;
  double value = 0;

  EuclideanDistance(SlopedRow<T> one, SlopedRow<T> other, std::size_t size) : a(one), b(other), dims(size) {
    for (std::size_t k = 0; k < dims; ++k) {
      const double difference = static_cast<double>(a.values[k]) - static_cast<double>(b.values[k]);
      value += difference * difference;
    }
    value = std::sqrt(value);
  }
  void slope(double factor) const {
    if (value == 0) return;
    for (std::size_t k = 0; k < dims; ++k) {
      const T change = static_cast<T>(factor / value) * (a.values[k] - b.values[k]);
      a.slopes[k] += change;
      b.slopes[k] -= change;
    }
  }
};

/// 1 - a·b of vectors of length 1.
template <class T>
struct CosineDistance {
  SlopedRow<T> a;
  SlopedRow<T> b;
  std::size_t dims;
  double value;

  CosineDistance(SlopedRow<T> one, SlopedRow<T> other, std::size_t size)
      : a(one), b(other), dims(size), value(1 - static_cast<double>(dot_product<T>(a.values, b.values, size))) {}
  void slope(double factor) const {
    add_scaled_row<T>(a.slopes, static_cast<T>(-factor), b.values, dims);
    add_scaled_row<T>(b.slopes, static_cast<T>(-factor), a.values, dims);
  }
};

/// Σ max(d(a, p) - d(a, n) + margin, 0), on average over all negatives.
template <class Distance, class T, class Anchors, class Positives, class Negatives>
void add_triplets(const VectorBatch<T>& batch, double margin, const Anchors& anchors, const Positives& positives,
                  const Negatives& negatives, LossResult<T>& result) {
  const std::size_t each = batch.negatives_each();
  const double share = 1 / static_cast<double>(batch.rows() * each);
  for (std::size_t i = 0; i < batch.rows(); ++i)
    for (std::size_t j = i * each; j < (i + 1) * each; ++j) {
      const SlopedRow<T> anchor{anchors(i), result.anchors.data() + i * batch.dims};
      const Distance near_one(anchor, {positives(i), result.positives.data() + i * batch.dims}, batch.dims);
      const Distance other(anchor, {negatives(j), result.negatives.data() + j * batch.dims}, batch.dims);
      const double rest = near_one.value - other.value + margin;
      if (!(rest > 0)) continue;
      result.loss += rest * share;
      near_one.slope(share);
      other.slope(-share);
    }
}

}  // namespace GLOSSA_ISA
}  // namespace detail

/// The triplet loss (Schroff et al. 2015). Errors: `invalid_argument`.
template <std::floating_point T>
[[nodiscard]] LossResult<T> triplet_loss(const VectorBatch<T>& batch, const TripletOptions& options = {}) {
  detail::check_batch(batch, "triplet", true, false);
  LossResult<T> result = detail::zero_slopes(batch);
  if (options.cosine) {
    const detail::UnitVectors<T> anchors(batch.anchors, batch.dims);
    const detail::UnitVectors<T> positives(batch.positives, batch.dims);
    const detail::UnitVectors<T> negatives(batch.negatives, batch.dims);
    detail::add_triplets<detail::CosineDistance<T>>(
        batch, options.margin, [&](std::size_t i) { return anchors[i]; }, [&](std::size_t i) { return positives[i]; },
        [&](std::size_t i) { return negatives[i]; }, result);
    anchors.to_slopes_of_vectors(result.anchors);
    positives.to_slopes_of_vectors(result.positives);
    negatives.to_slopes_of_vectors(result.negatives);
    return result;
  }
  const auto row = [&](const std::vector<T>& rows) {
    return [first = rows.data(), dims = batch.dims](std::size_t i) { return first + i * dims; };
  };
  detail::add_triplets<detail::EuclideanDistance<T>>(batch, options.margin, row(batch.anchors), row(batch.positives),
                                                     row(batch.negatives), result);
  return result;
}

/// Margin MSE (Hofstätter et al. 2020): the mean of (a·p - a·n - label)², a teacher's margin being the label; of
/// several negatives, each has that of its row. Errors: `invalid_argument`.
template <std::floating_point T>
[[nodiscard]] LossResult<T> margin_mse_loss(const VectorBatch<T>& batch) {
  detail::check_batch(batch, "margin MSE", true, true);
  LossResult<T> result = detail::zero_slopes(batch);
  const std::size_t dims = batch.dims;
  const std::size_t each = batch.negatives_each();
  const double share = 1 / static_cast<double>(batch.rows() * each);
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    const T* anchor = batch.anchors.data() + i * dims;
    const T* positive = batch.positives.data() + i * dims;
    const double likeness = static_cast<double>(detail::dot_product<T>(anchor, positive, dims));
    for (std::size_t j = i * each; j < (i + 1) * each; ++j) {
      const T* negative = batch.negatives.data() + j * dims;
      const double rest =
          likeness - static_cast<double>(detail::dot_product<T>(anchor, negative, dims)) - batch.labels[i];
      result.loss += rest * rest * share;
      const T slope = static_cast<T>(2 * rest * share);
      detail::add_scaled_row<T>(result.anchors.data() + i * dims, slope, positive, dims);
      detail::add_scaled_row<T>(result.anchors.data() + i * dims, -slope, negative, dims);
      detail::add_scaled_row<T>(result.positives.data() + i * dims, slope, anchor, dims);
      detail::add_scaled_row<T>(result.negatives.data() + j * dims, -slope, anchor, dims);
    }
  }
  return result;
}

}  // namespace glossa
