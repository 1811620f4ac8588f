// Definitions of precision_advisor's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/comparison_cells.hpp>
#include <glossa/eval/precision_advisor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline bool has_score(const PrecisionTrial& trial) {
  return trial.problem.empty() && std::isfinite(trial.score);
}

/// A number without places; "-" for what is none.
[[nodiscard]] inline std::string whole(double value) {
  return std::isfinite(value) && std::abs(value) < 1e15 ? std::to_string(std::llround(value)) : "-";
}

[[nodiscard]] inline std::string advice_reason(std::span<const PrecisionTrial> trials, const PrecisionAdvice& advice,
                                               const AdviceOptions& options, double fastest) {
  const PrecisionTrial& chosen = trials[advice.chosen];
  const PrecisionTrial& reference = trials[advice.reference];
  const bool is_reference = advice.chosen == advice.reference;
  const std::string those = "those that lose at most " + hundredths(options.largest_loss) + " points against " +
                            (is_reference ? "it" : reference.precision);
  const std::string why = chosen.texts_per_second >= fastest
                              ? "the fastest of " + those
                              : "of " + those + " and are within " + percent(options.same_speed) +
                                    " of the fastest, it takes the least memory";
  if (is_reference) return chosen.precision + ": " + why;
  return chosen.precision + ": " + why + "; its score differs by " + signed_hundredths(chosen.score - reference.score) +
         ", at " + hundredths(chosen.texts_per_second / reference.texts_per_second / 100) + " times the speed";
}

}  // namespace detail

GLOSSA_INLINE PrecisionAdvice advise_precision(std::span<const PrecisionTrial> trials, const AdviceOptions& options) {
  if (!(options.largest_loss >= 0 && std::isfinite(options.largest_loss)))
    throw Error(ErrorKind::invalid_argument, {.field = "largest_loss", .expected = "a number from 0 on"});
  if (!(options.same_speed >= 0 && options.same_speed < 1))
    throw Error(ErrorKind::invalid_argument, {.field = "same_speed", .expected = "a number from 0 to below 1"});
  const auto first = std::find_if(trials.begin(), trials.end(), detail::has_score);
  if (first == trials.end())
    throw Error(ErrorKind::invalid_argument, {.field = "trials",
                                              .problem = "no precision has a score",
                                              .found = trials.empty() ? "no trial" : trials.front().problem,
                                              .remedy = "give tasks whose scores are defined"});
  PrecisionAdvice advice;
  advice.reference = static_cast<std::size_t>(first - trials.begin());
  std::vector<std::size_t> fit;
  double fastest = 0;
  for (std::size_t i = advice.reference; i < trials.size(); ++i) {
    if (!detail::has_score(trials[i]) || trials[i].score < first->score - options.largest_loss - 1e-9) continue;
    fit.push_back(i);
    fastest = std::max(fastest, trials[i].texts_per_second);
  }
  const auto memory = [&](std::size_t i) {
    const double mb = trials[i].memory_mb;
    return std::isfinite(mb) ? mb : std::numeric_limits<double>::max();
  };
  const auto is_better = [&](std::size_t one, std::size_t other) {
    if (memory(one) != memory(other)) return memory(one) < memory(other);
    return trials[one].texts_per_second > trials[other].texts_per_second;
  };
  bool has_chosen = false;
  for (const std::size_t i : fit) {
    if (trials[i].texts_per_second < fastest * (1 - options.same_speed)) continue;
    if (!has_chosen || is_better(i, advice.chosen)) advice.chosen = i;
    has_chosen = true;
  }
  advice.reason = detail::advice_reason(trials, advice, options, fastest);
  return advice;
}

GLOSSA_INLINE std::string advice_table(std::span<const PrecisionTrial> trials, const PrecisionAdvice& advice,
                                       TableFormat format) {
  std::vector<std::vector<std::string>> rows{{"Precision", "Score", "Change", "Texts/s", "Memory, MB"}};
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const PrecisionTrial& trial = trials[i];
    if (!trial.problem.empty()) {
      rows.push_back({trial.precision, "-", "-", "-", "-"});
      continue;
    }
    rows.push_back(
        {trial.precision + (i == advice.chosen ? ", advised" : ""), detail::hundredths(trial.score),
         i == advice.reference ? "" : detail::signed_hundredths(trial.score - trials[advice.reference].score),
         detail::whole(trial.texts_per_second), detail::whole(trial.memory_mb)});
  }
  std::string out = detail::table_of(rows, format) + "\n" + detail::one_paragraph(advice.reason, format) + "\n";
  for (const PrecisionTrial& trial : trials)
    if (!trial.problem.empty())
      out += "\n" + detail::one_paragraph(trial.precision + ": " + trial.problem, format) + "\n";
  return out;
}

}  // namespace glossa
