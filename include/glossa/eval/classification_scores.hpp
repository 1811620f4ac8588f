// What each thing is, and what it was taken for, come in; accuracy, precision, recall and F1 go out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace glossa {

/// Averages over labels; each from 0 to 1.
struct LabelScores {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

struct ClassificationScores {
  double accuracy = 0;
  LabelScores macro{};     ///< every label counts the same
  LabelScores weighted{};  ///< a label counts as often as it is right
  /// Of the labels themselves taken for scores, where exactly two are right for anything; what python mteb calls `ap`.
  std::optional<double> average_precision{};
};

/// As scikit-learn's accuracy_score, precision_score, recall_score and f1_score: over all labels that are right for
/// anything or were given; what would be divided by zero is 0. The positive label of the average precision is 1, or the
/// larger one where 1 is none of the two. Bitext mining is the case where each thing is a label of its own.
/// Errors: `invalid_argument` for lists of different lengths, or none at all.
[[nodiscard]] ClassificationScores score_classification(std::span<const std::int32_t> truth,
                                                        std::span<const std::int32_t> predicted);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/classification_scores_impl.hpp>
#endif
