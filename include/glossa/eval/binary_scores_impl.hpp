// Definitions of binary_scores' functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/binary_scores.hpp>
#include <glossa/eval/paired_sizes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

/// Pairs that have one score: how many matches there are among all that score as high or higher.
struct ScoreStep {
  double score;
  std::size_t taken;    // with this score or a higher one
  std::size_t matches;  // of those
};

/// One step for each different score, highest first. Errors: see binary_scores.hpp.
[[nodiscard]] inline std::vector<ScoreStep> score_steps(std::span<const double> scores,
                                                        std::span<const std::uint8_t> labels) {
  require_equal_sizes(scores.size(), labels.size(), "labels");
  require_some(scores.size(), "scores");
  require_finite_scores(scores, "scores");
  struct Pair {
    double score;
    std::uint8_t label;
  };
  std::vector<Pair> pairs;
  pairs.reserve(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (labels[i] > 1)
      throw Error(ErrorKind::invalid_argument, {.field = "labels",
                                                .problem = "label " + std::to_string(i) + " is none of a pair",
                                                .expected = "1 for a match, 0 for none",
                                                .found = std::to_string(labels[i])});
    pairs.push_back({scores[i], labels[i]});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.score > b.score; });
  std::vector<ScoreStep> steps;
  std::size_t matches = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    matches += pairs[i].label;
    if (i + 1 == pairs.size() || pairs[i + 1].score != pairs[i].score)
      steps.push_back({pairs[i].score, i + 1, matches});
  }
  return steps;
}

[[nodiscard]] inline double ratio(std::size_t part, std::size_t whole) noexcept {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Half-way to the next step. Halves are added: the sum of large scores would be infinite.
[[nodiscard]] inline double threshold_after(const std::vector<ScoreStep>& steps, std::size_t step) noexcept {
  return steps[step].score / 2 + steps[step + 1].score / 2;
}

}  // namespace detail

GLOSSA_INLINE double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  const std::vector<detail::ScoreStep> steps = detail::score_steps(scores, labels);
  const std::size_t matches = steps.back().matches;
  if (matches == 0) return 0;
  double sum = 0;
  double recall_before = 0;
  for (const detail::ScoreStep& step : steps) {
    const double recall = detail::ratio(step.matches, matches);
    sum += (recall - recall_before) * detail::ratio(step.matches, step.taken);
    recall_before = recall;
  }
  return sum;
}

GLOSSA_INLINE BestAccuracy best_accuracy(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  const std::vector<detail::ScoreStep> steps = detail::score_steps(scores, labels);
  const std::size_t others = steps.back().taken - steps.back().matches;
  BestAccuracy best;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    const std::size_t others_left = others - (steps[i].taken - steps[i].matches);
    const double accuracy = detail::ratio(steps[i].matches + others_left, scores.size());
    if (accuracy > best.accuracy) best = {accuracy, detail::threshold_after(steps, i)};
  }
  return best;
}

GLOSSA_INLINE BestF1 best_f1(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  const std::vector<detail::ScoreStep> steps = detail::score_steps(scores, labels);
  BestF1 best;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (steps[i].matches == 0) continue;
    const double precision = detail::ratio(steps[i].matches, steps[i].taken);
    const double recall = detail::ratio(steps[i].matches, steps.back().matches);
    const double f1 = 2 * precision * recall / (precision + recall);
    if (f1 > best.f1) best = {f1, precision, recall, detail::threshold_after(steps, i)};
  }
  return best;
}

}  // namespace glossa
