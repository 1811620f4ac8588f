// Definitions of classification_scores' functions; see core/linkage.hpp.
#pragma once

#include <glossa/eval/binary_scores.hpp>
#include <glossa/eval/classification_scores.hpp>
#include <glossa/eval/paired_sizes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace glossa {
namespace detail {

/// How often a label is right, was given, and both.
struct LabelCounts {
  std::size_t truth = 0;
  std::size_t predicted = 0;
  std::size_t both = 0;
};
using CountsOfLabels = std::map<std::int32_t, LabelCounts>;

[[nodiscard]] inline double ratio_or_zero(std::size_t part, std::size_t whole) noexcept {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Adds a label's scores.
inline void add_label(LabelScores& sums, const LabelCounts& counts, double weight) noexcept {
  sums.precision += weight * ratio_or_zero(counts.both, counts.predicted);
  sums.recall += weight * ratio_or_zero(counts.both, counts.truth);
  sums.f1 += weight * ratio_or_zero(2 * counts.both, counts.truth + counts.predicted);
}

inline void divide(LabelScores& sums, double by) noexcept {
  for (double* sum : {&sums.precision, &sums.recall, &sums.f1}) *sum /= by;
}

/// The average precision of labels that are taken for scores; see ClassificationScores.
[[nodiscard]] inline std::optional<double> precision_of_labels(std::span<const std::int32_t> truth,
                                                               std::span<const std::int32_t> predicted,
                                                               const CountsOfLabels& counts) {
  std::vector<std::int32_t> right;
  for (const auto& [label, count] : counts)
    if (count.truth > 0) right.push_back(label);
  if (right.size() != 2) return std::nullopt;
  const std::int32_t positive = right[0] == 1 ? right[0] : right[1];
  std::vector<std::uint8_t> matches(truth.size());
  std::transform(truth.begin(), truth.end(), matches.begin(),
                 [&](std::int32_t label) { return static_cast<std::uint8_t>(label == positive); });
  return average_precision(std::vector<double>(predicted.begin(), predicted.end()), matches);
}

}  // namespace detail

GLOSSA_INLINE ClassificationScores score_classification(std::span<const std::int32_t> truth,
                                                        std::span<const std::int32_t> predicted) {
  detail::require_equal_sizes(truth.size(), predicted.size(), "labels");
  detail::require_some(truth.size(), "labels");
  detail::CountsOfLabels labels;
  std::size_t right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++labels[truth[i]].truth;
    ++labels[predicted[i]].predicted;
    if (truth[i] != predicted[i]) continue;
    ++labels[truth[i]].both;
    ++right;
  }
  ClassificationScores scores;
  scores.accuracy = detail::ratio_or_zero(right, truth.size());
  for (const auto& [label, counts] : labels) {
    detail::add_label(scores.macro, counts, 1);
    detail::add_label(scores.weighted, counts, static_cast<double>(counts.truth));
  }
  detail::divide(scores.macro, static_cast<double>(labels.size()));
  detail::divide(scores.weighted, static_cast<double>(truth.size()));
  scores.average_precision = detail::precision_of_labels(truth, predicted, labels);
  return scores;
}

}  // namespace glossa
