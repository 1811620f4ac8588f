// A subset's scores come in; the one that counts is set apart.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <string>

namespace glossa::detail {

/// The name of the score that counts.
[[nodiscard]] inline std::string main_metric(const ProtocolOptions& options, TaskCategory category) {
  return options.main_metric.empty() ? std::string(default_metric(category)) : options.main_metric;
}

/// Errors: `invalid_argument` where there is no score of this name.
inline void set_main_score(TaskScores::Subset& subset, const std::string& metric) {
  const auto found = subset.scores.find(metric);
  if (found == subset.scores.end())
    throw Error(ErrorKind::invalid_argument, {.field = "main_metric",
                                              .problem = "the protocol has no score of this name",
                                              .expected = "one such as " + subset.scores.begin()->first,
                                              .found = metric});
  subset.main_score = found->second;
}

/// NaN for none.
[[nodiscard]] inline double mean_of_values(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(values.size());
}

/// The standard deviation, divided by their number.
[[nodiscard]] inline double deviation_of_values(std::span<const double> values) noexcept {
  const double mean = mean_of_values(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace glossa::detail
