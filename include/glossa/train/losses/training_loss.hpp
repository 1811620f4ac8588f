// The vectors of a step and what is wanted of them come in; a loss goes out, of all dimensions or of several numbers of
// the first ones.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/train/losses/distillation.hpp>
#include <glossa/train/losses/info_nce.hpp>
#include <glossa/train/losses/pair_losses.hpp>
#include <glossa/train/losses/triplet_losses.hpp>
#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/vector_batch.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace glossa {

struct MarginMseOptions {};

/// One of the losses, with its options.
using TrainingLoss = std::variant<InfoNceOptions, TripletOptions, MarginMseOptions, ContrastiveOptions, CosentOptions,
                                  DistillationOptions>;

[[nodiscard]] constexpr const char* name_of(const TrainingLoss& loss) noexcept {
  constexpr const char* kNames[] = {"infonce", "triplet", "margin-mse", "contrastive", "cosent", "distillation"};
  return kNames[loss.index()];
}

/// Whether rows of the data must have negatives.
[[nodiscard]] constexpr bool needs_negatives(const TrainingLoss& loss) noexcept {
  return std::holds_alternative<TripletOptions>(loss) || std::holds_alternative<MarginMseOptions>(loss);
}

/// Whether they must have a label or score.
[[nodiscard]] constexpr bool needs_labels(const TrainingLoss& loss) noexcept {
  return std::holds_alternative<MarginMseOptions>(loss) || std::holds_alternative<ContrastiveOptions>(loss) ||
         std::holds_alternative<CosentOptions>(loss);
}

/// Whether a batch must have a teacher's vectors.
[[nodiscard]] constexpr bool needs_teacher(const TrainingLoss& loss) noexcept {
  return std::holds_alternative<DistillationOptions>(loss);
}

/// Errors: those of the loss.
template <std::floating_point T>
[[nodiscard]] LossResult<T> training_loss(const VectorBatch<T>& batch, const TrainingLoss& loss) {
  struct {
    const VectorBatch<T>& batch;
    LossResult<T> operator()(const InfoNceOptions& options) const { return info_nce_loss(batch, options); }
    LossResult<T> operator()(const TripletOptions& options) const { return triplet_loss(batch, options); }
    LossResult<T> operator()(const MarginMseOptions&) const { return margin_mse_loss(batch); }
    LossResult<T> operator()(const ContrastiveOptions& options) const { return contrastive_loss(batch, options); }
    LossResult<T> operator()(const CosentOptions& options) const { return cosent_loss(batch, options); }
    LossResult<T> operator()(const DistillationOptions&) const { return distillation_loss(batch); }
  } const visitor{batch};
  return std::visit(visitor, loss);
}

namespace detail {
inline namespace GLOSSA_ISA {

/// The first `dims` numbers of each vector, at length 1; slopes of these become slopes of the vectors.
template <class T>
class ShortenedVectors {
 public:
  ShortenedVectors(const std::vector<T>& vectors, std::size_t dims, std::size_t kept) : dims_(dims), kept_(kept) {
    for (std::size_t i = 0; i < vectors.size(); i += dims)
      first_.insert(first_.end(), vectors.begin() + static_cast<std::ptrdiff_t>(i),
                    vectors.begin() + static_cast<std::ptrdiff_t>(i + kept));
  }

  [[nodiscard]] std::vector<T> unit() const {
    const UnitVectors<T> all(first_, kept_);
    std::vector<T> out;
    for (std::size_t i = 0; i < all.rows(); ++i) out.insert(out.end(), all[i], all[i] + kept_);
    return out;
  }

  /// to += weight · what `slopes`, of unit(), are of the vectors.
  void add_slopes(std::vector<T> slopes, double weight, std::vector<T>& to) const {
    UnitVectors<T>(first_, kept_).to_slopes_of_vectors(slopes);
    for (std::size_t i = 0; i * kept_ < slopes.size(); ++i)
      add_scaled_row<T>(to.data() + i * dims_, static_cast<T>(weight), slopes.data() + i * kept_, kept_);
  }

 private:
  std::size_t dims_;
  std::size_t kept_;
  std::vector<T> first_;
};

}  // namespace GLOSSA_ISA
}  // namespace detail

/// Matryoshka learning (Kusupati et al. 2022): the sum of the loss of several numbers of first dimensions, each brought
/// to length 1 as sentence-transformers' MatryoshkaLoss does. weights: of each; all 1 where there are none. Errors:
/// `invalid_argument` for dimensions that the vectors do not have; those of the loss.
template <std::floating_point T>
[[nodiscard]] LossResult<T> matryoshka_loss(const VectorBatch<T>& batch, const TrainingLoss& loss,
                                            const std::vector<std::size_t>& dims,
                                            const std::vector<double>& weights = {}) {
  detail::check_batch(batch, "Matryoshka", false, false);
  if (!weights.empty() && weights.size() != dims.size())
    throw Error(ErrorKind::invalid_argument, {.field = "Matryoshka weights",
                                              .expected = std::to_string(dims.size()),
                                              .found = std::to_string(weights.size())});
  LossResult<T> sum = detail::zero_slopes(batch);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 || dims[i] > batch.dims)
      throw Error(ErrorKind::invalid_argument, {.field = "Matryoshka dims",
                                                .expected = "from 1 to " + std::to_string(batch.dims),
                                                .found = std::to_string(dims[i])});
    const detail::ShortenedVectors<T> anchors(batch.anchors, batch.dims, dims[i]);
    const detail::ShortenedVectors<T> positives(batch.positives, batch.dims, dims[i]);
    const detail::ShortenedVectors<T> negatives(batch.negatives, batch.dims, dims[i]);
    const detail::ShortenedVectors<T> teacher(batch.teacher, batch.dims, dims[i]);
    const LossResult<T> own = training_loss<T>({.dims = dims[i],
                                                .anchors = anchors.unit(),
                                                .positives = positives.unit(),
                                                .negatives = negatives.unit(),
                                                .labels = batch.labels,
                                                .groups = batch.groups,
                                                .teacher = teacher.unit()},
                                               loss);
    const double weight = weights.empty() ? 1.0 : weights[i];
    sum.loss += weight * own.loss;
    anchors.add_slopes(own.anchors, weight, sum.anchors);
    positives.add_slopes(own.positives, weight, sum.positives);
    negatives.add_slopes(own.negatives, weight, sum.negatives);
  }
  return sum;
}

}  // namespace glossa
