// Scores of pairs and whether each is a match come in; how well the scores tell them apart goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstdint>
#include <span>

namespace glossa {

// Higher scores mean "more alike": of distances, give the negative. labels: 1 for a match, 0 for none.
// Errors of all three: `invalid_argument` for lists of different lengths or none at all, for NaN or infinity among the
// scores, and for labels other than 0 and 1.

/// Average precision: Σ (R_n - R_{n-1})·P_n over the different scores from the highest on, where P and R are precision
/// and recall of all that score at least as high. As scikit-learn's average_precision_score; 0 where nothing is a
/// match.
[[nodiscard]] double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels);

struct BestAccuracy {
  double accuracy = 0;
  double threshold = -1;  ///< what scores higher is a match; half-way between two neighbouring scores
};

/// The accuracy of the best threshold, as python mteb's pair classification has it: thresholds lie between different
/// scores alone, never above or below all of them. 0 where all scores are the same.
[[nodiscard]] BestAccuracy best_accuracy(std::span<const double> scores, std::span<const std::uint8_t> labels);

struct BestF1 {
  double f1 = 0;
  double precision = 0;
  double recall = 0;
  double threshold = 0;  ///< see BestAccuracy
};

/// The F1 of the best threshold, of equal ones the highest, and precision and recall there; see best_accuracy().
[[nodiscard]] BestF1 best_f1(std::span<const double> scores, std::span<const std::uint8_t> labels);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/binary_scores_impl.hpp>
#endif
