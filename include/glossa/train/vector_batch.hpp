// The vectors of a training step.
#pragma once

#include <glossa/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// Vectors of a step's texts, `dims` numbers each, row after row. A row i of the data is anchor i with positive i, and
/// with negatives [i·k, (i + 1)·k) where each has k of them.
template <std::floating_point T>
struct VectorBatch {
  std::size_t dims = 0;
  std::vector<T> anchors{};
  std::vector<T> positives{};
  std::vector<T> negatives{};
  /// Of each row: a pair's likeness (contrastive: 1 or 0; CoSENT: any number), or the margin that a teacher sees
  /// (margin MSE).
  std::vector<double> labels{};
  /// Of each row, by which false negatives are told: texts of the row's own group are no negatives for it. Empty: each
  /// row is a group of its own.
  std::vector<std::uint64_t> groups{};
  /// What a teacher gives the anchor of each row (distillation).
  std::vector<T> teacher{};

  [[nodiscard]] std::size_t rows() const noexcept { return dims == 0 ? 0 : anchors.size() / dims; }
  [[nodiscard]] std::size_t negatives_each() const noexcept {
    return rows() == 0 ? 0 : negatives.size() / dims / rows();
  }
};

/// A loss, and what it changes by with each number of the vectors.
template <std::floating_point T>
struct LossResult {
  double loss = 0;
  std::vector<T> anchors{};
  std::vector<T> positives{};
  std::vector<T> negatives{};
};

namespace detail {

/// Errors: `invalid_argument` where parts of a batch are not as many as the anchors, or of what is needed none is
/// there.
template <class T>
void check_batch(const VectorBatch<T>& batch, const std::string& loss, bool needs_negatives, bool needs_labels) {
  const auto refuse = [&](const std::string& field, const std::string& expected, std::size_t found) {
    throw Error(ErrorKind::invalid_argument, {.field = loss + ": " + field,
                                              .problem = "the parts of the batch do not belong together",
                                              .expected = expected,
                                              .found = std::to_string(found)});
  };
  const std::size_t rows = batch.rows();
  if (rows == 0 || batch.anchors.size() != rows * batch.dims) refuse("anchors", "whole rows", batch.anchors.size());
  if (batch.positives.size() != batch.anchors.size())
    refuse("positives", std::to_string(batch.anchors.size()), batch.positives.size());
  if (batch.negatives.size() % batch.anchors.size() != 0)
    refuse("negatives", "as many for each anchor", batch.negatives.size());
  if (needs_negatives && batch.negatives.empty()) refuse("negatives", "one for each anchor, or more", 0);
  if (needs_labels && batch.labels.size() != rows) refuse("labels", std::to_string(rows), batch.labels.size());
  if (!batch.groups.empty() && batch.groups.size() != rows) refuse("groups", std::to_string(rows), batch.groups.size());
  if (!batch.teacher.empty() && batch.teacher.size() != batch.anchors.size())
    refuse("teacher", std::to_string(batch.anchors.size()), batch.teacher.size());
}

template <class T>
[[nodiscard]] LossResult<T> zero_slopes(const VectorBatch<T>& batch) {
  return {0, std::vector<T>(batch.anchors.size()), std::vector<T>(batch.positives.size()),
          std::vector<T>(batch.negatives.size())};
}

}  // namespace detail
}  // namespace glossa
