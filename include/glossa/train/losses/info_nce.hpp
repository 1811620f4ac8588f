// Vectors of anchors and of what they should find come in; how hard that is goes out.
#pragma once

#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/vector_batch.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace glossa {

struct InfoNceOptions {
  double temperature = 0.05;  ///< above 0
  bool symmetric = false;     ///< also the positives look for their anchors; the loss is the mean of both directions
  /// Candidates that are more alike to the anchor than its positive by more than this (of cosines) are taken for false
  /// negatives and left out (Moreira et al. 2024); none are without.
  std::optional<double> false_negative_margin{};
};

namespace detail {
inline namespace GLOSSA_ISA {

/// Cross entropy of a row of scores: the loss, and slopes (softmax less the one that is right) in the scores' place.
/// Scores of minus infinity are left out.
inline double cross_entropy(std::vector<double>& scores, std::size_t right) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  const double loss = most + std::log(sum) - scores[right];
  for (double& score : scores) score = std::exp(score - most) / sum;
  scores[right] -= 1;
  return loss;
}

template <class T>
class InfoNce {
 public:
  InfoNce(const VectorBatch<T>& batch, const InfoNceOptions& options)
      : batch_(batch),
        options_(options),
        anchors_(batch.anchors, batch.dims),
        positives_(batch.positives, batch.dims),
        negatives_(batch.negatives, batch.dims),
        result_(zero_slopes(batch)) {}

  [[nodiscard]] LossResult<T> find() {
    const double share = options_.symmetric ? 0.5 : 1.0;
    for (std::size_t i = 0; i < batch_.rows(); ++i) look_for_positive(i, share);
    if (options_.symmetric)
      for (std::size_t i = 0; i < batch_.rows(); ++i) look_for_anchor(i, share);
    anchors_.to_slopes_of_vectors(result_.anchors);
    positives_.to_slopes_of_vectors(result_.positives);
    negatives_.to_slopes_of_vectors(result_.negatives);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_same_group(std::size_t i, std::size_t j) const noexcept {
    return i != j && !batch_.groups.empty() && batch_.groups[i] == batch_.groups[j];
  }

  /// Scores of one vector with others, without those that are no negatives; `row_of` is the row that each is of.
  template <class RowOf>
  void score(const T* one, std::size_t row, const UnitVectors<T>& others, RowOf&& row_of, std::size_t first,
             double limit) {
    for (std::size_t j = 0; j < others.rows(); ++j) {
      const double cosine = static_cast<double>(dot_product<T>(one, others[j], batch_.dims));
      const bool is_out = is_same_group(row, row_of(j)) || (first + j != row && cosine > limit);
      scores_[first + j] = is_out ? -std::numeric_limits<double>::infinity() : cosine / options_.temperature;
    }
  }
  [[nodiscard]] double limit_of(std::size_t i) const {
    if (!options_.false_negative_margin) return std::numeric_limits<double>::infinity();
    return static_cast<double>(dot_product<T>(anchors_[i], positives_[i], batch_.dims)) +
           *options_.false_negative_margin;
  }

  /// Adds a score's slope to those of both vectors.
  void add(double slope, const T* one, std::vector<T>& of_one, std::size_t i, const T* other, std::vector<T>& of_other,
           std::size_t j) const {
    const T factor = static_cast<T>(slope / options_.temperature / static_cast<double>(batch_.rows()));
    add_scaled_row<T>(of_one.data() + i * batch_.dims, factor, other, batch_.dims);
    add_scaled_row<T>(of_other.data() + j * batch_.dims, factor, one, batch_.dims);
  }

  void look_for_positive(std::size_t i, double share) {
    const std::size_t rows = batch_.rows();
    const double limit = limit_of(i);
    scores_.resize(rows + negatives_.rows());
    score(
        anchors_[i], i, positives_, [](std::size_t j) { return j; }, 0, limit);
    // A row's own negatives are its negatives whatever group it is of.
    const std::size_t each = batch_.negatives_each();
    score(
        anchors_[i], i, negatives_, [&](std::size_t j) { return j / each; }, rows, limit);
    result_.loss += share * cross_entropy(scores_, i) / static_cast<double>(rows);
    for (std::size_t j = 0; j < rows; ++j)
      add(share * scores_[j], anchors_[i], result_.anchors, i, positives_[j], result_.positives, j);
    for (std::size_t j = 0; j < negatives_.rows(); ++j)
      add(share * scores_[rows + j], anchors_[i], result_.anchors, i, negatives_[j], result_.negatives, j);
  }

  void look_for_anchor(std::size_t i, double share) {
    scores_.resize(batch_.rows());
    score(
        positives_[i], i, anchors_, [](std::size_t j) { return j; }, 0, limit_of(i));
    result_.loss += share * cross_entropy(scores_, i) / static_cast<double>(batch_.rows());
    for (std::size_t j = 0; j < batch_.rows(); ++j)
      add(share * scores_[j], positives_[i], result_.positives, i, anchors_[j], result_.anchors, j);
  }

  const VectorBatch<T>& batch_;
  InfoNceOptions options_;
  UnitVectors<T> anchors_;
  UnitVectors<T> positives_;
  UnitVectors<T> negatives_;
  LossResult<T> result_;
  std::vector<double> scores_;
};

}  // namespace GLOSSA_ISA
}  // namespace detail

/// InfoNCE (van den Oord et al. 2018) with the other rows' positives, and all rows' negatives where there are such, as
/// negatives: the cross entropy of cosines over the temperature, on average over the anchors. sentence-transformers'
/// MultipleNegativesRankingLoss with scale = 1 / temperature. Errors: `invalid_argument`.
template <std::floating_point T>
[[nodiscard]] LossResult<T> info_nce_loss(const VectorBatch<T>& batch, const InfoNceOptions& options = {}) {
  detail::check_batch(batch, "InfoNCE", false, false);
  if (!(options.temperature > 0))
    throw Error(ErrorKind::invalid_argument,
                {.field = "temperature", .expected = "above 0", .found = std::to_string(options.temperature)});
  return detail::InfoNce<T>(batch, options).find();
}

}  // namespace glossa
