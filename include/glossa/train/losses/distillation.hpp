// Vectors and a teacher's come in; how far they are from each other goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/vector_batch.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// A teacher's vectors are learnt; see TrainerOptions::teacher. Rows' negatives have no part in it: Trainer takes no
/// batches with some (BatchSamplerOptions::negatives_each).
struct DistillationOptions {};

/// The mean of |v - t|² over all texts, of vectors brought to length 1: twice one less the mean cosine. vectors,
/// teacher: [texts, dims]. Returns it with what it changes by with the vectors. Errors: `invalid_argument`.
template <std::floating_point T>
[[nodiscard]] std::pair<double, std::vector<T>> distillation_loss(const std::vector<T>& vectors,
                                                                  const std::vector<T>& teacher, std::size_t dims) {
  if (dims == 0 || vectors.size() != teacher.size() || vectors.size() % dims != 0)
    throw Error(ErrorKind::invalid_argument, {.field = "teacher",
                                              .problem = "a teacher has one vector for each text",
                                              .expected = std::to_string(vectors.size()) + " numbers",
                                              .found = std::to_string(teacher.size())});
  std::pair<double, std::vector<T>> out{0, std::vector<T>(vectors.size())};
  if (vectors.empty()) return out;
  const detail::UnitVectors<T> own(vectors, dims);
  const detail::UnitVectors<T> wanted(teacher, dims);
  const double share = 1 / static_cast<double>(own.rows());
  for (std::size_t i = 0; i < own.rows(); ++i) {
    for (std::size_t k = 0; k < dims; ++k) {
      const T rest = own[i][k] - wanted[i][k];
      out.first += static_cast<double>(rest) * static_cast<double>(rest) * share;
      out.second[i * dims + k] = static_cast<T>(2 * share) * rest;
    }
  }
  own.to_slopes_of_vectors(out.second);
  return out;
}

/// The same of anchors and positives, both of which are held to what the teacher gives the anchor (Reimers & Gurevych
/// 2020, there without bringing vectors to length 1): a translation comes to lie where the teacher sees its source.
/// Negatives have no part in it. Errors: `invalid_argument`.
template <std::floating_point T>
[[nodiscard]] LossResult<T> distillation_loss(const VectorBatch<T>& batch) {
  detail::check_batch(batch, "distillation", false, false);
  std::vector<T> vectors = batch.anchors;
  vectors.insert(vectors.end(), batch.positives.begin(), batch.positives.end());
  std::vector<T> wanted = batch.teacher;
  wanted.insert(wanted.end(), batch.teacher.begin(), batch.teacher.end());
  const auto [loss, slopes] = distillation_loss<T>(vectors, wanted, batch.dims);
  LossResult<T> out = detail::zero_slopes(batch);
  out.loss = loss;
  std::copy_n(slopes.begin(), out.anchors.size(), out.anchors.begin());
  std::copy_n(slopes.begin() + static_cast<std::ptrdiff_t>(out.anchors.size()), out.positives.size(),
              out.positives.begin());
  return out;
}

}  // namespace glossa
